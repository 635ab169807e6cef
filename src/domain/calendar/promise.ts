/**
 * Promises: made, changed and taken back. Only the database's exclusion constraint decides whether one can be made.
 *
 * Locks are always taken in one order, so that no two transactions wait for each other: series with its occurrence, reservation,
 * driver, the location's hours, the connection of a charging station, EVSE rows (by id), session or outage, bookings, conflicts (by id),
 * the location's row or the organisation's.
 * (A reservation that ends wakes an occurrence, but only one that nobody has locked.) An entry of the waitlist that waits comes first of
 * all; one that is offered something is changed by nobody but who holds the reservation of its offer, and waits for nobody then. Who makes
 * a reservation has its driver first and waits for no other reservation. A transaction that works on several reservations or
 * sessions can't keep to it; it takes what is free (the sweeper) or gives up what it would have to wait for (the test clock).
 *
 * Whoever releases a booking in order to insert another one holds the EVSEs' rows first: two that did so without would each
 * wait for what the other has released (CAL-4).
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Transaction } from '../../platform/database/index.ts';
import { occupancyEnd, outageEnd, type Booking, type BusyTime } from './booking.ts';
import type { Interval } from './intervals.ts';
import * as store from './store.ts';

/** Makes a promise; false when another one stands against it. */
export async function promise(tx: Transaction, booking: Booking): Promise<boolean> {
  return store.insertBooking(tx, booking);
}

class InTheWay extends Error {}

/**
 * Puts one promise in the place of another, at the same or at another EVSE of the location; when it can't be made, the old
 * one still stands. The caller must hold the rows of both EVSEs (`lockEvses`).
 *
 * @returns whether the new one was made.
 */
export async function replacePromise(tx: Transaction, old: Booking, next: Booking, now: EpochMs): Promise<boolean> {
  try {
    await tx.savepoint(async () => {
      if (!(await store.releaseBooking(tx, old.locationId, old.id, now))) throw new InTheWay();
      if (!(await store.insertBooking(tx, next))) throw new InTheWay();
    });
    return true;
  } catch (error) {
    if (error instanceof InTheWay) return false;
    throw error;
  }
}

/** What makes EVSEs busy, each EVSE's in one list: promises with their buffers, outages, vehicles that are there. */
export function busyByEvse(times: readonly BusyTime[], now: EpochMs): Map<string, Interval[]> {
  const busy = new Map<string, Interval[]>();
  for (const time of times) {
    if (time.kind === 'hold' && time.holdExpiresAt! <= now) continue; // CAL-3
    const interval = { start: time.startsAt, end: busyUntil(time, now) };
    const list = busy.get(time.evseId);
    if (list) list.push(interval);
    else busy.set(time.evseId, [interval]);
  }
  return busy;
}

function busyUntil(time: BusyTime, now: EpochMs): EpochMs {
  if (time.kind === 'outage') return outageEnd(time, now);
  return time.kind === 'occupancy' ? occupancyEnd(time, now) : time.keptUntil!;
}

/** What makes these EVSEs of these locations busy in a time, except one booking (the caller's own). */
export async function readBusy(
  tx: Transaction, locationIds: readonly string[], evseIds: readonly string[], range: Interval, now: EpochMs, withoutBooking?: string,
): Promise<Map<string, Interval[]>> {
  if (evseIds.length === 0) return new Map();
  const times = await store.listBusyAt(tx, locationIds, evseIds, range.start, range.end);
  return busyByEvse(times.filter(({ id }) => id !== withoutBooking), now);
}
