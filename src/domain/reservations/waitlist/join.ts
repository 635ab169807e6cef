import { DomainError } from '../../../platform/errors/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import { mergeMetadata, type Vehicle } from '../../drivers/index.ts';
import type { Area } from '../../geography/index.ts';
import { actingOrganisation, lockOrganisation, requireAccess, type Context } from '../../organisations/index.ts';
import { requireNoBan } from '../driver-room.ts';
import { requireFittingWish, requireOneVoice, type FittingWish, type WishInput } from '../flexible/fitting-wish.ts';
import { requireReachable, type Reachable } from '../flexible/reachable.ts';
import { areaPointer, requireSoundArea } from '../flexible/wish.ts';
import { requireParties, type PartiesInput } from '../parties.ts';
import { findCandidates } from '../target.ts';
import { WAITLIST_LIMITS, type WaitlistEntry, type WaitlistWish } from './entry.ts';
import { emitEntry } from './events.ts';
import { durationAt } from './nearest-slot.ts';
import { evseIdsOf, narrowed, reachablePlace, type Reach } from './reach.ts';
import { withStanding, type WaitlistEntryNow } from './read.ts';
import * as store from './store-waitlist.ts';

export interface WaitlistInput extends WishInput, PartiesInput {
  /** one of these says where */
  area?: Area;
  evseId?: string;
  stationId?: string;
  locationId?: string;
  metadata?: Record<string, string>;
  paymentMethod?: string;
}

/**
 * WTL-1: puts a driver on the waitlist. What is free already is offered once this is committed (`settleWaitlist`). Throws what is wrong
 * with place, window or vehicle, as a flexible reservation does; `driver_banned`; `waitlist_limit_reached`.
 */
export async function joinWaitlist(ctx: Context, input: WaitlistInput): Promise<WaitlistEntryNow> {
  const organisationId = actingOrganisation(ctx);
  requireAccess(ctx, 'waitlist.write', { organisationId, driverId: input.driverId ?? (ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined) });
  const { driver, vehicle } = await requireParties(ctx, undefined, input);
  if (!driver) throw new DomainError('invalid_request', 'Say for whom: it is a driver who waits.', { errors: [{ pointer: '/driver', message: 'is required' }] });
  requireNoBan(driver, ctx.now);
  const { asked, reach, wish } = await requirePossibleEntry(ctx, input, vehicle);
  const entry: WaitlistEntry = {
    id: newId('waitlistEntry'), networkId: ctx.network.id, organisationId: organisationId!, driverId: driver.id, vehicleId: vehicle?.id ?? null, status: 'waiting', wish,
    idealStart: asked.idealStart, earliestStart: asked.earliestStart, latestEnd: asked.latestEnd, lastStart: asked.latestEnd - asked.shortestMs, lapses: 0, skipped: [],
    reservationId: null, offer: null, paymentMethod: input.paymentMethod ?? null, metadata: mergeMetadata({}, input.metadata), version: 1, createdAt: ctx.now,
    updatedAt: ctx.now, endedAt: null,
  };
  await store.insertEntry(ctx.tx, entry, evseIdsOf(reach));
  requireRoom(await store.countOfDriver(ctx.tx, driver.id), WAITLIST_LIMITS.ofDriver, 'A driver');
  await emitEntry(ctx, 'waitlist_entry.created', entry);
  await lockOrganisation(ctx.tx, organisationId!); // last of all: see the order of locks
  requireRoom(await store.countOfOrganisation(ctx.tx, organisationId!, WAITLIST_LIMITS.ofOrganisation + 1), WAITLIST_LIMITS.ofOrganisation, 'An organisation');
  return withStanding(ctx, entry);
}

/** What is asked for and where, found possible. */
async function requirePossibleEntry(ctx: Context, input: WaitlistInput, vehicle: Vehicle | undefined): Promise<{ asked: FittingWish; reach: Reach[]; wish: WaitlistWish }> {
  requireOneVoice(input, vehicle);
  const { evseId = null, stationId = null, locationId = null, area = null } = input;
  if (area !== null) requireSoundArea(area);
  const reachable = area === null ? await requirePlace(ctx, input, vehicle) : await requireReachable(ctx, area);
  const target = { evseId: input.evseId, stationId: input.stationId };
  const asked = requireFittingWish(input, { reachable, target, pointer: pointerOf(input) }, vehicle, ctx.now);
  const { connectorStandards, minPowerW, durationMinutes, energyWh } = asked;
  const wish: WaitlistWish = { area, evseId, stationId, locationId, connectorStandards, minPowerW, durationMinutes, energyWh };
  const reach = narrowed(reachable, wish, vehicle);
  requireSoldDuration(wish, reach);
  return { asked, reach, wish };
}

async function requirePlace(ctx: Context, { evseId, stationId, locationId, connectorStandards }: WaitlistInput, vehicle?: Vehicle): Promise<Reachable[]> {
  const place = await reachablePlace(ctx, { evseId, stationId, locationId });
  findCandidates(place.location, { evseId, stationId, connectorStandards }, vehicle);
  return [place];
}

function pointerOf({ area, evseId, stationId }: WaitlistInput): string {
  if (area !== undefined) return areaPointer(area);
  return evseId !== undefined ? '/evse' : stationId !== undefined ? '/charging_station' : '/location_id';
}

/** What no policy there ever sells is not waited for. */
function requireSoldDuration(wish: WaitlistWish, reach: readonly Reach[]): void {
  if (reach.some((one) => one.candidates.some((candidate) => durationAt({ wish }, one, candidate) !== undefined))) return;
  const longest = Math.max(...reach.map(({ policy }) => policy.maxDurationMinutes));
  throw new DomainError('duration_not_allowed', `Slots there last ${longest} minutes at most.`, { max_duration_minutes: longest });
}

/** With the new one among those that were counted. */
function requireRoom(counted: number, most: number, who: string): void {
  if (counted <= most) return;
  throw new DomainError('waitlist_limit_reached', `${who} has ${most} places in the waitlist at most; leave some.`, { max_waitlist_entries: most });
}
