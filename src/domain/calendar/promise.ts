/**
 * Promises: made, changed and taken back. Only the database's exclusion constraint decides whether one can be made.
 *
 * Locks are always taken in one order, so that no two transactions wait for each other: series with its occurrence, reservation,
 * driver, the location's hours, EVSE rows (by id), session or outage, bookings, conflicts (by id), the location's row or the organisation's.
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
import { occupancyEnd, outageEnd, type Booking, type Occupancy, type Outage } from './booking.ts';
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
export function busyByEvse(facts: { bookings: Booking[]; outages: Outage[]; occupancies: Occupancy[] }, now: EpochMs): Map<string, Interval[]> {
  const busy = new Map<string, Interval[]>();
  const add = (evseId: string, start: EpochMs, end: EpochMs): void => {
    const list = busy.get(evseId);
    if (list) list.push({ start, end });
    else busy.set(evseId, [{ start, end }]);
  };
  for (const booking of facts.bookings) {
    if (booking.kind !== 'hold' || booking.holdExpiresAt! > now) add(booking.evseId, booking.startsAt, booking.keptUntil); // CAL-3
  }
  for (const outage of facts.outages) add(outage.evseId, outage.startsAt, outageEnd(outage, now));
  for (const occupancy of facts.occupancies) add(occupancy.evseId, occupancy.startsAt, occupancyEnd(occupancy, now));
  return busy;
}

/** What makes these EVSEs of a location busy in a time, except one booking (the caller's own). */
export async function readBusy(
  tx: Transaction, locationId: string, evseIds: readonly string[], range: Interval, now: EpochMs, withoutBooking?: string,
): Promise<Map<string, Interval[]>> {
  const bookings = await store.listBookings(tx, locationId, evseIds, range.start, range.end);
  const outages = await store.listOutages(tx, evseIds, range.start, range.end);
  const occupancies = await store.listOccupancies(tx, evseIds, range.start, range.end);
  return busyByEvse({ bookings: bookings.filter((booking) => booking.id !== withoutBooking), outages, occupancies }, now);
}
