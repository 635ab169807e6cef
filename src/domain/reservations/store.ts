import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Sql, type Transaction } from '../../platform/database/index.ts';
import type { BookingPolicy, PolicyVersion } from './policy.ts';
import type { Reservation, Status } from './reservation.ts';

const instant = (at: EpochMs | null) => (at === null ? null : toRfc3339(at));

/** Columns of their own, for what is looked for or due; everything else of a reservation lies in `details`. */
const COLUMNS = [
  'id', 'networkId', 'organisationId', 'operatorId', 'mode', 'status', 'locationId', 'stationId', 'evseId', 'connectorId', 'bookingId', 'driverId', 'vehicleId',
  'reservedStart', 'reservedEnd', 'holdExpiresAt', 'noShowAt', 'assignAt', 'outlook', 'policyId', 'policy', 'waitlistEntryId', 'metadata', 'version', 'createdAt',
  'updatedAt',
] as const satisfies (keyof Reservation)[];
type Details = Omit<Reservation, (typeof COLUMNS)[number]>;
type ReservationRow = Pick<Reservation, (typeof COLUMNS)[number]> & { details: Details };

const SELECT = sql`r.id, r.network_id AS "networkId", r.organisation_id AS "organisationId", r.operator_id AS "operatorId", r.mode, r.status,
  r.location_id AS "locationId", r.station_id AS "stationId", r.evse_id AS "evseId", r.connector_id AS "connectorId", r.booking_id AS "bookingId",
  r.driver_id AS "driverId", r.vehicle_id AS "vehicleId", r.reserved_start AS "reservedStart", r.reserved_end AS "reservedEnd",
  r.hold_expires_at AS "holdExpiresAt", r.no_show_at AS "noShowAt", r.assign_at AS "assignAt", r.outlook, r.policy_id AS "policyId", r.policy, r.details,
  r.waitlist_entry_id AS "waitlistEntryId", r.metadata, r.version, r.created_at AS "createdAt", r.updated_at AS "updatedAt"`;

const toReservation = ({ details, ...row }: ReservationRow): Reservation => ({ ...details, ...row });

function detailsOf(reservation: Reservation): Details {
  const details: Partial<Reservation> = { ...reservation };
  for (const column of COLUMNS) delete details[column];
  return details as Details;
}

export function insertReservation(tx: Transaction, r: Reservation): void {
  tx.send(sql`
    INSERT INTO reservations (id, network_id, organisation_id, operator_id, mode, status, location_id, station_id, evse_id, connector_id, booking_id, driver_id, vehicle_id,
      reserved_start, reserved_end, hold_expires_at, no_show_at, assign_at, policy_id, policy, details, waitlist_entry_id, metadata, version, created_at, updated_at)
    VALUES (${r.id}, ${r.networkId}, ${r.organisationId}, ${r.operatorId}, ${r.mode}, ${r.status}, ${r.locationId}, ${r.stationId}, ${r.evseId}, ${r.connectorId},
      ${r.bookingId}, ${r.driverId}, ${r.vehicleId}, ${instant(r.reservedStart)}, ${instant(r.reservedEnd)}, ${instant(r.holdExpiresAt)}, ${instant(r.noShowAt)},
      ${instant(r.assignAt)}, ${r.policyId}, ${json(r.policy)}::jsonb, ${json(detailsOf(r))}::jsonb, ${r.waitlistEntryId}, ${json(r.metadata)}::jsonb, ${r.version},
      ${instant(r.createdAt)}, ${instant(r.updatedAt)})`);
}

/** Writes what can change; an outlook is only ever taken away here, since plans write it beside the versions. The row must be locked. */
export function updateReservation(tx: Transaction, r: Reservation): void {
  tx.send(sql`
    UPDATE reservations SET operator_id = ${r.operatorId}, status = ${r.status}, location_id = ${r.locationId}, station_id = ${r.stationId}, evse_id = ${r.evseId},
    connector_id = ${r.connectorId},
      booking_id = ${r.bookingId}, driver_id = ${r.driverId}, vehicle_id = ${r.vehicleId}, reserved_start = ${instant(r.reservedStart)},
      reserved_end = ${instant(r.reservedEnd)}, hold_expires_at = ${instant(r.holdExpiresAt)}, no_show_at = ${instant(r.noShowAt)}, assign_at = ${instant(r.assignAt)},
      outlook = CASE WHEN ${r.outlook === null} THEN NULL ELSE outlook END, policy_id = ${r.policyId}, policy = ${json(r.policy)}::jsonb, details = ${json(detailsOf(r))}::jsonb,
      metadata = ${json(r.metadata)}::jsonb, version = ${r.version}, updated_at = ${instant(r.updatedAt)}
    WHERE id = ${r.id}`);
}

export async function findReservation(db: Queryable, id: string): Promise<Reservation | undefined> {
  return (await db.query<ReservationRow>(sql`SELECT ${SELECT} FROM reservations r WHERE r.id = ${id}`)).map(toReservation)[0];
}

