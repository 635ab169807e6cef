import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import { mergeMetadata, type Vehicle } from '../../drivers/index.ts';
import type { Area } from '../../geography/index.ts';
import { actingOrganisation, type Context } from '../../organisations/index.ts';
import type { ConnectorStandard } from '../../stations/index.ts';
import { emitReservation } from '../events.ts';
import { requireDriverRoom, requireParties, type PartiesInput } from '../parties.ts';
import { DEFAULT_POLICY } from '../policy.ts';
import type { Reservation } from '../reservation.ts';
import { insertReservation } from '../store.ts';
import { candidatesOrNone } from '../target.ts';
import { requireOrder, wantedEnergyWh, type Wish } from '../times.ts';
import { assignNow } from './assign-now.ts';
import { requireReachable, type Reachable } from './reachable.ts';
import * as store from './store-flexible.ts';
import { areaPointer, FLEXIBLE_LIMITS, requireSoundArea, requireSoundWindow, type FlexibleTimes, type FlexibleWish } from './wish.ts';

export interface FlexibleInput extends Wish, PartiesInput {
  area: Area;
  connectorStandards?: ConnectorStandard[];
  minPowerW?: number;
  /** when it would ideally begin, and how far that may move; not at all, unless told */
  start: EpochMs;
  earliestStart?: EpochMs;
  latestEnd?: EpochMs;
  metadata?: Record<string, string>;
  paymentMethod?: string;
  seriesId?: string;
  /** assign it at once */
  confirm: boolean;
}

/**
 * RSV-F1: takes a wish for a slot somewhere in an area, about then. It is pending until its assignment, a set time before the
 * window, or at once with `confirm`. Throws what is wrong with area and window, and `evse_not_bookable`, `connector_incompatible`
 * or `area_too_large` for what no assignment could ever help.
 */
export async function createFlexible(ctx: Context, input: FlexibleInput): Promise<Reservation> {
  const { driver, vehicle } = await requireParties(ctx, undefined, input);
  const asked = await requirePossibleWish(ctx, input, vehicle);
  await requireDriverRoom(ctx, driver, Math.max(...asked.reachable.map(({ policy }) => policy.maxActivePerDriver)));
  await requireWaitingRoom(ctx);
  const reservation = newWaiting(ctx, input, asked);
  await insertReservation(ctx.tx, reservation);
  await emitReservation(ctx, 'reservation.created', reservation);
  return input.confirm ? assignNow(ctx, reservation) : reservation;
}

/** A wish that was found possible, as its reservation keeps it. */
export interface PossibleWish extends FlexibleTimes {
  wish: FlexibleWish;
  energyWh: number | null;
  idealEnd: EpochMs;
  assignAt: EpochMs;
  connectorStandards: ConnectorStandard[];
}

/** What is asked for, and what lies in its area; throws as `createFlexible` does. */
export async function requirePossibleWish(
  ctx: Context, input: Omit<FlexibleInput, 'confirm'>, vehicle?: Vehicle,
): Promise<PossibleWish & { reachable: Reachable[] }> {
  requireSoundArea(input.area);
  requireOneVoice(input, vehicle);
  const reachable = await requireReachable(ctx, input.area);
  const energyWh = wantedEnergyWh(input) ?? null;
  const { wish, shortestMs } = wishOf(input, energyWh, highestPowerW(reachable, input, vehicle));
  const idealEnd = input.start + shortestMs;
  const times: FlexibleTimes = { idealStart: input.start, earliestStart: input.earliestStart ?? input.start, latestEnd: input.latestEnd ?? idealEnd };
  requireSoundWindow(times, shortestMs, ctx.now);
  requireLead(reachable, times, ctx.now);
  const assignAt = Math.max(ctx.now, times.earliestStart - ctx.settings.assignLeadMs);
  return { ...times, wish, energyWh, idealEnd, assignAt, connectorStandards: input.connectorStandards ?? [], reachable };
}

