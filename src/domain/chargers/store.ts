import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { BootInfo, Link, StationConnection } from './connection.ts';

const CONNECTION = sql`station_id AS "stationId", network_id AS "networkId", operator_id AS "operatorId", generation::float8 AS generation, version, online, protocol,
  security_profile AS "securityProfile", remote_address AS "remoteAddress", online_since AS "onlineSince", offline_since AS "offlineSince",
  last_message_at AS "lastMessageAt", boot, booted_at AS "bootedAt", clock_skew_ms::float8 AS "clockSkewMs", firmware_status AS "firmwareStatus", log_status AS "logStatus"`;

/** How long a process may say nothing of the sockets it holds before they count as lost. */
const LEASE_SECONDS = 30;
const lease = sql`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}::int)`;

export async function findConnection(db: Queryable, stationId: string): Promise<StationConnection | undefined> {
  return (await db.query<StationConnection>(sql`SELECT ${CONNECTION} FROM ocpp_connections WHERE station_id = ${stationId}`))[0];
}

type NewConnection = Pick<StationConnection, 'stationId' | 'networkId' | 'operatorId' | 'protocol' | 'securityProfile' | 'remoteAddress'> & { owner: string };

/** Takes the station's connection over, from whoever had it; gives the row as it is then, and whether the EVSEs' statuses had been given up. */
export async function takeConnection(db: Queryable, c: NewConnection, now: EpochMs): Promise<StationConnection & { statusesLost: boolean }> {
  const [row] = await db.query<StationConnection & { statusesLost: boolean }>(sql`
    INSERT INTO ocpp_connections AS c (station_id, network_id, operator_id, generation, version, online, owner, lease_until, protocol, security_profile, remote_address,
      online_since)
    VALUES (${c.stationId}, ${c.networkId}, ${c.operatorId}, 1, 1, true, ${c.owner}, ${lease}, ${c.protocol}, ${c.securityProfile}, ${c.remoteAddress}, ${toRfc3339(now)})
    ON CONFLICT (station_id) DO UPDATE SET generation = c.generation + 1, version = c.version + 1, online = true, owner = excluded.owner, lease_until = excluded.lease_until,
      protocol = excluded.protocol, security_profile = excluded.security_profile, remote_address = excluded.remote_address, online_since = excluded.online_since,
      offline_since = NULL
    RETURNING ${CONNECTION}, statuses_lost AS "statusesLost"`);
  return row!;
}

/** Notes a message of that connection, and locks it until the end of the transaction; false when another one has taken over or it was lost. */
export async function touchConnection(db: Queryable, { stationId, generation }: Link, now: EpochMs, clockSkewMs: number | undefined): Promise<boolean> {
  return (await db.query(sql`
    UPDATE ocpp_connections SET last_message_at = ${toRfc3339(now)}, clock_skew_ms = coalesce(${clockSkewMs ?? null}::bigint, clock_skew_ms)
    WHERE station_id = ${stationId} AND generation = ${generation}::bigint AND online RETURNING 1 AS one`)).length === 1;
}

/** The connection is over; undefined when it was already, or another one has taken over. */
export async function dropConnection(db: Queryable, { stationId, generation }: Pick<Link, 'stationId' | 'generation'>, now: EpochMs): Promise<StationConnection | undefined> {
  return (await db.query<StationConnection>(sql`
    UPDATE ocpp_connections SET online = false, owner = NULL, lease_until = NULL, offline_since = ${toRfc3339(now)}, version = version + 1
    WHERE station_id = ${stationId} AND generation = ${generation}::bigint AND online RETURNING ${CONNECTION}`))[0];
}

/** Whatever holds the station's connection loses it, and messages that still come over it count no more. */
export async function fenceOff(db: Queryable, stationId: string, now: EpochMs): Promise<StationConnection | undefined> {
  return (await db.query<StationConnection>(sql`
    UPDATE ocpp_connections SET generation = generation + 1, online = false, owner = NULL, lease_until = NULL, offline_since = ${toRfc3339(now)}, version = version + 1
    WHERE station_id = ${stationId} AND online RETURNING ${CONNECTION}`))[0];
}

/** Says that a process still holds these; gives the stations of those that are still its own. Several processes do so at once, hence the order of the locks. */
export async function renewLeases(db: Queryable, owner: string, links: readonly Pick<Link, 'stationId' | 'generation'>[]): Promise<Set<string>> {
  const rows = await db.query<{ stationId: string }>(sql`
    WITH held AS (
      SELECT c.station_id FROM ocpp_connections c
      JOIN unnest(${links.map(({ stationId }) => stationId)}::text[], ${links.map(({ generation }) => generation)}::bigint[]) AS mine (station_id, generation)
        ON c.station_id = mine.station_id AND c.generation = mine.generation
      WHERE c.owner = ${owner} ORDER BY c.station_id FOR NO KEY UPDATE OF c)
    UPDATE ocpp_connections c SET lease_until = ${lease} FROM held WHERE c.station_id = held.station_id AND c.owner = ${owner} RETURNING c.station_id AS "stationId"`);
  return new Set(rows.map(({ stationId }) => stationId));
}

/** Connections whose process has said nothing for the length of its lease; locked, and those that somebody else looks at left out. */
export async function lockExpired(db: Queryable, networkId: string, limit: number): Promise<Link[]> {
  return db.query(sql`
    SELECT station_id AS "stationId", network_id AS "networkId", generation::float8 AS generation FROM ocpp_connections
    WHERE online AND network_id = ${networkId} AND lease_until < clock_timestamp() ORDER BY station_id LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED`);
}

/** A station that has been away since before an instant, and whose EVSEs still show what it said last; locked. */
export async function lockLongAway(db: Queryable, networkId: string, before: EpochMs): Promise<string | undefined> {
  return (await db.query<{ stationId: string }>(sql`
    SELECT station_id AS "stationId" FROM ocpp_connections
    WHERE NOT online AND NOT statuses_lost AND network_id = ${networkId} AND offline_since <= ${toRfc3339(before)}
    ORDER BY offline_since LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED`))[0]?.stationId;
}

export function setStatusesLost(tx: Transaction, stationId: string, lost: boolean): void {
  tx.send(sql`UPDATE ocpp_connections SET statuses_lost = ${lost} WHERE station_id = ${stationId}`);
}

export async function setBoot(db: Queryable, stationId: string, boot: BootInfo, now: EpochMs): Promise<StationConnection> {
  const [row] = await db.query<StationConnection>(sql`
    UPDATE ocpp_connections SET boot = ${json(boot)}::jsonb, booted_at = ${toRfc3339(now)}, version = version + 1 WHERE station_id = ${stationId} RETURNING ${CONNECTION}`);
  return row!;
}

export function setProgress(tx: Transaction, stationId: string, of: 'firmware' | 'log', status: string): void {
  tx.send(of === 'firmware' ? sql`UPDATE ocpp_connections SET firmware_status = ${status} WHERE station_id = ${stationId}`
    : sql`UPDATE ocpp_connections SET log_status = ${status} WHERE station_id = ${stationId}`);
}

/** Those of these stations that are retired and still connected. */
export async function findRetired(db: Queryable, stationIds: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    SELECT s.id FROM stations s JOIN ocpp_connections c ON c.station_id = s.id
    WHERE s.id = ANY(${[...stationIds]}::text[]) AND s.retired_at IS NOT NULL AND c.online ORDER BY s.id`);
  return rows.map(({ id }) => id);
}
