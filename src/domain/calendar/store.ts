import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import { OVERSTAY_NOTICE_MS, type Booking, type BusyTime, type Conflict, type Occupancy, type Outage } from './booking.ts';

const BOOKING = sql`id, location_id AS "locationId", evse_id AS "evseId", kind, reservation_id AS "reservationId", starts_at AS "startsAt", ends_at AS "endsAt",
  upper(during) AS "keptUntil", hold_expires_at AS "holdExpiresAt", reason, created_at AS "createdAt"`;
const range = (from: EpochMs, to: EpochMs) => sql`tstzrange(${toRfc3339(from)}::timestamptz, ${toRfc3339(to)}::timestamptz)`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/**
 * Makes a promise, if nobody else's stands against it: the database's exclusion constraint decides, whatever the number of
 * processes. `ON CONFLICT DO NOTHING`, since a bare insert deadlocks under contention.
 *
 * @returns whether it was made.
 */
export async function insertBooking(db: Queryable, b: Booking): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO bookings (id, location_id, evse_id, kind, reservation_id, starts_at, ends_at, during, hold_expires_at, reason, created_at)
    VALUES (${b.id}, ${b.locationId}, ${b.evseId}, ${b.kind}, ${b.reservationId}, ${instant(b.startsAt)}, ${instant(b.endsAt)}, ${range(b.startsAt, b.keptUntil)},
      ${instant(b.holdExpiresAt)}, ${b.reason}, ${instant(b.createdAt)})
    ON CONFLICT DO NOTHING RETURNING id`);
  return rows.length === 1;
}

/** Takes a promise back, and writes down that its time has become free (CAL-14); false when it was taken back already. */
export async function releaseBooking(db: Queryable, locationId: string, id: string, now: EpochMs): Promise<boolean> {
  const rows = await db.query(sql`
    WITH released AS (
      UPDATE bookings SET released_at = ${instant(now)} WHERE location_id = ${locationId} AND id = ${id} AND released_at IS NULL
      RETURNING id, location_id, evse_id, starts_at, upper(during) AS kept_until),
    freed AS (
      INSERT INTO freed_times (location_id, evse_id, starts_at, ends_at)
      SELECT location_id, evse_id, greatest(starts_at, ${instant(now)}), kept_until FROM released WHERE kept_until > ${instant(now)})
    SELECT id FROM released`);
  return rows.length === 1;
}

/** Turns a hold that still stands into a firm booking; false when it has gone. */
export async function confirmBooking(db: Queryable, locationId: string, id: string): Promise<boolean> {
  const rows = await db.query(sql`
    UPDATE bookings SET kind = 'booked', hold_expires_at = NULL WHERE location_id = ${locationId} AND id = ${id} AND released_at IS NULL RETURNING id`);
  return rows.length === 1;
}

/** Lets a hold that still stands stand longer. */
export async function extendHold(db: Queryable, locationId: string, id: string, until: EpochMs): Promise<void> {
  await db.query(sql`
    UPDATE bookings SET hold_expires_at = greatest(hold_expires_at, ${toRfc3339(until)}::timestamptz)
    WHERE location_id = ${locationId} AND id = ${id} AND kind = 'hold' AND released_at IS NULL`);
}

export async function findBooking(db: Queryable, locationId: string, id: string): Promise<Booking | undefined> {
  return (await db.query<Booking>(sql`SELECT ${BOOKING} FROM bookings WHERE location_id = ${locationId} AND id = ${id} AND released_at IS NULL`))[0];
}

export async function findBlock(db: Queryable, id: string): Promise<Booking | undefined> {
  return (await db.query<Booking>(sql`SELECT ${BOOKING} FROM bookings WHERE id = ${id} AND kind = 'block' AND released_at IS NULL`))[0];
}

/** Locks EVSEs, in the order of their ids, until the end of the transaction. */
export async function lockEvses(db: Queryable, evseIds: readonly string[]): Promise<void> {
  await db.query(sql`SELECT 1 AS one FROM evses WHERE id = ANY(${[...evseIds]}::text[]) ORDER BY id FOR NO KEY UPDATE`);
}

/** Locks the EVSE that an outage is of. */
export async function lockEvseOfOutage(db: Queryable, outageId: string): Promise<void> {
  await db.query(sql`SELECT 1 AS one FROM evses WHERE id = (SELECT evse_id FROM outages WHERE id = ${outageId}) FOR NO KEY UPDATE`);
}

/** Promises at these EVSEs of a location that touch the time, in the order of their start. */
export async function listBookings(db: Queryable, locationId: string, evseIds: readonly string[], from: EpochMs, to: EpochMs): Promise<Booking[]> {
  return db.query(sql`
    SELECT ${BOOKING} FROM bookings
    WHERE location_id = ${locationId} AND evse_id = ANY(${[...evseIds]}::text[]) AND during && ${range(from, to)} AND released_at IS NULL ORDER BY starts_at, evse_id`);
}

/** Holds in the way of a promise whose deadline has passed. */
export async function listExpiredHolds(db: Queryable, locationId: string, evseId: string, from: EpochMs, to: EpochMs, now: EpochMs): Promise<Booking[]> {
  return db.query(sql`
    SELECT ${BOOKING} FROM bookings
    WHERE location_id = ${locationId} AND evse_id = ${evseId} AND during && ${range(from, to)} AND released_at IS NULL
      AND kind = 'hold' AND hold_expires_at <= ${instant(now)} ORDER BY id`);
}

const OCCUPANCY = sql`id, location_id AS "locationId", evse_id AS "evseId", session_id AS "sessionId", reservation_id AS "reservationId", starts_at AS "startsAt",
  expected_end_at AS "expectedEndAt", ends_at AS "endsAt"`;

export async function insertOccupancy(db: Queryable, o: Occupancy, now: EpochMs): Promise<void> {
  await db.query(sql`
    INSERT INTO occupancies (id, location_id, evse_id, session_id, reservation_id, starts_at, expected_end_at, ends_at, created_at)
    VALUES (${o.id}, ${o.locationId}, ${o.evseId}, ${o.sessionId}, ${o.reservationId}, ${instant(o.startsAt)}, ${instant(o.expectedEndAt)}, ${instant(o.endsAt)},
      ${instant(now)})`);
}

export async function endOccupancy(db: Queryable, sessionId: string, now: EpochMs): Promise<Occupancy | undefined> {
  return (await db.query<Occupancy>(sql`
    UPDATE occupancies SET ends_at = greatest(starts_at, ${instant(now)}) WHERE session_id = ${sessionId} AND ends_at IS NULL RETURNING ${OCCUPANCY}`))[0];
}

/** The same by its own id: of a vehicle that is nobody's session. */
export async function endOccupancyOf(db: Queryable, id: string, now: EpochMs): Promise<Occupancy | undefined> {
  return (await db.query<Occupancy>(sql`
    UPDATE occupancies SET ends_at = greatest(starts_at, ${instant(now)}) WHERE id = ${id} AND ends_at IS NULL RETURNING ${OCCUPANCY}`))[0];
}

/** Says when the vehicle that is there for a reservation will be gone. */
export async function expectDeparture(db: Queryable, reservationId: string, at: EpochMs): Promise<void> {
  await db.query(sql`UPDATE occupancies SET expected_end_at = ${instant(at)} WHERE reservation_id = ${reservationId} AND ends_at IS NULL`);
}

/** Occupancies at these EVSEs that may touch the time: those that are going on, and those that ended after `from`. */
export async function listOccupancies(db: Queryable, evseIds: readonly string[], from: EpochMs, to: EpochMs): Promise<Occupancy[]> {
  return db.query(sql`
    SELECT ${OCCUPANCY} FROM occupancies WHERE evse_id = ANY(${[...evseIds]}::text[]) AND starts_at < ${instant(to)} AND (ends_at IS NULL OR ends_at > ${instant(from)})
    ORDER BY starts_at`);
}

const OUTAGE = sql`id, network_id AS "networkId", location_id AS "locationId", evse_id AS "evseId", reason, is_retirement AS "isRetirement", is_reported AS "isReported",
  starts_at AS "startsAt", expected_end_at AS "expectedEndAt", ends_at AS "endsAt", version, created_at AS "createdAt"`;

export async function insertOutage(db: Queryable, o: Outage): Promise<void> {
  await db.query(sql`
    INSERT INTO outages (id, network_id, location_id, evse_id, reason, is_retirement, is_reported, starts_at, expected_end_at, ends_at, version, created_at)
    VALUES (${o.id}, ${o.networkId}, ${o.locationId}, ${o.evseId}, ${o.reason}, ${o.isRetirement}, ${o.isReported}, ${instant(o.startsAt)}, ${instant(o.expectedEndAt)},
      ${instant(o.endsAt)}, ${o.version}, ${instant(o.createdAt)})`);
}

export async function lockOutage(db: Queryable, id: string): Promise<Outage | undefined> {
  return (await db.query<Outage>(sql`SELECT ${OUTAGE} FROM outages WHERE id = ${id} FOR UPDATE`))[0];
}

export async function updateOutage(db: Queryable, o: Outage): Promise<void> {
  await db.query(sql`
    UPDATE outages SET expected_end_at = ${instant(o.expectedEndAt)}, ends_at = ${instant(o.endsAt)}, version = ${o.version} WHERE id = ${o.id}`);
}

/** The outage of an EVSE that its station has told of and not ended. */
export async function findReportedOutage(db: Queryable, evseId: string): Promise<Outage | undefined> {
  return (await db.query<Outage>(sql`SELECT ${OUTAGE} FROM outages WHERE evse_id = ${evseId} AND is_reported AND ends_at IS NULL`))[0];
}

/** Whether anything else keeps the EVSE from working at that time. */
export async function isOut(db: Queryable, evseId: string, at: EpochMs): Promise<boolean> {
  return (await listOutages(db, [evseId], at, at + 1)).length > 0;
}

/** Whether a vehicle is there. */
export async function isInUse(db: Queryable, evseId: string): Promise<boolean> {
  return (await db.query(sql`SELECT 1 AS one FROM occupancies WHERE evse_id = ${evseId} AND ends_at IS NULL LIMIT 1`)).length > 0;
}

/** EVSEs of an operator's locations that are gone without an outage that says so, and outages that say so of EVSEs that are back. */
export async function listUnsettled(db: Queryable, operatorId: string, locationRefs: readonly string[]): Promise<{
  gone: { evseId: string; locationId: string }[];
  back: Outage[];
}> {
  const refs = sql`SELECT id FROM locations WHERE operator_id = ${operatorId} AND ref = ANY(${[...locationRefs]}::text[])`;
  return {
    gone: await db.query(sql`
      SELECT e.id AS "evseId", e.location_id AS "locationId" FROM evses e WHERE e.location_id IN (${refs}) AND e.retired_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM outages o WHERE o.evse_id = e.id AND o.is_retirement AND o.ends_at IS NULL) ORDER BY e.id`),
    back: await db.query(sql`
      SELECT ${OUTAGE} FROM outages WHERE is_retirement AND ends_at IS NULL AND evse_id IN (SELECT id FROM evses WHERE location_id IN (${refs}) AND retired_at IS NULL)
      ORDER BY id FOR UPDATE`),
  };
}

export async function listOutages(db: Queryable, evseIds: readonly string[], from: EpochMs, to: EpochMs): Promise<Outage[]> {
  return db.query(sql`
    SELECT ${OUTAGE} FROM outages WHERE evse_id = ANY(${[...evseIds]}::text[]) AND starts_at < ${instant(to)} AND (ends_at IS NULL OR ends_at > ${instant(from)})
    ORDER BY starts_at`);
}

const CONFLICT = sql`id, network_id AS "networkId", operator_id AS "operatorId", location_id AS "locationId", evse_id AS "evseId", booking_id AS "bookingId",
  reservation_id AS "reservationId", cause, cause_id AS "causeId", status, resolution, version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Adds a conflict that is looked after from `settleAt` on; false when that booking and that cause have one already. */
