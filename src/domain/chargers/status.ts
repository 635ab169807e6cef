/** From what is said of single connectors to the status of the EVSE that they belong to. */
import type { EvseStatus, Station } from '../stations/index.ts';
import type { ConnectorReport } from './store-reports.ts';

/**
 * An EVSE charges one vehicle at a time: while one of its connectors is in use, it is, and it is available when one of them is. Stations say of
 * the other connectors meanwhile whatever they like.
 */
const STRONGEST_FIRST: readonly EvseStatus[] = ['CHARGING', 'BLOCKED', 'RESERVED', 'AVAILABLE', 'INOPERATIVE', 'OUTOFORDER', 'UNKNOWN'];

/** Undefined when nothing has been said of it. */
export function statusOfEvse(reports: readonly Pick<ConnectorReport, 'evseId' | 'status'>[], evseId: string): EvseStatus | undefined {
  const said = new Set(reports.filter((report) => report.evseId === evseId).map(({ status }) => status));
  return STRONGEST_FIRST.find((status) => said.has(status));
}

/**
 * The EVSE that a station means by its own numbers, which count from 1 in the order in which its EVSEs and connectors were added.
 *
 * @param evseNumber 0 where connectors are numbered through the whole station, as in OCPP 1.6
 */
export function evseByNumber(station: Station, evseNumber: number, connectorNumber: number): string | undefined {
  if (evseNumber > 0) {
    const evse = station.evses[evseNumber - 1];
    return evse && connectorNumber >= 1 && connectorNumber <= Math.max(1, evse.connectors.length) ? evse.id : undefined;
  }
  return station.evses.flatMap((evse) => evse.connectors.map(() => evse.id))[connectorNumber - 1];
}
