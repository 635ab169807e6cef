import type { EpochMs } from '../../../platform/clock/index.ts';
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
import { assignNow } from './assign-now.ts';
import { requireFittingWish, requireOneVoice, type WishInput } from './fitting-wish.ts';
import { requireReachable, type Reachable } from './reachable.ts';
import * as store from './store-flexible.ts';
import { areaPointer, FLEXIBLE_LIMITS, requireSoundArea, type FlexibleTimes, type FlexibleWish } from './wish.ts';

export interface FlexibleInput extends WishInput, PartiesInput {
  area: Area;
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
  insertReservation(ctx.tx, reservation);
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
  const { durationMinutes, energyWh, minPowerW, shortestMs: _, ...asked } = requireFittingWish(input, { reachable, pointer: areaPointer(input.area) }, vehicle, ctx.now);
  const assignAt = Math.max(ctx.now, asked.earliestStart - ctx.settings.assignLeadMs);
  return { ...asked, wish: { area: input.area, durationMinutes, energyWh, minPowerW }, energyWh, assignAt, reachable };
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
    waitlistEntryId: null,
  };
}