export async function insertConflict(db: Queryable, c: Conflict, settleAt: EpochMs): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO conflicts (id, network_id, operator_id, location_id, evse_id, booking_id, reservation_id, cause, cause_id, status, resolution, version, created_at, updated_at,
      settle_at)
    VALUES (${c.id}, ${c.networkId}, ${c.operatorId}, ${c.locationId}, ${c.evseId}, ${c.bookingId}, ${c.reservationId}, ${c.cause}, ${c.causeId}, ${c.status}, ${c.resolution},
      ${c.version}, ${instant(c.createdAt)}, ${instant(c.updatedAt)}, ${instant(settleAt)})
    ON CONFLICT (booking_id, cause_id) DO NOTHING RETURNING id`);
  return rows.length === 1;
}

/** Locks the open conflicts of several bookings, in the order of their ids, before they are resolved booking by booking. */
export async function lockConflicts(db: Queryable, bookingIds: readonly string[]): Promise<void> {
  await db.query(sql`SELECT 1 AS one FROM conflicts WHERE booking_id = ANY(${[...bookingIds]}::text[]) AND status = 'open' ORDER BY id FOR NO KEY UPDATE`);
}

/** Resolves the open conflicts of a booking or of a cause and returns them as they are then. */
export async function resolveConflicts(db: Queryable, by: { bookingId: string } | { causeId: string } | { id: string }, resolution: string, now: EpochMs): Promise<Conflict[]> {
  const where = 'bookingId' in by ? sql`booking_id = ${by.bookingId}` : 'causeId' in by ? sql`cause_id = ${by.causeId}` : sql`id = ${by.id}`;
  return db.query(sql`
    UPDATE conflicts SET status = 'resolved', resolution = ${resolution}, version = version + 1, updated_at = ${instant(now)}
    WHERE id IN (SELECT id FROM conflicts WHERE ${where} AND status = 'open' ORDER BY id FOR NO KEY UPDATE)
    RETURNING ${CONFLICT}`);
}

export async function findConflict(db: Queryable, id: string): Promise<Conflict | undefined> {
  return (await db.query<Conflict>(sql`SELECT ${CONFLICT} FROM conflicts WHERE id = ${id}`))[0];
}

export async function listConflicts(
  db: Queryable, operatorId: string, page: { status?: Conflict['status']; after?: string; before?: string; limit: number },
): Promise<Conflict[]> {
  const where = sql`operator_id = ${operatorId} ${page.status === undefined ? sql`` : sql`AND status = ${page.status}`}`;
  if (page.before !== undefined) {
    return (await db.query<Conflict>(sql`SELECT ${CONFLICT} FROM conflicts WHERE ${where} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${CONFLICT} FROM conflicts WHERE ${where} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}

