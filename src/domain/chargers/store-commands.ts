import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { StationCommand } from './command.ts';
import type { Link } from './connection.ts';

const COMMAND = sql`id, station_id AS "stationId", network_id AS "networkId", operator_id AS "operatorId", type, parameters, subject, status, result, failure, version,
  created_at AS "createdAt", expires_at AS "expiresAt", sent_at AS "sentAt", finished_at AS "finishedAt"`;

export async function insertCommand(db: Queryable, c: StationCommand): Promise<void> {
  await db.query(sql`
    INSERT INTO station_commands (id, station_id, network_id, operator_id, type, parameters, subject, status, version, created_at, expires_at)
    VALUES (${c.id}, ${c.stationId}, ${c.networkId}, ${c.operatorId}, ${c.type}, ${json(c.parameters)}::jsonb, ${c.subject}, ${c.status}, ${c.version},
      ${toRfc3339(c.createdAt)}, ${toRfc3339(c.expiresAt)})`);
}

export async function countWaiting(db: Queryable, stationId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM station_commands WHERE station_id = ${stationId} AND status IN ('queued', 'sent')`);
  return row!.count;
}

export async function findCommand(db: Queryable, id: string): Promise<StationCommand | undefined> {
  return (await db.query<StationCommand>(sql`SELECT ${COMMAND} FROM station_commands WHERE id = ${id}`))[0];
}

/** Newest first. */
export async function listCommands(db: Queryable, stationId: string, page: { after?: string; before?: string; limit: number }): Promise<StationCommand[]> {
  if (page.before !== undefined) {
    return (await db.query<StationCommand>(sql`
      SELECT ${COMMAND} FROM station_commands WHERE station_id = ${stationId} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${COMMAND} FROM station_commands WHERE station_id = ${stationId} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`}
    ORDER BY id DESC LIMIT ${page.limit}`);
}

/** Keeps the connection from being taken over until the end of the transaction; whether it still counts. */
export async function holdConnection(db: Queryable, { stationId, generation }: Link): Promise<boolean> {
  return (await db.query(sql`
    SELECT 1 AS one FROM ocpp_connections WHERE station_id = ${stationId} AND generation = ${generation}::bigint AND online FOR NO KEY UPDATE`)).length === 1;
}

/** The oldest command of a station that is not finished, locked. */
export async function lockFirstWaiting(db: Queryable, stationId: string): Promise<StationCommand | undefined> {
  return (await db.query<StationCommand>(sql`
    SELECT ${COMMAND} FROM station_commands WHERE station_id = ${stationId} AND status IN ('queued', 'sent') ORDER BY id LIMIT 1 FOR UPDATE`))[0];
}

/** One that has expired, or was sent so long ago that no answer can come; locked. */
export async function lockOverdue(db: Queryable, networkId: string, now: EpochMs, sentBefore: EpochMs): Promise<StationCommand | undefined> {
  return (await db.query<StationCommand>(sql`
    SELECT ${COMMAND} FROM station_commands WHERE network_id = ${networkId}
    AND ((status = 'queued' AND expires_at <= ${toRfc3339(now)}) OR (status = 'sent' AND sent_at < ${toRfc3339(sentBefore)}))
    ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED`))[0];
}

export async function lockCommand(db: Queryable, id: string): Promise<StationCommand | undefined> {
  return (await db.query<StationCommand>(sql`SELECT ${COMMAND} FROM station_commands WHERE id = ${id} FOR UPDATE`))[0];
}

/** One that waits to be sent, locked, unless somebody else is at work on it. */
export async function lockQueued(db: Queryable, id: string): Promise<StationCommand | undefined> {
  return (await db.query<StationCommand>(sql`SELECT ${COMMAND} FROM station_commands WHERE id = ${id} AND status = 'queued' FOR UPDATE SKIP LOCKED`))[0];
}

/** The row must be locked. */
export async function updateCommand(db: Queryable, c: StationCommand, generation?: number): Promise<void> {
  await db.query(sql`
    UPDATE station_commands SET status = ${c.status}, result = ${c.result === null ? null : json(c.result)}::jsonb, failure = ${c.failure}, version = ${c.version},
      parameters = ${json(c.parameters)}::jsonb, sent_at = ${c.sentAt === null ? null : toRfc3339(c.sentAt)}::timestamptz,
      sent_generation = coalesce(${generation ?? null}::bigint, sent_generation), finished_at = ${c.finishedAt === null ? null : toRfc3339(c.finishedAt)}::timestamptz
    WHERE id = ${c.id}`);
}

/** Which of these stations have something to be told. */
export async function findStationsWithCommands(db: Queryable, stationIds: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ stationId: string }>(sql`
    SELECT DISTINCT station_id AS "stationId" FROM station_commands WHERE station_id = ANY(${[...stationIds]}::text[]) AND status = 'queued'`);
  return rows.map(({ stationId }) => stationId);
}

/** Of requests whose answers come later. */
export async function nextRequestId(db: Queryable): Promise<number> {
  const [row] = await db.query<{ id: number }>(sql`SELECT nextval('station_requests')::int AS id`);
  return row!.id;
}

/** The command that a station was sent under that number, the latest of them. */
export async function findReportCommand(db: Queryable, stationId: string, requestId: number): Promise<StationCommand | undefined> {
  return (await db.query<StationCommand>(sql`
    SELECT ${COMMAND} FROM station_commands WHERE station_id = ${stationId} AND type = 'get_report' AND parameters->>'requestId' = ${String(requestId)} AND sent_at IS NOT NULL
    ORDER BY id DESC LIMIT 1`))[0];
}
