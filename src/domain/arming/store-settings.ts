import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { StationCommand } from '../chargers/index.ts';
import type { EnforcementResult, WrongSetting } from './settings.ts';

/** What is known of a station's settings, and how far the round after its last boot has come. */
export interface SettingsRound {
  stationId: string;
  networkId: string;
  operatorId: string;
  bootedAt: EpochMs;
  step: 'reading' | 'setting' | 'reading_back' | 'done';
  /** what the station was told in this step */
  commandIds: string[];
  /** null until a round was over */
  result: EnforcementResult | null;
  reserves: boolean | null;
  /** settings by which it starts without asking us */
  against: WrongSetting[];
  lookAt: EpochMs | null;
  checkedAt: EpochMs | null;
}

const ROUND = sql`station_id AS "stationId", network_id AS "networkId", operator_id AS "operatorId", booted_at AS "bootedAt", step, command_ids AS "commandIds", result, reserves,
  against, look_at AS "lookAt", checked_at AS "checkedAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/** A station has booted: a round begins, whatever was going on. What the last one came to stands until this one is over. */
export function beginRound(tx: Transaction, stationId: string, now: EpochMs, lookAt: EpochMs): void {
  tx.send(sql`
    INSERT INTO station_enforcement (station_id, network_id, operator_id, booted_at, step, look_at)
    SELECT station_id, network_id, operator_id, ${instant(now)}, 'reading', ${instant(lookAt)} FROM ocpp_connections WHERE station_id = ${stationId}
    ON CONFLICT (station_id) DO UPDATE SET booted_at = excluded.booted_at, step = 'reading', command_ids = '{}', look_at = excluded.look_at`);
}

export function lookAtSettings(tx: Transaction, stationId: string, now: EpochMs): void {
  tx.send(sql`UPDATE station_enforcement SET look_at = ${instant(now)} WHERE station_id = ${stationId} AND step <> 'done'`);
}

/** One whose time has come, that nobody is working on; locked. */
export async function lockDueRound(db: Queryable, networkId: string, now: EpochMs): Promise<SettingsRound | undefined> {
  return (await db.query<SettingsRound>(sql`
    SELECT ${ROUND} FROM station_enforcement WHERE network_id = ${networkId} AND look_at <= ${instant(now)} ORDER BY look_at, station_id LIMIT 1 FOR UPDATE SKIP LOCKED`))[0];
}

/** The row must be locked. */
export async function updateRound(db: Queryable, r: SettingsRound): Promise<void> {
  await db.query(sql`
    UPDATE station_enforcement SET step = ${r.step}, command_ids = ${r.commandIds}::text[], result = ${r.result}, reserves = ${r.reserves}, against = ${json(r.against)}::jsonb,
      look_at = ${instant(r.lookAt)}, checked_at = ${instant(r.checkedAt)} WHERE station_id = ${r.stationId}`);
}

export async function findRound(db: Queryable, stationId: string): Promise<SettingsRound | undefined> {
  return (await db.query<SettingsRound>(sql`SELECT ${ROUND} FROM station_enforcement WHERE station_id = ${stationId}`))[0];
}

/** What was learned by telling it of a slot. */
export async function setReserves(db: Queryable, stationId: string, reserves: boolean, result: EnforcementResult): Promise<void> {
  await db.query(sql`UPDATE station_enforcement SET reserves = ${reserves}, result = ${result} WHERE station_id = ${stationId} AND reserves IS DISTINCT FROM ${reserves}`);
}

export async function findCommands(db: Queryable, ids: readonly string[]): Promise<Pick<StationCommand, 'status' | 'result'>[]> {
  return db.query(sql`SELECT status, result FROM station_commands WHERE id = ANY(${[...ids]}::text[]) ORDER BY id`);
}

/** How a station is connected now, and where it stands. */
export async function findPlace(db: Queryable, stationId: string): Promise<{ isOnline: boolean; protocol: string } | undefined> {
  return (await db.query<{ isOnline: boolean; protocol: string }>(sql`
    SELECT online AS "isOnline", protocol FROM ocpp_connections WHERE station_id = ${stationId}`))[0];
}