/** Facts that are going on in a network and collide with a promise that has no conflict with them yet; always in one order, as several processes look for them. */
export async function listUnnoticedCollisions(db: Queryable, networkId: string, now: EpochMs, assumedOverrunMs: number): Promise<
  { booking: Booking; cause: 'outage' | 'occupancy'; causeId: string; operatorId: string }[]
> {
  const at = instant(now);
  const overrun = sql`${at} + make_interval(secs => ${assumedOverrunMs / 1000})`;
  const rows = await db.query<Booking & { cause: 'outage' | 'occupancy'; causeId: string; operatorId: string }>(sql`
    SELECT b.id, b.location_id AS "locationId", b.evse_id AS "evseId", b.kind, b.reservation_id AS "reservationId", b.starts_at AS "startsAt", b.ends_at AS "endsAt",
           upper(b.during) AS "keptUntil", b.hold_expires_at AS "holdExpiresAt", b.reason, b.created_at AS "createdAt", f.cause, f.cause_id AS "causeId",
           l.operator_id AS "operatorId"
    FROM (
      SELECT 'outage' AS cause, o.id AS cause_id, o.evse_id, o.location_id, NULL::text AS reservation_id, o.starts_at,
             CASE WHEN o.expected_end_at IS NULL THEN 'infinity' ELSE greatest(o.expected_end_at, ${overrun}) END AS until
      FROM outages o WHERE o.ends_at IS NULL AND o.network_id = ${networkId}
      UNION ALL
      SELECT 'occupancy', c.id, c.evse_id, c.location_id, c.reservation_id, c.starts_at,
             CASE WHEN c.expected_end_at IS NULL THEN ${at} + make_interval(secs => ${OVERSTAY_NOTICE_MS / 1000}) ELSE greatest(c.expected_end_at, ${at}) END
      FROM occupancies c JOIN locations cl ON cl.id = c.location_id WHERE c.ends_at IS NULL AND cl.network_id = ${networkId}
    ) f
    JOIN locations l ON l.id = f.location_id
    JOIN bookings b ON b.location_id = f.location_id AND b.evse_id = f.evse_id AND b.released_at IS NULL AND b.ends_at > ${at}
      AND b.starts_at < f.until AND b.ends_at > f.starts_at AND b.kind <> 'block' AND b.reservation_id IS DISTINCT FROM f.reservation_id
    WHERE NOT EXISTS (SELECT 1 FROM conflicts x WHERE x.booking_id = b.id AND x.cause_id = f.cause_id)
    ORDER BY b.id, f.cause_id LIMIT 500`);
  return rows.map(({ cause, causeId, operatorId, ...booking }) => ({ booking, cause, causeId, operatorId }));
}