/** In the order of their ids. */
export async function findReservations(db: Queryable, ids: readonly string[]): Promise<Reservation[]> {
  return (await db.query<ReservationRow>(sql`SELECT ${SELECT} FROM reservations r WHERE r.id = ANY(${[...ids]}::text[]) ORDER BY r.id`)).map(toReservation);
}

export async function lockReservation(db: Queryable, id: string): Promise<Reservation | undefined> {
  return (await db.query<ReservationRow>(sql`SELECT ${SELECT} FROM reservations r WHERE r.id = ${id} FOR UPDATE`)).map(toReservation)[0];
}

/** Locks those of the reservations that nobody else has locked; never waits. */
export async function lockFreeReservations(db: Queryable, ids: readonly string[]): Promise<Reservation[]> {
  return (await db.query<ReservationRow>(sql`SELECT ${SELECT} FROM reservations r WHERE r.id = ANY(${[...ids]}::text[]) ORDER BY r.id FOR UPDATE SKIP LOCKED`)).map(toReservation);
}

/** Locks reservations of a network whose hold or whose driver's time is over; never waits for one that is being worked on. */
export async function lockDueReservations(db: Queryable, networkId: string, now: EpochMs, limit: number): Promise<Reservation[]> {
  const at = toRfc3339(now);
  const holds = await db.query<ReservationRow>(sql`
    SELECT ${SELECT} FROM reservations r WHERE r.network_id = ${networkId} AND r.status = 'pending' AND r.hold_expires_at <= ${at}::timestamptz
    ORDER BY r.hold_expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`);
  const absent = await db.query<ReservationRow>(sql`
    SELECT ${SELECT} FROM reservations r WHERE r.network_id = ${networkId} AND r.status = 'confirmed' AND r.no_show_at <= ${at}::timestamptz
    ORDER BY r.no_show_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`);
  return [...holds, ...absent].map(toReservation);
}

/** Locks a reservation whose money is to be seen to, of those that nobody is working on. */
export async function lockWithMoneyToDo(db: Queryable, networkId: string): Promise<Reservation | undefined> {
  return (await db.query<ReservationRow>(sql`
    SELECT ${SELECT} FROM reservations r WHERE r.network_id = ${networkId} AND r.details ->> 'money' IN ('to_pay', 'to_bill') ORDER BY r.id LIMIT 1
    FOR UPDATE SKIP LOCKED`)).map(toReservation)[0];
}

/** What of its money is done is no change that anybody is told of. The row must be locked. */
export function setMoney(tx: Transaction, id: string, money: Reservation['money']): void {
  tx.send(sql`UPDATE reservations SET details = jsonb_set(details, '{money}', ${json(money ?? null)}::jsonb) WHERE id = ${id}`);
}

