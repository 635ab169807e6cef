import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { ChargingTransaction } from './transaction.ts';

const TRANSACTION = sql`number, station_id AS "stationId", ref, network_id AS "networkId", evse_id AS "evseId", connector_id AS "connectorId", evse_number AS "evseNumber",
  connector_number AS "connectorNumber", session_id AS "sessionId", token_uid AS "tokenUid", refusal, clock_offset_ms::float8 AS "clockOffsetMs", started_at AS "startedAt",
  meter_start_wh::float8 AS "meterStartWh", ended_at AS "endedAt", meter_stop_wh::float8 AS "meterStopWh", stop_reason AS "stopReason", energy_wh::float8 AS "energyWh",
  power_w AS "powerW", current_a::float8 AS "currentA", voltage_v::float8 AS "voltageV", soc_percent AS "socPercent", charging_state AS "chargingState", read_at AS "readAt",
  check_energy_wh::float8 AS "checkEnergyWh", created_at AS "createdAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

export type NewTransaction = Pick<ChargingTransaction, 'stationId' | 'networkId' | 'evseId' | 'connectorId' | 'evseNumber' | 'connectorNumber' | 'clockOffsetMs' | 'startedAt'
  | 'meterStartWh' | 'createdAt' | 'tokenUid'> & { /** null: our number is its name */ ref: string | null; startKey: string | null };

/** Writes a start down; undefined when it was told before. */
export async function insertTransaction(db: Queryable, t: NewTransaction): Promise<ChargingTransaction | undefined> {
  return (await db.query<ChargingTransaction>(sql`
    INSERT INTO charging_transactions (number, station_id, ref, start_key, network_id, evse_id, connector_id, evse_number, connector_number, token_uid, clock_offset_ms, started_at,
      meter_start_wh, energy_wh, created_at)
    OVERRIDING SYSTEM VALUE
    SELECT n, ${t.stationId}, coalesce(${t.ref}::text, n::text), ${t.startKey}, ${t.networkId}, ${t.evseId}, ${t.connectorId}, ${t.evseNumber}::int, ${t.connectorNumber}::int,
      ${t.tokenUid}, ${t.clockOffsetMs}::bigint, ${instant(t.startedAt)}, ${t.meterStartWh}::bigint, ${t.meterStartWh}::bigint, ${instant(t.createdAt)}
    FROM (SELECT nextval(pg_get_serial_sequence('charging_transactions', 'number'))::int AS n) AS next
    ON CONFLICT DO NOTHING RETURNING ${TRANSACTION}`))[0];
}

export async function findByStartKey(db: Queryable, stationId: string, startKey: string): Promise<ChargingTransaction | undefined> {
  return (await db.query<ChargingTransaction>(sql`SELECT ${TRANSACTION} FROM charging_transactions WHERE station_id = ${stationId} AND start_key = ${startKey}`))[0];
}

/** Locked until the end of the transaction of the database. */
export async function lockByRef(db: Queryable, stationId: string, ref: string): Promise<ChargingTransaction | undefined> {
  return (await db.query<ChargingTransaction>(sql`SELECT ${TRANSACTION} FROM charging_transactions WHERE station_id = ${stationId} AND ref = ${ref} FOR UPDATE`))[0];
}

/** Those that have not ended at a connector, or at the whole station; oldest first, locked. */
export async function lockOpen(
  db: Queryable, stationId: string, { connector, tokenUid }: { connector?: { evseNumber: number; connectorNumber: number }; tokenUid?: string } = {},
): Promise<ChargingTransaction[]> {
  return db.query(sql`
    SELECT ${TRANSACTION} FROM charging_transactions WHERE station_id = ${stationId} AND ended_at IS NULL
    ${connector ? sql`AND evse_number = ${connector.evseNumber}::int AND connector_number = ${connector.connectorNumber}::int` : sql``}
    ${tokenUid === undefined ? sql`` : sql`AND token_uid = ${tokenUid}`} ORDER BY number FOR UPDATE`);
}

/** The newest of a session. */
export async function findOfSession(db: Queryable, sessionId: string): Promise<ChargingTransaction | undefined> {
  return (await db.query<ChargingTransaction>(sql`SELECT ${TRANSACTION} FROM charging_transactions WHERE session_id = ${sessionId} ORDER BY number DESC LIMIT 1`))[0];
}

/** The row must be locked. What readings change is left out. */
export async function updateTransaction(db: Queryable, t: ChargingTransaction): Promise<void> {
  await db.query(sql`
    UPDATE charging_transactions SET session_id = ${t.sessionId}, token_uid = ${t.tokenUid}, refusal = ${t.refusal}, evse_id = ${t.evseId}, connector_id = ${t.connectorId},
      ended_at = ${instant(t.endedAt)}, meter_start_wh = ${t.meterStartWh}::bigint, meter_stop_wh = ${t.meterStopWh}::bigint, stop_reason = ${t.stopReason},
      check_energy_wh = ${t.checkEnergyWh}::bigint
    WHERE number = ${t.number}::int`);
}

/** From which register on the limits of its session are to be looked at. */
export async function setCheckEnergy(db: Queryable, number: number, checkEnergyWh: number | null): Promise<void> {
  await db.query(sql`UPDATE charging_transactions SET check_energy_wh = ${checkEnergyWh}::bigint WHERE number = ${number}::int`);
}
