/** From reservations that wait, and the calendars of what they can reach, to the problem that the assignment solves. */
import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { busyByEvse, listBusy, type Interval } from '../../calendar/index.ts';
import { loadVehicles } from '../../drivers/index.ts';
import type { Context } from '../../organisations/index.ts';
import { evsesOf, isBookable, type Evse, type Location } from '../../stations/index.ts';
import { timetables, type AssignmentEvse, type AssignmentProblem, type AssignmentRequest, type Timetables } from '../assignment/index.ts';
import type { BookingPolicy } from '../policy.ts';
import type { Reservation } from '../reservation.ts';
import { mostBookable } from '../walk-in-share.ts';
import { loadAround, type Reachable } from './reachable.ts';
import * as store from './store-flexible.ts';

/** The most that a driver's losses count: beyond it there is nobody left to go before. */
const HIGHEST_PRIORITY = 5;

/** The problem of these waiting reservations; those that `isDue` picks are decided by its solution, the others only planned for. */
export async function problemOf(ctx: Context, waiting: readonly Reservation[], isDue: (reservation: Reservation) => boolean): Promise<AssignmentProblem> {
  const reachable = await loadAround(ctx, waiting.map(({ wish }) => wish!.area));
  const range = {
    start: Math.max(ctx.now, Math.min(...waiting.map(({ earliestStart }) => earliestStart))),
    end: Math.max(...waiting.map(({ latestEnd }) => latestEnd)),
  };
  const times = timetables(range, ctx.now);
  const evses = await evsesToAssign(ctx, [...reachable.values()], range.start, times);
  const requests = await requestsOf(ctx, waiting, isDue, reachable);
  return { grids: times.grids, evses, requests };
}

async function evsesToAssign(ctx: Context, reachable: readonly Reachable[], from: EpochMs, times: Timetables): Promise<AssignmentEvse[]> {
  const ids = reachable.flatMap(({ location }) => evsesOf(location).filter(isBookable).map(({ id }) => id));
  const busy = busyByEvse(await listBusy(ctx.tx, ids, from - HOUR_MS), ctx.now);
  return reachable.flatMap(({ location, policy }) => {
    const rules = times.rulesOf(location, policy);
    return offeredEvses(location, policy, busy).map(({ id, connectors }): AssignmentEvse => ({
      id, ...rules, busy: busy.get(id) ?? [],
      connectors: connectors.map(({ id: connectorId, standard, powerType, maxPowerW }) => ({ id: connectorId, standard, powerType, maxPowerW })),
    }));
  });
}

/**
 * RSV-7: of a location that keeps a share for walk-ins, only as many EVSEs are put to the assignment as may be booked at once,
 * first those that are booked most, so that what is promised already counts among them.
 */
function offeredEvses(location: Location, policy: BookingPolicy, busy: ReadonlyMap<string, Interval[]>): Evse[] {
  const bookable = evsesOf(location).filter(isBookable);
  if (policy.walkInSharePercent === 0) return bookable;
  const booked = (evse: Evse) => busy.get(evse.id)?.length ?? 0;
  return [...bookable].sort((a, b) => booked(b) - booked(a) || (a.id < b.id ? -1 : 1)).slice(0, mostBookable(location, policy));
}

async function requestsOf(
  ctx: Context, waiting: readonly Reservation[], isDue: (reservation: Reservation) => boolean, reachable: ReadonlyMap<string, Reachable>,
): Promise<AssignmentRequest[]> {
  const standings = new Map((await store.listStandings(ctx.tx, [...new Set(waiting.flatMap(({ driverId }) => driverId ?? []))])).map((one) => [one.driverId, one]));
  const vehicles = new Map((await loadVehicles(ctx.tx, [...new Set(waiting.flatMap(({ vehicleId }) => vehicleId ?? []))])).map((vehicle) => [vehicle.id, vehicle]));
  const places = [...reachable.values()];
  const fewest = Math.min(...places.map(({ policy }) => policy.maxActivePerDriver));
  return waiting.map((reservation): AssignmentRequest => {
    const { area, durationMinutes, energyWh, minPowerW } = reservation.wish!;
    const standing = standings.get(reservation.driverId ?? '');
    const vehicle = vehicles.get(reservation.vehicleId ?? '');
    // A driver with more active reservations than a location allows gets none there (RSV-5); the count has this one in it.
    const full = standing && standing.active > fewest ? places.filter(({ policy }) => standing.active > policy.maxActivePerDriver).map(({ location }) => location.id) : [];
    return {
      id: reservation.id, area, connectorStandards: reservation.connectorStandards, ...(minPowerW === null ? {} : { minPowerW }), ...(vehicle ? { vehicle } : {}),
      need: energyWh === null ? { durationMs: durationMinutes! * MINUTE_MS } : { energyWh },
      idealStart: reservation.idealStart, earliestStart: Math.max(reservation.earliestStart, ctx.now), latestEnd: reservation.latestEnd,
      priority: Math.min(HIGHEST_PRIORITY, standing?.losses ?? 0), createdAt: reservation.createdAt, isDue: isDue(reservation),
      ...(full.length === 0 ? {} : { notAtLocationIds: full }),
    };
  });
}