/** Types that the vehicle has no inlet for can't be meant. */
function requireOneVoice({ connectorStandards }: Pick<FlexibleInput, 'connectorStandards'>, vehicle?: Vehicle): void {
  const wanted = connectorStandards ?? [];
  const inlets = vehicle?.connectorStandards ?? [];
  if (wanted.length === 0 || inlets.length === 0 || wanted.some((standard) => inlets.includes(standard))) return;
  const message = `the vehicle takes ${inlets.join(', ')}`;
  throw new DomainError('connector_incompatible', 'The connector types and the vehicle contradict each other.', { errors: [{ pointer: '/connector_type', message }] });
}

/** The most that a fitting connector gives and the vehicle takes. Throws `connector_incompatible` when none of the area's fits. */
function highestPowerW(reachable: readonly Reachable[], { connectorStandards, minPowerW = 0, area }: Omit<FlexibleInput, 'confirm'>, vehicle?: Vehicle): number {
  const candidates = reachable.flatMap(({ location }) => candidatesOrNone(location, { connectorStandards }, vehicle));
  const powers = candidates.filter(({ connector }) => connector.maxPowerW >= minPowerW).map(({ powerW }) => powerW);
  if (powers.length > 0) return Math.max(...powers);
  const message = 'holds no connector that fits';
  throw new DomainError('connector_incompatible', 'No connector in that area fits what was asked for, or the vehicle.', { errors: [{ pointer: areaPointer(area), message }] });
}

function wishOf(input: Omit<FlexibleInput, 'confirm'>, energyWh: number | null, powerW: number): { wish: FlexibleWish; shortestMs: number } {
  if (input.end !== undefined) requireOrder({ start: input.start, end: input.end });
  const saidMs = input.end === undefined ? (input.durationMinutes ?? DEFAULT_POLICY.minDurationMinutes) * MINUTE_MS : input.end - input.start;
  const shortestMs = energyWh === null ? saidMs : Math.ceil((energyWh / powerW) * HOUR_MS);
  const durationMinutes = energyWh === null ? Math.ceil(saidMs / MINUTE_MS) : null;
  return { wish: { area: input.area, durationMinutes, energyWh, minPowerW: input.minPowerW ?? null }, shortestMs };
}

/** What no location of the area sells that far ahead is refused now rather than at its assignment. */
function requireLead(reachable: readonly Reachable[], { earliestStart }: FlexibleTimes, now: EpochMs): void {
  const maxLeadMinutes = Math.max(...reachable.map(({ policy }) => policy.maxLeadMinutes));
  if (earliestStart <= now + maxLeadMinutes * MINUTE_MS) return;
  throw new DomainError('lead_time_not_allowed', `Slots there are booked at most ${maxLeadMinutes} minutes ahead.`, { max_lead_minutes: maxLeadMinutes });
}

async function requireWaitingRoom(ctx: Context): Promise<void> {
  const most = FLEXIBLE_LIMITS.waiting;
  if ((await store.countWaiting(ctx.tx, actingOrganisation(ctx)!, most)) < most) return;
  throw new DomainError('hold_limit_reached', `${most} of your reservations wait for their assignment already.`, { max_waiting: most });
}

/** What is known of it before the assignment; place, price and policy come with that. */
function newWaiting(ctx: Context, input: FlexibleInput, { reachable, ...asked }: PossibleWish & { reachable: Reachable[] }): Reservation {
  const { location, policy } = reachable[0]!;
  return {
    ...asked, id: newId('reservation'), networkId: ctx.network.id, organisationId: actingOrganisation(ctx)!, operatorId: null, mode: 'flexible', status: 'pending',
    locationId: null, stationId: null, evseId: null, connectorId: null, bookingId: null, driverId: input.driverId ?? null, vehicleId: input.vehicleId ?? null,
    reservedStart: null, reservedEnd: null, holdExpiresAt: null, noShowAt: null, outlook: null, policyId: null, policy: DEFAULT_POLICY,
    metadata: mergeMetadata({}, input.metadata), version: 1, createdAt: ctx.now, updatedAt: ctx.now, timeZone: location.timeZone, paymentMethod: input.paymentMethod ?? null,
    reservationFeeMinor: 0, currency: policy.fee.currency, confirmedAt: null, endedAt: null, failedReason: null, endedDetail: null, cancelledBy: null, expectedArrival: null,
    leftAt: null, sessionId: null, sessionStartedAt: null, noShowFeeMinor: 0, assignment: null, movedBecause: null, seriesId: input.seriesId ?? null,
  };
}