/** Keeps a promise and a fact from ending until the end of the transaction; whether neither has ended yet. Never waits: false when somebody else has one of them. */
export async function keepCollision(db: Queryable, booking: Booking, cause: 'outage' | 'occupancy', causeId: string): Promise<boolean> {
  const facts = cause === 'outage' ? sql`outages` : sql`occupancies`;
  const fact = await db.query(sql`SELECT 1 AS one FROM ${facts} WHERE id = ${causeId} AND ends_at IS NULL FOR NO KEY UPDATE SKIP LOCKED`);
  if (fact.length === 0) return false;
  const promised = await db.query(sql`
    SELECT 1 AS one FROM bookings WHERE location_id = ${booking.locationId} AND id = ${booking.id} AND released_at IS NULL FOR NO KEY UPDATE SKIP LOCKED`);
  return promised.length > 0;
}

/** What drivers have been promised of a whole location within the time, without the buffers; an own booking may be left out. */
export async function listDriversSlots(db: Queryable, locationId: string, from: EpochMs, to: EpochMs, without: string | undefined): Promise<{ start: EpochMs; end: EpochMs }[]> {
  return db.query(sql`
    SELECT starts_at AS start, ends_at AS end FROM bookings
    WHERE location_id = ${locationId} AND released_at IS NULL AND kind <> 'block' AND starts_at < ${instant(to)} AND ends_at > ${instant(from)}
      AND id IS DISTINCT FROM ${without ?? null}`);
}

