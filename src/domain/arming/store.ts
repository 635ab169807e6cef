import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { StationCommand } from '../chargers/index.ts';
import type { EvseStatus } from '../stations/index.ts';
import type { Arming } from './arming.ts';

const ARMING = sql`a.reservation_id AS "reservationId", a.evse_id AS "evseId", a.station_id AS "stationId", a.network_id AS "networkId", a.operator_id AS "operatorId", a.number,
  a.token, a.group_token AS "groupToken", a.state, a.reason, a.expires_at AS "expiresAt", a.command_id AS "commandId", a.first_sent_at AS "firstSentAt", a.sent_at AS "sentAt",
  a.tries, a.may_hold AS "mayHold", a.gone_at AS "goneAt", a.armed_at AS "armedAt", a.soft_at AS "softAt", a.look_at AS "lookAt", a.created_at AS "createdAt",
  a.updated_at AS "updatedAt"`;
const LIVE = sql`('arming', 'armed', 'soft', 'not_enforceable')`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;
/** Of a reservation that somebody may still begin to use: they have a deadline. */
const UNUSED = sql`r.status = 'confirmed' AND r.no_show_at IS NOT NULL AND r.details->>'sessionId' IS NULL`;
const NOT_TOLD = sql`NOT EXISTS (SELECT 1 FROM slot_armings a WHERE a.reservation_id = r.id AND a.evse_id = r.evse_id AND a.state IN ${LIVE})`;

/** Ids of reservations whose slot begins before an instant, and whose station has not been told. */
export async function listToArm(db: Queryable, networkId: string, startingBy: EpochMs, limit: number): Promise<string[]> {
  return (await db.query<{ id: string }>(sql`
    SELECT r.id FROM reservations r JOIN station_identities i ON i.station_id = r.station_id
    WHERE r.network_id = ${networkId} AND ${UNUSED} AND r.reserved_start <= ${instant(startingBy)} AND ${NOT_TOLD} ORDER BY r.reserved_start, r.id LIMIT ${limit}`))
    .map(({ id }) => id);
}

/** When the next slot begins whose station has not been told. */
export async function nextToArm(db: Queryable, networkId: string, startingAfter: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs }>(sql`
    SELECT r.reserved_start AS at FROM reservations r JOIN station_identities i ON i.station_id = r.station_id
    WHERE r.network_id = ${networkId} AND ${UNUSED} AND r.reserved_start > ${instant(startingAfter)} AND ${NOT_TOLD} ORDER BY r.reserved_start LIMIT 1`);
  return row?.at;
}

export async function nextNumber(db: Queryable): Promise<number> {
  const [row] = await db.query<{ number: number }>(sql`SELECT nextval('reservation_numbers')::int AS number`);
  return row!.number;
}

/** Writes one down, in the place of an older one of the same reservation at the same EVSE. */
export async function putArming(db: Queryable, a: Arming): Promise<void> {
  await db.query(sql`
    INSERT INTO slot_armings (reservation_id, evse_id, station_id, network_id, operator_id, number, token, group_token, state, reason, expires_at, command_id, first_sent_at,
      sent_at, tries, may_hold, gone_at, armed_at, soft_at, look_at, created_at, updated_at)
    VALUES (${a.reservationId}, ${a.evseId}, ${a.stationId}, ${a.networkId}, ${a.operatorId}, ${a.number}, ${a.token}, ${a.groupToken}, ${a.state}, ${a.reason},
      ${instant(a.expiresAt)}, ${a.commandId}, ${instant(a.firstSentAt)}, ${instant(a.sentAt)}, ${a.tries}, ${a.mayHold}, ${instant(a.goneAt)}, ${instant(a.armedAt)},
      ${instant(a.softAt)}, ${instant(a.lookAt)}, ${instant(a.createdAt)}, ${instant(a.updatedAt)})
    ON CONFLICT (reservation_id, evse_id) DO UPDATE SET number = excluded.number, token = excluded.token, group_token = excluded.group_token, state = excluded.state,
      reason = excluded.reason, expires_at = excluded.expires_at, command_id = excluded.command_id, first_sent_at = excluded.first_sent_at, sent_at = excluded.sent_at,
      tries = excluded.tries, may_hold = excluded.may_hold, gone_at = excluded.gone_at, armed_at = excluded.armed_at, soft_at = excluded.soft_at,
      look_at = excluded.look_at, updated_at = excluded.updated_at`);
}

export type ArmingKey = Pick<Arming, 'reservationId' | 'evseId'>;

/** Those whose time has come, or whose reservation has changed meanwhile: used, over or moved. */
export async function listDue(db: Queryable, networkId: string, now: EpochMs, limit: number): Promise<ArmingKey[]> {
  const key = sql`a.reservation_id AS "reservationId", a.evse_id AS "evseId"`;
  return db.query(sql`
    SELECT ${key} FROM slot_armings a WHERE a.network_id = ${networkId} AND a.look_at <= ${instant(now)}
    UNION SELECT ${key} FROM slot_armings a JOIN reservations r ON r.id = a.reservation_id
    WHERE a.network_id = ${networkId} AND a.state IN ${LIVE} AND (r.status <> 'confirmed' OR r.evse_id <> a.evse_id OR r.details->>'sessionId' IS NOT NULL)
    ORDER BY 1, 2 LIMIT ${limit}`);
}

