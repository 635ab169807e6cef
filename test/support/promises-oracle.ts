/**
 * What must hold of all promises, whatever has happened: read from the tables and judged here, without the constraint, the
 * indexes and the code that are to be proven.
 */
import { sql, type Queryable } from '../../src/platform/database/index.ts';

export interface PromiseRow {
  id: string;
  evseId: string;
  kind: 'hold' | 'booked' | 'block';
  reservationId: string | null;
  startsAt: number;
  endsAt: number;
  /** upper end of the range that nobody else may have */
  keptUntil: number;
  holdExpiresAt: number | null;
}

export interface ReservationRow {
  id: string;
  status: string;
  bookingId: string | null;
  evseId: string | null;
  reservedStart: number | null;
  reservedEnd: number | null;
  holdExpiresAt: number | null;
  bufferMinutes: number;
}

/** Everything that is wrong with the promises in the database, in words; nothing when all is well. */
export async function brokenPromises(db: Queryable): Promise<string[]> {
  const promises = await db.query<PromiseRow>(sql`
    SELECT id, evse_id AS "evseId", kind, reservation_id AS "reservationId", starts_at AS "startsAt", ends_at AS "endsAt", upper(during) AS "keptUntil",
           hold_expires_at AS "holdExpiresAt" FROM bookings WHERE released_at IS NULL`);
  const reservations = await db.query<ReservationRow>(sql`
    SELECT id, status, booking_id AS "bookingId", evse_id AS "evseId", reserved_start AS "reservedStart", reserved_end AS "reservedEnd",
           hold_expires_at AS "holdExpiresAt", (policy->>'bufferMinutes')::float8 AS "bufferMinutes" FROM reservations`);
  const [constraint] = await db.query<{ valid: boolean }>(sql`SELECT convalidated AS valid FROM pg_constraint WHERE conname = 'bookings_never_overlap'`);
  return [...(constraint?.valid ? [] : ['the constraint is not there']), ...judgePromises(promises, reservations)];
}

export function judgePromises(promises: readonly PromiseRow[], reservations: readonly ReservationRow[]): string[] {
  const byId = new Map(reservations.map((reservation) => [reservation.id, reservation]));
  return [...overlaps(promises), ...promises.flatMap((promise) => judgePromise(promise, byId)), ...reservations.flatMap((r) => judgeReservation(r, promises))];
}

function overlaps(promises: readonly PromiseRow[]): string[] {
  const found: string[] = [];
  const sorted = [...promises].sort((a, b) => (a.evseId < b.evseId ? -1 : a.evseId > b.evseId ? 1 : a.startsAt - b.startsAt));
  let last: PromiseRow | undefined; // of those at the EVSE, the one that is kept longest
  for (const promise of sorted) {
    if (last?.evseId === promise.evseId && promise.startsAt < last.keptUntil) found.push(`${last.id} and ${promise.id} overlap at ${promise.evseId}`);
    if (last?.evseId !== promise.evseId || promise.keptUntil > last.keptUntil) last = promise;
  }
  return found;
}

function judgePromise(promise: PromiseRow, reservations: ReadonlyMap<string, ReservationRow>): string[] {
  if (promise.kind === 'block') return [];
  const reservation = reservations.get(promise.reservationId ?? '');
  if (!reservation) return [`${promise.id} belongs to no reservation`];
  const found: string[] = [];
  if (promise.keptUntil !== promise.endsAt + reservation.bufferMinutes * 60_000) found.push(`${promise.id} does not keep its buffer`);
  if (reservation.bookingId !== promise.id) found.push(`${promise.id} still stands, but ${reservation.id} (${reservation.status}) has ${reservation.bookingId ?? 'none'}`);
  return found;
}

function judgeReservation(reservation: ReservationRow, promises: readonly PromiseRow[]): string[] {
  const { id, status } = reservation;
  const own = promises.filter((promise) => promise.reservationId === id);
  if (status !== 'pending' && status !== 'confirmed') return status !== 'completed' && own.length > 0 ? [`${id} is ${status} and still holds ${own.length} promises`] : [];
  const [promise] = own;
  if (!promise || own.length > 1) return [`${id} is ${status} with ${own.length} promises`];
  const isSame = promise.evseId === reservation.evseId && promise.startsAt === reservation.reservedStart && promise.endsAt === reservation.reservedEnd;
  const isKind = status === 'pending' ? promise.kind === 'hold' && promise.holdExpiresAt === reservation.holdExpiresAt : promise.kind === 'booked';
  return [...(isSame ? [] : [`${id} and its promise ${promise.id} differ in place or time`]), ...(isKind ? [] : [`${id} is ${status} with a ${promise.kind}`])];
}
