import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { Reading } from './transaction.ts';

/** A reading as it comes: of which transaction of which station, and by which key its repetition is known. */
export interface IncomingReading extends Omit<Reading, 'at'> {
  stationId: string;
  generation: number;
  /** the transaction's name; null where the station has told the connector only */
  ref: string | null;
  evseNumber: number;
  connectorNumber: number;
  key: string;
  saidAt: EpochMs | null;
}

const column = <K extends keyof IncomingReading>(readings: readonly IncomingReading[], name: K) => readings.map((reading) => reading[name]);
const instants = (times: readonly (EpochMs | null)[]) => times.map((at) => (at === null ? null : toRfc3339(at)));

export interface TakenReadings {
  /** stations whose message came over the connection that counts */
  stations: string[];
  /** sessions of which something new was read */
  sessions: string[];
  /** sessions whose limits are to be looked at now */
  dueSessions: string[];
  /** sessions that had ended before: their bills are to be corrected */
  lateSessions: string[];
  /** places in the batch of those that belong to no transaction that is known */
  unmatched: number[];
}

/**
 * Writes a batch of readings of many stations down, brings what is newest up to date, and notes the messages, in one statement. Of those that are repeated
 * the first stands; what comes over a connection that counts no more changes nothing.
 *
 * The time of a reading is what its station says, as far as that can be (SES-12): see `happenedAt`.
 */
export async function insertReadings(db: Queryable, readings: readonly IncomingReading[], now: EpochMs): Promise<TakenReadings> {
  const at = toRfc3339(now);
  const [row] = await db.query<{ stations: string[] | null; sessions: string[] | null; dueSessions: string[] | null; lateSessions: string[] | null; matched: number[] | null }>(sql`
    WITH input AS (
      SELECT * FROM unnest(${column(readings, 'stationId')}::text[], ${column(readings, 'generation')}::bigint[], ${column(readings, 'ref')}::text[],
        ${column(readings, 'evseNumber')}::int[], ${column(readings, 'connectorNumber')}::int[], ${column(readings, 'key')}::text[],
        ${instants(column(readings, 'saidAt'))}::timestamptz[], ${column(readings, 'energyWh')}::bigint[], ${column(readings, 'powerW')}::int[],
        ${column(readings, 'currentA')}::real[], ${column(readings, 'voltageV')}::real[], ${column(readings, 'socPercent')}::int[],
        ${column(readings, 'chargingState')}::text[], ${column(readings, 'signed').map((signed) => (signed === null ? null : JSON.stringify(signed)))}::jsonb[])
      WITH ORDINALITY AS t (station_id, generation, ref, evse_number, connector_number, key, said_at, energy_wh, power_w, current_a, voltage_v, soc_percent, charging_state,
        signed, place)),
    counting AS (
      SELECT c.station_id FROM ocpp_connections c
      WHERE (c.station_id, c.generation) IN (SELECT station_id, generation FROM input) AND c.online ORDER BY c.station_id FOR NO KEY UPDATE),
    touched AS (
      UPDATE ocpp_connections c SET last_message_at = ${at} FROM counting WHERE c.station_id = counting.station_id RETURNING c.station_id),
    matched AS (
      SELECT i.*, t.number, t.session_id, greatest(t.started_at, least(${at}::timestamptz, CASE
        WHEN i.said_at + make_interval(secs => t.clock_offset_ms / 1000.0) BETWEEN t.started_at - interval '1 minute' AND ${at}::timestamptz + interval '1 minute'
          THEN i.said_at + make_interval(secs => t.clock_offset_ms / 1000.0)
        WHEN i.said_at BETWEEN t.started_at - interval '1 minute' AND ${at}::timestamptz + interval '1 minute' THEN i.said_at
        ELSE ${at}::timestamptz END)) AS read_at
      FROM input i JOIN touched USING (station_id)
      JOIN LATERAL (
        SELECT number, session_id, clock_offset_ms, started_at FROM charging_transactions c WHERE c.station_id = i.station_id
          AND (c.ref = i.ref OR (i.ref IS NULL AND c.evse_number = i.evse_number AND c.connector_number = i.connector_number AND c.ended_at IS NULL))
        ORDER BY number DESC LIMIT 1) t ON true),
    inserted AS (
      INSERT INTO meter_readings (transaction_number, key, read_at, energy_wh, power_w, current_a, voltage_v, soc_percent, charging_state, signed)
      SELECT number, key, read_at, energy_wh, power_w, current_a, voltage_v, soc_percent, charging_state, signed FROM matched ORDER BY number, place
      ON CONFLICT DO NOTHING
      RETURNING transaction_number AS number, key, read_at, energy_wh, power_w, current_a, voltage_v, soc_percent, charging_state),
    newest AS (
      SELECT number, max(read_at) AS read_at, max(energy_wh) AS energy_wh,
        (array_agg(power_w ORDER BY read_at DESC) FILTER (WHERE power_w IS NOT NULL))[1] AS power_w,
        (array_agg(current_a ORDER BY read_at DESC) FILTER (WHERE current_a IS NOT NULL))[1] AS current_a,
        (array_agg(voltage_v ORDER BY read_at DESC) FILTER (WHERE voltage_v IS NOT NULL))[1] AS voltage_v,
        (array_agg(soc_percent ORDER BY read_at DESC) FILTER (WHERE soc_percent IS NOT NULL))[1] AS soc_percent,
        (array_agg(charging_state ORDER BY read_at DESC) FILTER (WHERE charging_state IS NOT NULL))[1] AS charging_state
      FROM inserted GROUP BY number),
    updated AS (
      UPDATE charging_transactions t SET read_at = greatest(t.read_at, n.read_at), energy_wh = greatest(t.energy_wh, n.energy_wh),
        power_w = CASE WHEN n.read_at >= coalesce(t.read_at, n.read_at) THEN coalesce(n.power_w, t.power_w) ELSE t.power_w END,
        current_a = CASE WHEN n.read_at >= coalesce(t.read_at, n.read_at) THEN coalesce(n.current_a, t.current_a) ELSE t.current_a END,
        voltage_v = CASE WHEN n.read_at >= coalesce(t.read_at, n.read_at) THEN coalesce(n.voltage_v, t.voltage_v) ELSE t.voltage_v END,
        soc_percent = CASE WHEN n.read_at >= coalesce(t.read_at, n.read_at) THEN coalesce(n.soc_percent, t.soc_percent) ELSE t.soc_percent END,
        charging_state = CASE WHEN n.read_at >= coalesce(t.read_at, n.read_at) THEN coalesce(n.charging_state, t.charging_state) ELSE t.charging_state END
      FROM newest n JOIN charging_transactions before USING (number) WHERE t.number = n.number
      RETURNING t.session_id, t.ended_at IS NOT NULL AS is_late,
        t.energy_wh >= t.check_energy_wh OR t.charging_state IS DISTINCT FROM before.charging_state AS is_due)
    SELECT (SELECT array_agg(station_id) FROM touched) AS stations,
      (SELECT array_agg(DISTINCT session_id) FROM updated WHERE session_id IS NOT NULL) AS sessions,
      (SELECT array_agg(DISTINCT session_id) FROM updated WHERE is_due AND NOT is_late AND session_id IS NOT NULL) AS "dueSessions",
      (SELECT array_agg(DISTINCT session_id) FROM updated WHERE is_late AND session_id IS NOT NULL) AS "lateSessions",
      (SELECT array_agg(place::int) FROM matched) AS matched`);
  const matched = new Set(row!.matched ?? []);
  return {
    stations: row!.stations ?? [], sessions: row!.sessions ?? [], dueSessions: row!.dueSessions ?? [], lateSessions: row!.lateSessions ?? [],
    unmatched: readings.map((_, i) => i).filter((i) => !matched.has(i + 1)),
  };
}