/** The next instant after `now` at which a hold of the network ends, or a reservation that nobody uses. */
export async function nextDeadline(db: Queryable, networkId: string, now: EpochMs): Promise<EpochMs | undefined> {
  const at = toRfc3339(now);
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT least(
      (SELECT min(hold_expires_at) FROM reservations WHERE network_id = ${networkId} AND status = 'pending' AND hold_expires_at > ${at}::timestamptz),
      (SELECT min(no_show_at) FROM reservations WHERE network_id = ${networkId} AND status = 'confirmed' AND no_show_at > ${at}::timestamptz)) AS at`);
  return row?.at ?? undefined;
}

/** A driver's confirmed reservation at an EVSE that nobody has begun to use: the first of those that are not over. */
export async function findUnused(db: Queryable, evseId: string, driverId: string, now: EpochMs): Promise<Reservation | undefined> {
  return (await db.query<ReservationRow>(sql`
    SELECT ${SELECT} FROM reservations r WHERE r.driver_id = ${driverId} AND r.status = 'confirmed' AND r.evse_id = ${evseId} AND r.details->>'sessionId' IS NULL
      AND r.reserved_end > ${toRfc3339(now)}::timestamptz ORDER BY r.reserved_start LIMIT 1`)).map(toReservation)[0];
}

export async function countActiveOfDriver(db: Queryable, driverId: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`SELECT count(*)::int AS n FROM reservations WHERE driver_id = ${driverId} AND status IN ('pending', 'confirmed')`);
  return row!.n;
}

/** How many holds an organisation may have, and how many it has, counted up to that; what the waitlist offers is not of its making (WTL-5). */
export async function countHolds(db: Queryable, organisationId: string): Promise<{ most: number; held: number } | undefined> {
  const [row] = await db.query<{ most: number; held: number }>(sql`
    SELECT max_active_holds AS most, (SELECT count(*)::int FROM (
      SELECT 1 FROM reservations WHERE organisation_id = o.id AND status = 'pending' AND booking_id IS NOT NULL AND waitlist_entry_id IS NULL LIMIT o.max_active_holds) h) AS held
    FROM organisations o WHERE o.id = ${organisationId}`);
  return row;
}

export interface ReservationListing {
  networkId: string;
  organisationId?: string;
  operatorId?: string;
  /** of a party that is the maker or the operator */
  partyId?: string;
  driverId?: string;
  vehicleId?: string;
  stationId?: string;
  evseId?: string;
  locationId?: string;
  status?: Status;
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listReservations(db: Queryable, o: ReservationListing): Promise<Reservation[]> {
  const equal = (column: Sql, value: string | undefined) => (value === undefined ? sql`` : sql`AND ${column} = ${value}`);
  const where = sql`r.network_id = ${o.networkId} ${o.partyId === undefined ? sql`` : sql`AND (r.organisation_id = ${o.partyId} OR r.operator_id = ${o.partyId})`}
    ${equal(sql`r.organisation_id`, o.organisationId)} ${equal(sql`r.operator_id`, o.operatorId)} ${equal(sql`r.driver_id`, o.driverId)}
    ${equal(sql`r.vehicle_id`, o.vehicleId)} ${equal(sql`r.station_id`, o.stationId)} ${equal(sql`r.evse_id`, o.evseId)} ${equal(sql`r.location_id`, o.locationId)}
    ${equal(sql`r.status`, o.status)}`;
  if (o.before !== undefined) {
    const rows = await db.query<ReservationRow>(sql`SELECT ${SELECT} FROM reservations r WHERE ${where} AND r.id > ${o.before} ORDER BY r.id ASC LIMIT ${o.limit}`);
    return rows.reverse().map(toReservation);
  }
  const rows = await db.query<ReservationRow>(sql`
    SELECT ${SELECT} FROM reservations r WHERE ${where} ${o.after === undefined ? sql`` : sql`AND r.id < ${o.after}`} ORDER BY r.id DESC LIMIT ${o.limit}`);
  return rows.map(toReservation);
}

/**
 * What a driver's calendar shows, in the order of time: what ends after `since`, and of what was given up only what was since then. Of too many,
 * those nearest to `now`.
 */
export async function listForCalendar(db: Queryable, driverId: string, { since, now, limit }: { since: EpochMs; now: EpochMs; limit: number }): Promise<Reservation[]> {
  return (await db.query<ReservationRow>(sql`
    SELECT * FROM (
      SELECT ${SELECT} FROM reservations r
      WHERE r.driver_id = ${driverId} AND (r.reserved_end IS NULL OR r.reserved_end > ${toRfc3339(since)}::timestamptz)
        AND (r.status IN ('pending', 'confirmed', 'completed') OR r.updated_at > ${toRfc3339(since)}::timestamptz)
      ORDER BY abs(extract(epoch FROM coalesce(r.reserved_start, r.created_at) - ${toRfc3339(now)}::timestamptz)), r.id LIMIT ${limit}) nearest
    ORDER BY "reservedStart" NULLS LAST, id`)).map(toReservation);
}

export const POLICY = sql`id, operator_id AS "operatorId", location_id AS "locationId", version, policy, created_at AS "createdAt"`;

/** The policy in force at a location, or the operator's default where it has none of its own. */
export async function findPolicy(db: Queryable, operatorId: string, locationId: string | null): Promise<PolicyVersion | undefined> {
  return (await db.query<PolicyVersion>(sql`
    SELECT ${POLICY} FROM booking_policies WHERE operator_id = ${operatorId} AND (location_id IS NULL OR location_id = ${locationId})
    ORDER BY location_id NULLS LAST, version DESC LIMIT 1`))[0];
}

/** Policies in force of these operators: defaults, and those of locations. */
export async function listCurrentPolicies(db: Queryable, operatorIds: readonly string[]): Promise<PolicyVersion[]> {
  return db.query(sql`
    SELECT DISTINCT ON (operator_id, location_id) ${POLICY} FROM booking_policies WHERE operator_id = ANY(${[...operatorIds]}::text[])
    ORDER BY operator_id, location_id, version DESC`);
}

/** Adds the next version; the operator's row is locked, so that two never get the same number. */
export async function insertPolicy(
  db: Queryable, p: { id: string; networkId: string; operatorId: string; locationId: string | null; policy: BookingPolicy; now: EpochMs },
): Promise<PolicyVersion> {
  await db.query(sql`SELECT 1 AS one FROM organisations WHERE id = ${p.operatorId} FOR NO KEY UPDATE`);
  const [row] = await db.query<PolicyVersion>(sql`
    INSERT INTO booking_policies (id, network_id, operator_id, location_id, version, policy, created_at)
    SELECT ${p.id}, ${p.networkId}, ${p.operatorId}, ${p.locationId}, coalesce(max(version), 0) + 1, ${json(p.policy)}::jsonb, ${toRfc3339(p.now)}
    FROM booking_policies WHERE operator_id = ${p.operatorId} AND location_id IS NOT DISTINCT FROM ${p.locationId}
    RETURNING ${POLICY}`);
  return row!;
}
