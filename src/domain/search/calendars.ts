/**
 * What makes EVSEs busy for a search: promises with their buffers, facts, and, where a share is kept for walk-ins (RSV-7), the
 * times at which as many of a location's EVSEs are booked as may be.
 */
import { MINUTE_MS, processNow, type EpochMs } from '../../platform/clock/index.ts';
import type { Queryable } from '../../platform/database/index.ts';
import { busyByEvse, listBusy, overlapsOf, type BusyTime, type Interval } from '../calendar/index.ts';
import { mostBookable, type BookingPolicy } from '../reservations/index.ts';
import { evsesOf, type Location } from '../stations/index.ts';

/** A location of which a share is kept: its EVSEs are busy together. */
interface Shared {
  evseIds: string[];
  /** so many may be booked at once */
  bookable: number;
  bufferMs: number;
}

export interface Calendars {
  networkOf: Map<string, string>;
  shared: Map<string, Shared>;
  sharedLocationOf: Map<string, string>;
}

export function createCalendars(): Calendars {
  return { networkOf: new Map(), shared: new Map(), sharedLocationOf: new Map() };
}

/** Notes what of a location its EVSEs' busy times depend on. */
export function putCalendars({ networkOf, shared, sharedLocationOf }: Calendars, location: Location, policy: BookingPolicy): void {
  const evseIds = evsesOf(location).map((evse) => evse.id);
  for (const id of evseIds) networkOf.set(id, location.networkId);
  const wasShared = shared.delete(location.id);
  for (const id of evseIds) sharedLocationOf.delete(id);
  const isShared = policy.walkInSharePercent > 0;
  if (!isShared && !wasShared) return;
  // One that is no longer shared is noted with all of its EVSEs to give, so that what was written of it is written anew.
  const bookable = isShared ? mostBookable(location, policy) : Infinity;
  shared.set(location.id, { evseIds, bookable, bufferMs: policy.bufferMinutes * MINUTE_MS });
  for (const id of evseIds) sharedLocationOf.set(id, location.id);
}

/** The EVSEs of those of the locations of which a share is kept, or was. */
export function sharedEvsesOf({ shared }: Calendars, locationIds: ReadonlySet<string>): string[] {
  return [...locationIds].flatMap((id) => shared.get(id)?.evseIds ?? []);
}

/** The busy times of these EVSEs, and of those whose times hang together with theirs, from now on. */
export async function readCalendars(
  db: Queryable, calendars: Calendars, wanted: readonly string[] | 'all', nowIn: (networkId: string) => EpochMs,
): Promise<Map<string, Interval[]>> {
  if (wanted.length === 0) return new Map();
  const locationIds = wanted === 'all' ? calendars.shared.keys() : new Set(wanted.flatMap((id) => calendars.sharedLocationOf.get(id) ?? []));
  const sharedLocations = [...locationIds].flatMap((id) => calendars.shared.get(id) ?? []);
  const together = sharedLocations.flatMap((location) => location.evseIds);
  const times = await listBusy(db, wanted === 'all' ? 'all' : [...new Set([...wanted, ...together])], processNow());
  const byNetwork = new Map<string, Map<string, Interval[]>>();
  const busy = new Map<string, Interval[]>();
  for (const id of new Set([...(wanted === 'all' ? times.map(({ evseId }) => evseId) : wanted), ...together])) {
    const networkId = calendars.networkOf.get(id);
    if (networkId === undefined) continue;
    if (!byNetwork.has(networkId)) byNetwork.set(networkId, busyByEvse(times, nowIn(networkId)));
    busy.set(id, byNetwork.get(networkId)!.get(id) ?? []);
  }
  for (const location of sharedLocations) addFullTimes(location, times, busy);
  return busy;
}

/**
 * The index keeps a buffer free before whatever is busy, but a slot may end where a location becomes full: full times begin a buffer
 * later here, so that both come to the same. One that is shorter than the buffer is left to the booking to refuse.
 */
function addFullTimes({ evseIds, bookable, bufferMs }: Shared, times: readonly BusyTime[], busy: Map<string, Interval[]>): void {
  if (bookable === Infinity || bookable === 0) return; // with none, its entry says that it takes no bookings
  const own = new Set(evseIds);
  const slots = times.filter(({ evseId, kind }) => own.has(evseId) && (kind === 'hold' || kind === 'booked')).map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt! }));
  const shifted = overlapsOf(slots, bookable).map(({ start, end }) => ({ start: start + bufferMs, end })).filter(({ start, end }) => start < end);
  for (const id of evseIds) busy.set(id, [...(busy.get(id) ?? []), ...shifted]);
}