/** The next instant after `now` at which one is to be looked at. */
export async function nextLook(db: Queryable, networkId: string, now: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT least((SELECT min(look_at) FROM slot_armings WHERE network_id = ${networkId} AND look_at > ${instant(now)}),
      (SELECT min(look_at) FROM station_enforcement WHERE network_id = ${networkId} AND look_at > ${instant(now)})) AS at`);
  return row?.at ?? undefined;
}

export async function lockArming(db: Queryable, { reservationId, evseId }: ArmingKey): Promise<Arming | undefined> {
  return (await db.query<Arming>(sql`SELECT ${ARMING} FROM slot_armings a WHERE a.reservation_id = ${reservationId} AND a.evse_id = ${evseId} FOR UPDATE`))[0];
}

/** What is said of a station may change what becomes of its slots: they are looked at. */
export function lookAtStation(tx: Transaction, { networkId, stationId }: { networkId: string; stationId: string }, now: EpochMs): void {
  tx.send(sql`UPDATE slot_armings SET look_at = ${instant(now)} WHERE network_id = ${networkId} AND station_id = ${stationId} AND state IN ${LIVE}`);
}

/** The one that a station means by its number is looked at; `isGone`: it holds it no more. */
export function lookAtNumber(tx: Transaction, stationId: string, number: number, isGone: boolean, now: EpochMs): void {
  tx.send(sql`
    UPDATE slot_armings SET look_at = ${instant(now)}, gone_at = CASE WHEN ${isGone} THEN ${instant(now)} ELSE gone_at END
    WHERE station_id = ${stationId} AND number = ${number} AND (state IN ${LIVE} OR look_at IS NOT NULL)`);
}

export interface PlaceFacts {
  isOnline: boolean;
  bootedAt: EpochMs | null;
  reserves: boolean | null;
  startsUnasked: boolean;
  isTaken: boolean;
  isStarting: boolean;
  connectors: { status: EvseStatus; reportedAt: EpochMs }[];
  command: Pick<StationCommand, 'type' | 'status' | 'result' | 'failure' | 'createdAt' | 'finishedAt'> | undefined;
}

/** All that is known of the station and the EVSE of one. */
export async function findFacts(db: Queryable, a: Arming, now: EpochMs): Promise<PlaceFacts> {
  const [row] = await db.query<Omit<PlaceFacts, 'connectors' | 'command'>>(sql`
    SELECT coalesce(c.online, false) AS "isOnline", c.booted_at AS "bootedAt", e.reserves, coalesce(jsonb_array_length(e.against) > 0, false) AS "startsUnasked",
      EXISTS (SELECT 1 FROM sessions s WHERE s.evse_id = ${a.evseId} AND s.status IN ('started', 'paused') AND s.reservation_id IS DISTINCT FROM r.id)
        OR EXISTS (SELECT 1 FROM bookings b WHERE b.location_id = r.location_id AND b.evse_id = ${a.evseId} AND b.released_at IS NULL
          AND b.reservation_id IS DISTINCT FROM r.id AND b.ends_at > ${instant(now)} AND b.starts_at < r.reserved_start AND ${instant(now)} < r.reserved_start
          AND (b.hold_expires_at IS NULL OR b.hold_expires_at > ${instant(now)})) AS "isTaken",
      EXISTS (SELECT 1 FROM sessions s WHERE s.reservation_id = r.id AND s.status = 'created') AS "isStarting"
    FROM reservations r LEFT JOIN ocpp_connections c ON c.station_id = ${a.stationId} LEFT JOIN station_enforcement e ON e.station_id = ${a.stationId}
    WHERE r.id = ${a.reservationId}`);
  const connectors = await db.query<PlaceFacts['connectors'][number]>(sql`
    SELECT status, reported_at AS "reportedAt" FROM ocpp_connectors WHERE station_id = ${a.stationId} AND evse_id = ${a.evseId}`);
  const [command] = a.commandId === null ? [] : await db.query<NonNullable<PlaceFacts['command']>>(sql`
    SELECT type, status, result, failure, created_at AS "createdAt", finished_at AS "finishedAt" FROM station_commands WHERE id = ${a.commandId}`);
  return { ...row!, connectors, command };
}

/** The session of a vehicle that stands where somebody else's slot has begun, and whose driver has not been told. */
export async function findOverstayer(db: Queryable, networkId: string, now: EpochMs): Promise<string | undefined> {
  return (await db.query<{ id: string }>(sql`
    SELECT s.id FROM slot_armings a JOIN reservations r ON r.id = a.reservation_id
    JOIN sessions s ON s.evse_id = a.evse_id AND s.status IN ('started', 'paused') AND s.overstay_told_at IS NULL AND s.reservation_id IS DISTINCT FROM a.reservation_id
    WHERE a.network_id = ${networkId} AND a.state IN ('soft', 'not_enforceable') AND a.reason = 'occupied' AND r.status = 'confirmed' AND r.reserved_start <= ${instant(now)}
    ORDER BY s.id LIMIT 1`))[0]?.id;
}
