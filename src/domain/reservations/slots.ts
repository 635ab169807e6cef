/** Free slots, read from the database: always right, at the moment of the reading. */
import { DAY_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { freeSlots, openIntervals, readBusy, subtractIntervals, type Interval } from '../calendar/index.ts';
import { getVehicle } from '../drivers/index.ts';
import { requireAccess, type Context } from '../organisations/index.ts';
import { type Location } from '../stations/index.ts';
import type { FreeSlot } from './free-slot.ts';
import { locate } from './locate.ts';
import { reservationFeeMinor, type BookingPolicy } from './policy.ts';
import { candidatesOrNone, findCandidates, type Candidate, type Target } from './target.ts';
import { wishedDurationMs, type Wish } from './times.ts';
import { fullTimes } from './walk-in-share.ts';

export interface SlotQuery extends Target, Omit<Wish, 'end'> {
  locationId?: string;
  vehicleId?: string;
  from?: EpochMs;
  to?: EpochMs;
  limit: number;
}

export const MAX_SLOT_WINDOW_MS = 31 * DAY_MS;

/** Free slots of an EVSE, a station or a location on its policy's grid, in the order of their start. Without a time, those of the next 24 hours. */
export async function listFreeSlots(ctx: Context, query: SlotQuery, known?: KnownPlace): Promise<{ location: Location; policy: BookingPolicy; slots: FreeSlot[] }> {
  requireAccess(ctx, 'slots.read');
  const { location, policy } = known ?? await located(ctx, query);
  const vehicle = query.vehicleId === undefined ? undefined : await getVehicle(ctx, query.vehicleId);
  const window = windowOf(ctx.now, query);
  if (policy.mode === 'walk_in_only') return { location, policy, slots: [] };
  const candidates = findCandidates(location, query, vehicle);
  return { location, policy, slots: await freeSlotsOf(ctx, location, policy, candidates, { ...query, ...window }) };
}

/** A location and the policy in force there, as they have just been read in the same transaction. */
export interface KnownPlace {
  location: Location;
  policy: BookingPolicy;
}

async function located(ctx: Context, query: SlotQuery): Promise<KnownPlace> {
  const { location, inForce: { policy } } = await locate(ctx, query);
  return { location, policy };
}

/**
 * Free slots of many places, by their ids, each so long as is said for it, and none where only walk-ins are welcome: what makes all of them busy is read at once.
 * Throws for a window that can't be, as for one place.
 */
export async function listFreeSlotsOfAll(
  ctx: Context, places: readonly (KnownPlace & { durationMinutes: number })[], query: { from: EpochMs; to: EpochMs; limitEach: number },
): Promise<Map<string, FreeSlot[]>> {
  requireAccess(ctx, 'slots.read');
  const { from, to } = windowOf(ctx.now, query);
  const asked = places.filter(({ policy }) => policy.mode !== 'walk_in_only').map((place) => ({ ...place, candidates: candidatesOrNone(place.location, {}) }));
  const buffer = Math.max(0, ...asked.map(({ policy }) => policy.bufferMinutes)) * MINUTE_MS;
  const evseIds = asked.flatMap(({ candidates }) => candidates.map(({ evse }) => evse.id));
  const busy = await readBusy(ctx.tx, asked.map(({ location }) => location.id), evseIds, { start: from, end: to + buffer }, ctx.now);
  const found = new Map<string, FreeSlot[]>();
  for (const { location, policy, candidates, durationMinutes } of asked) {
    found.set(location.id, await freeSlotsBeside(ctx, location, policy, candidates, { from, to, durationMinutes, limit: query.limitEach }, busy));
  }
  return found;
}

function windowOf(now: EpochMs, { from = now, to = from + DAY_MS }: Pick<SlotQuery, 'from' | 'to'>): { from: EpochMs; to: EpochMs } {
  if (to <= from) throw new DomainError('invalid_time_range', 'The end must come after the start.', { errors: [{ pointer: '?end', message: 'must come after start' }] });
  if (to <= now) throw new DomainError('time_in_past', 'That time is over.', { errors: [{ pointer: '?end', message: 'must lie in the future' }] });
  if (to - from > MAX_SLOT_WINDOW_MS) throw new DomainError(
    'invalid_time_range', 'Ask for 31 days at most.', { errors: [{ pointer: '?end', message: 'lies too far from start' }] },
  );
  return { from, to };
}

/** The free slots of candidates that a wish fits in, within the policy's lead times; each could be booked. */
export async function freeSlotsOf(
  ctx: Context, location: Location, policy: BookingPolicy, candidates: readonly Candidate[], query: SlotSearch,
  withoutBooking?: string,
): Promise<FreeSlot[]> {
  const range = { start: query.from, end: query.to + policy.bufferMinutes * MINUTE_MS };
  const busy = await readBusy(ctx.tx, [location.id], candidates.map(({ evse }) => evse.id), range, ctx.now, withoutBooking);
  return freeSlotsBeside(ctx, location, policy, candidates, query, busy, withoutBooking);
}

type SlotSearch = Omit<Wish, 'end'> & { from: EpochMs; to: EpochMs; limit: number };

/** The same, where it is known what makes the EVSEs busy then, and for a buffer longer. */
export async function freeSlotsBeside(
  ctx: Context, location: Location, policy: BookingPolicy, candidates: readonly Candidate[], query: SlotSearch, busy: ReadonlyMap<string, readonly Interval[]>,
  withoutBooking?: string,
): Promise<FreeSlot[]> {
  const from = Math.max(query.from, ctx.now + policy.minLeadMinutes * MINUTE_MS);
  const lastStart = ctx.now + policy.maxLeadMinutes * MINUTE_MS;
  if (from >= query.to || candidates.length === 0) return [];
  const bufferMs = policy.bufferMinutes * MINUTE_MS;
  const full = await fullTimes(ctx, location, policy, { start: from, end: query.to }, withoutBooking);
  const open = subtractIntervals(openIntervals(location.openingTimes, location.timeZone, from, query.to), full);
  const slots = candidates.flatMap(({ evse, connector, powerW }) => {
    const durationMs = wishedDurationMs(query, powerW, policy);
    if (durationMs > policy.maxDurationMinutes * MINUTE_MS) return [];
    const starts = freeSlots({
      open, busy: busy.get(evse.id) ?? [], bufferMs, gridMinutes: policy.slotGridMinutes, timeZone: location.timeZone, durationMs, from, to: query.to, limit: query.limit,
      endsOnGrid: true,
    });
    return starts.filter((start) => start <= lastStart).map((start): FreeSlot => ({
      locationId: location.id, stationId: evse.stationId, evseId: evse.id, connectorId: connector.id, start, end: start + durationMs, powerW,
      reservationFeeMinor: reservationFeeMinor(policy, durationMs), currency: policy.fee.currency,
    }));
  });
  return slots.sort((a, b) => a.start - b.start || (a.evseId < b.evseId ? -1 : 1)).slice(0, query.limit);
}
