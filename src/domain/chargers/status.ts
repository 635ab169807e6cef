/** From what is said of single connectors to the status of the EVSE that they belong to. */
import type { EvseStatus } from '../stations/index.ts';
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