/** Locks the hours of a location that a time touches, in their order; rules that count in them hold no other way. */
export async function lockLocationHours(db: Queryable, locationId: string, from: EpochMs, to: EpochMs): Promise<void> {
  const hours = sql`generate_series(date_trunc('hour', ${instant(from)}), ${instant(to)} - interval '1 millisecond', interval '1 hour')`;
  await db.query(sql`INSERT INTO location_hours (location_id, hour) SELECT ${locationId}, h FROM ${hours} AS h ORDER BY h ON CONFLICT DO NOTHING`);
  await db.query(sql`
    SELECT 1 AS one FROM location_hours WHERE location_id = ${locationId} AND hour IN (SELECT h FROM ${hours} AS h) ORDER BY hour FOR UPDATE`);
}

const PROMISED = sql`b.id, b.evse_id AS "evseId", b.kind, b.starts_at AS "startsAt", b.ends_at AS "endsAt", upper(b.during) AS "keptUntil",
  b.hold_expires_at AS "holdExpiresAt", NULL::timestamptz AS "expectedEndAt"`;
const OUT = sql`o.id, o.evse_id, 'outage', o.starts_at, o.ends_at, NULL, NULL, o.expected_end_at`;
const OCCUPIED = sql`c.id, c.evse_id, 'occupancy', c.starts_at, c.ends_at, NULL, NULL, c.expected_end_at`;

/** All that makes EVSEs busy from `from` on: promises with their buffers, and facts. */
export async function listBusy(db: Queryable, evseIds: readonly string[] | 'all', from: EpochMs): Promise<BusyTime[]> {
  const of = evseIds === 'all' ? sql`` : sql`evse_id = ANY(${[...evseIds]}::text[]) AND`;
  const at = instant(from);
  return db.query(sql`
    SELECT ${PROMISED} FROM bookings b WHERE ${of} released_at IS NULL AND upper(during) > ${at}
    UNION ALL SELECT ${OUT} FROM outages o WHERE ${of} (ends_at IS NULL OR ends_at > ${at})
    UNION ALL SELECT ${OCCUPIED} FROM occupancies c WHERE ${of} (ends_at IS NULL OR ends_at > ${at})`);
}

/** All that may make these EVSEs of these locations busy within a time. */
export async function listBusyAt(db: Queryable, locationIds: readonly string[], evseIds: readonly string[], from: EpochMs, to: EpochMs): Promise<BusyTime[]> {
  // for one of each, which is what most bookings ask for, the database needs to plan but once
  const evses = evseIds.length === 1 ? sql`${evseIds[0]}` : sql`ANY(${[...evseIds]}::text[])`;
  const locations = locationIds.length === 1 ? sql`= ${locationIds[0]}` : sql`IN (SELECT unnest(${[...locationIds]}::text[]))`;
  return db.query(sql`
    SELECT ${PROMISED} FROM bookings b
    WHERE b.location_id ${locations} AND b.evse_id = ${evses} AND b.during && ${range(from, to)} AND b.released_at IS NULL
    UNION ALL SELECT ${OUT} FROM outages o WHERE o.evse_id = ${evses} AND o.starts_at < ${instant(to)} AND (o.ends_at IS NULL OR o.ends_at > ${instant(from)})
    UNION ALL SELECT ${OCCUPIED} FROM occupancies c
    WHERE c.evse_id = ${evses} AND c.starts_at < ${instant(to)} AND (c.ends_at IS NULL OR c.ends_at > ${instant(from)})`);
}

/** EVSEs with a fact that is still going on. */
export async function listEvsesInUse(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ evseId: string }>(sql`
    SELECT evse_id AS "evseId" FROM occupancies WHERE ends_at IS NULL UNION SELECT evse_id FROM outages WHERE ends_at IS NULL AND expected_end_at IS NOT NULL`);
  return rows.map((row) => row.evseId);
}
