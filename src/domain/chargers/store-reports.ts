import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { EvseStatus } from '../stations/index.ts';

/** What is kept of a station; older ones go. */
const MOST_REPORTS = 200;
/** Connectors that a station may tell of, so that none can fill the table. */
const MOST_CONNECTORS = 1_000;

export interface ConnectorReport {
  stationId: string;
  evseNumber: number;
  connectorNumber: number;
  /** null where we know of no such connector */
  evseId: string | null;
  status: EvseStatus;
  /** as the station said it */
  reported: Record<string, unknown>;
  reportedAt: EpochMs;
}

export function saveConnectorReport(tx: Transaction, r: ConnectorReport): void {
  tx.send(sql`
    INSERT INTO ocpp_connectors (station_id, evse_number, connector_number, evse_id, status, reported, reported_at, status_since)
    SELECT ${r.stationId}, ${r.evseNumber}, ${r.connectorNumber}, ${r.evseId}, ${r.status}, ${json(r.reported)}::jsonb, ${toRfc3339(r.reportedAt)}::timestamptz,
      ${toRfc3339(r.reportedAt)}::timestamptz
    WHERE ${r.evseId}::text IS NOT NULL OR (SELECT count(*) FROM ocpp_connectors WHERE station_id = ${r.stationId}) < ${MOST_CONNECTORS}
    ON CONFLICT (station_id, evse_number, connector_number) DO UPDATE SET evse_id = excluded.evse_id, status = excluded.status, reported = excluded.reported,
      reported_at = excluded.reported_at,
      status_since = CASE WHEN ocpp_connectors.status = excluded.status THEN ocpp_connectors.status_since ELSE excluded.reported_at END`);
}

export async function listConnectorReports(db: Queryable, stationId: string): Promise<ConnectorReport[]> {
  return db.query(sql`
    SELECT station_id AS "stationId", evse_number AS "evseNumber", connector_number AS "connectorNumber", evse_id AS "evseId", status, reported, reported_at AS "reportedAt"
    FROM ocpp_connectors WHERE station_id = ${stationId} ORDER BY evse_number, connector_number`);
}

export interface StationReport {
  id: string;
  stationId: string;
  /** the message: `SecurityEventNotification` for example */
  action: string;
  payload: Record<string, unknown>;
  receivedAt: EpochMs;
}

/** Keeps a report; the oldest of the station goes when there are too many. */
export function insertReport(tx: Transaction, r: StationReport): void {
  tx.send(sql`
    INSERT INTO station_reports (id, station_id, action, payload, received_at)
    VALUES (${r.id}, ${r.stationId}, ${r.action}, ${json(r.payload)}::jsonb, ${toRfc3339(r.receivedAt)})`);
  tx.send(sql`
    DELETE FROM station_reports WHERE station_id = ${r.stationId} AND id <= (
      SELECT id FROM station_reports WHERE station_id = ${r.stationId} ORDER BY id DESC OFFSET ${MOST_REPORTS} LIMIT 1)`);
}

/** Newest first. */
export async function listReports(db: Queryable, stationId: string, page: { after?: string; before?: string; limit: number }): Promise<StationReport[]> {
  const columns = sql`id, station_id AS "stationId", action, payload, received_at AS "receivedAt"`;
  if (page.before !== undefined) {
    return (await db.query<StationReport>(sql`
      SELECT ${columns} FROM station_reports WHERE station_id = ${stationId} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${columns} FROM station_reports WHERE station_id = ${stationId} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}
