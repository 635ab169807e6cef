import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { BootInfo } from './connection.ts';
import type { PendingStation, UnknownStations } from './pending.ts';

const PENDING = sql`id, network_id AS "networkId", operator_id AS "operatorId", identity, protocol, remote_address AS "remoteAddress", password_hash AS "passwordHash", boot,
  first_seen_at AS "firstSeenAt", last_seen_at AS "lastSeenAt"`;

export async function savePolicy(db: Queryable, operatorId: string, unknownStations: UnknownStations, now: EpochMs): Promise<void> {
  await db.query(sql`
    INSERT INTO station_onboarding (operator_id, unknown_stations, updated_at) VALUES (${operatorId}, ${unknownStations}, ${toRfc3339(now)})
    ON CONFLICT (operator_id) DO UPDATE SET unknown_stations = excluded.unknown_stations, updated_at = excluded.updated_at`);
}

export async function findPolicy(db: Queryable, operatorId: string): Promise<UnknownStations> {
  const [row] = await db.query<{ policy: UnknownStations }>(sql`SELECT unknown_stations AS policy FROM station_onboarding WHERE operator_id = ${operatorId}`);
  return row?.policy ?? 'refuse';
}

export async function findPendingBy(db: Queryable, operatorId: string, identity: string): Promise<PendingStation | undefined> {
  return (await db.query<PendingStation>(sql`SELECT ${PENDING} FROM pending_stations WHERE operator_id = ${operatorId} AND identity = ${identity}`))[0];
}

export async function countPending(db: Queryable, operatorId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`SELECT count(*)::int AS count FROM pending_stations WHERE operator_id = ${operatorId}`);
  return row!.count;
}

export async function savePending(db: Queryable, p: PendingStation): Promise<void> {
  await db.query(sql`
    INSERT INTO pending_stations (id, network_id, operator_id, identity, protocol, remote_address, password_hash, first_seen_at, last_seen_at)
    VALUES (${p.id}, ${p.networkId}, ${p.operatorId}, ${p.identity}, ${p.protocol}, ${p.remoteAddress}, ${p.passwordHash}, ${toRfc3339(p.firstSeenAt)}, ${toRfc3339(p.lastSeenAt)})
    ON CONFLICT (operator_id, identity) DO UPDATE SET protocol = excluded.protocol, remote_address = excluded.remote_address, password_hash = excluded.password_hash,
      last_seen_at = excluded.last_seen_at`);
}

export function setPendingBoot(tx: Transaction, id: string, boot: BootInfo, now: EpochMs): void {
  tx.send(sql`UPDATE pending_stations SET boot = ${json(boot)}::jsonb, last_seen_at = ${toRfc3339(now)} WHERE id = ${id}`);
}

export async function lockPending(db: Queryable, id: string): Promise<PendingStation | undefined> {
  return (await db.query<PendingStation>(sql`SELECT ${PENDING} FROM pending_stations WHERE id = ${id} FOR UPDATE`))[0];
}

export async function deletePending(db: Queryable, id: string): Promise<void> {
  await db.query(sql`DELETE FROM pending_stations WHERE id = ${id}`);
}

/** Newest first. */
export async function listPending(db: Queryable, operatorId: string, page: { after?: string; before?: string; limit: number }): Promise<PendingStation[]> {
  if (page.before !== undefined) {
    return (await db.query<PendingStation>(sql`
      SELECT ${PENDING} FROM pending_stations WHERE operator_id = ${operatorId} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${PENDING} FROM pending_stations WHERE operator_id = ${operatorId} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`}
    ORDER BY id DESC LIMIT ${page.limit}`);
}