/** Names a reading. */
export interface ReadingCursor {
  transactionNumber: number;
  key: string;
}

export type StoredReading = Reading & ReadingCursor;

const READING = sql`r.transaction_number AS "transactionNumber", r.key, r.read_at AS at, r.energy_wh::float8 AS "energyWh", r.power_w AS "powerW",
  r.current_a::float8 AS "currentA", r.voltage_v::float8 AS "voltageV", r.soc_percent AS "socPercent", r.charging_state AS "chargingState", r.signed`;

/** All that was read of a session's transactions, in the order of its time. */
export async function listReadings(db: Queryable, sessionId: string): Promise<StoredReading[]> {
  return db.query(sql`
    SELECT ${READING} FROM meter_readings r JOIN charging_transactions t ON t.number = r.transaction_number WHERE t.session_id = ${sessionId} ORDER BY r.read_at, r.key`);
}

/** So many of them, in the order of their time. */
export async function pageOfReadings(db: Queryable, sessionId: string, { after, limit }: { after?: ReadingCursor; limit: number }): Promise<StoredReading[]> {
  const rest = after === undefined ? sql`` : sql`AND (r.read_at, r.transaction_number, r.key) > (
    SELECT read_at, transaction_number, key FROM meter_readings WHERE transaction_number = ${after.transactionNumber}::int AND key = ${after.key})`;
  return db.query(sql`
    SELECT ${READING} FROM meter_readings r JOIN charging_transactions t ON t.number = r.transaction_number WHERE t.session_id = ${sessionId} ${rest}
    ORDER BY r.read_at, r.transaction_number, r.key LIMIT ${limit}`);
}
