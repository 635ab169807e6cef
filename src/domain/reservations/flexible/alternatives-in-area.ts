/** What a driver could have instead, when the assignment found nothing in the area and the window (RSV-9). */
import { HOUR_MS } from '../../../platform/clock/index.ts';
import { loadVehicle, type Vehicle } from '../../drivers/index.ts';
import { areaShape, middleOf } from '../../geography/index.ts';
import type { Context } from '../../organisations/index.ts';
import type { Location } from '../../stations/index.ts';
import type { Alternatives, FreeSlot } from '../free-slot.ts';
import { locateAround } from '../locate.ts';
import type { BookingPolicy } from '../policy.ts';
import type { Reservation } from '../reservation.ts';
import { freeSlotsOf } from '../slots.ts';
import { candidatesOrNone } from '../target.ts';

const SEARCHED_EACH_WAY_MS = 6 * HOUR_MS;
/** Locations around the middle of the area that are looked at, inside and outside together. */
const LOOKED_AT = 12;
const OF_EACH = 3;

/** Other times inside the area, and the same window outside it; looked up in the same transaction, and none of it promised. */
export async function alternativesInArea(ctx: Context, reservation: Reservation): Promise<Alternatives> {
  const { area } = reservation.wish!;
  const shape = areaShape(area);
  const near = await locateAround(ctx, middleOf(area), '', LOOKED_AT);
  const vehicle = reservation.vehicleId === null ? undefined : await loadVehicle(ctx.tx, reservation.vehicleId);
  const alternatives: Alternatives = { nearestTimes: [], siblingEvses: [], neighbouringLocations: [] };
  const { earliestStart, latestEnd, idealStart } = reservation;
  for (const { location, inForce: { policy } } of near) {
    const isInside = shape.distanceM(location.coordinates.latitude, location.coordinates.longitude) !== undefined;
    const margin = isInside ? SEARCHED_EACH_WAY_MS : 0;
    const slots = await slotsAt(ctx, location, policy, reservation, { from: earliestStart - margin, to: latestEnd + margin }, vehicle);
    (isInside ? alternatives.nearestTimes : alternatives.neighbouringLocations).push(...slots);
  }
  const nearest = (slots: FreeSlot[]) => slots.sort((a, b) => Math.abs(a.start - idealStart) - Math.abs(b.start - idealStart)).slice(0, OF_EACH);
  return { ...alternatives, nearestTimes: nearest(alternatives.nearestTimes), neighbouringLocations: nearest(alternatives.neighbouringLocations) };
}

async function slotsAt(
  ctx: Context, location: Location, policy: BookingPolicy, { connectorStandards, wish }: Reservation, window: { from: number; to: number }, vehicle?: Vehicle,
): Promise<FreeSlot[]> {
  if (policy.mode === 'walk_in_only') return [];
  const { durationMinutes, energyWh, minPowerW } = wish!;
  const fitting = candidatesOrNone(location, { connectorStandards }, vehicle).filter(({ connector }) => connector.maxPowerW >= (minPowerW ?? 0));
  return freeSlotsOf(ctx, location, policy, fitting, { durationMinutes: durationMinutes ?? undefined, energyWh: energyWh ?? undefined, ...window, limit: 200 });
}
