/** What stations report. */
import { newId } from '../../platform/ids/index.ts';
import { endReportedOutage } from '../calendar/index.ts';
import type { Context } from '../organisations/index.ts';
import { findStation, loadLocationOfStation, reportEvseStatus, type EvseStatus } from '../stations/index.ts';
import type { Link } from './connection.ts';
import { getOwnStation } from './own-station.ts';
import { placeByNumber } from './numbers.ts';
import { statusOfEvse } from './status.ts';
import { insertReport, listConnectorReports, listReports, saveConnectorReport, type ConnectorReport, type StationReport } from './store-reports.ts';

export interface ConnectorStatus {
  /** 0 where the station numbers its connectors through, and for the station as a whole */
  evseNumber: number;
  connectorNumber: number;
  status: EvseStatus;
  reported: Record<string, unknown>;
}

/** A station says what a connector is doing. One that we don't know of is noted, and changes nothing. */
export async function reportConnector(ctx: Context, { stationId }: Link, { evseNumber, connectorNumber, status, reported }: ConnectorStatus): Promise<void> {
  const location = await loadLocationOfStation(ctx.tx, stationId);
  const station = location && findStation(location, stationId);
  const evseId = station && connectorNumber > 0 ? placeByNumber(station, evseNumber, connectorNumber)?.evseId ?? null : null;
  saveConnectorReport(ctx.tx, { stationId, evseNumber, connectorNumber, evseId, status, reported, reportedAt: ctx.now });
  if (evseId === null) return;
  const now = statusOfEvse(await listConnectorReports(ctx.tx, stationId), evseId)!;
  await reportEvseStatus(ctx, evseId, now);
  if (now !== 'OUTOFORDER' && now !== 'UNKNOWN') await endReportedOutage(ctx, location!, evseId);
}

/** What was said last of each connector, also of those that we don't know. */
export async function listConnectors(ctx: Context, stationId: string): Promise<ConnectorReport[]> {
  return listConnectorReports(ctx.tx, stationId);
}

/** Keeps what a station tells to be read by people. */
export function keepReport(ctx: Context, { stationId }: Link, action: string, payload: Record<string, unknown>): void {
  insertReport(ctx.tx, { id: newId('stationReport'), stationId, action, payload, receivedAt: ctx.now });
}

/** What a station of the caller's own has told, newest first. */
export async function listStationReports(ctx: Context, stationId: string, page: { after?: string; before?: string; limit: number }): Promise<StationReport[]> {
  await getOwnStation(ctx, stationId, 'station.read');
  return listReports(ctx.tx, stationId, page);
}
