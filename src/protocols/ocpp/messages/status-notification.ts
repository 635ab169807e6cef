import { reportConnector } from '../../../domain/chargers/index.ts';
import type { EvseStatus } from '../../../domain/stations/index.ts';
import type { Handler } from '../message.ts';

/** To OCPI's words. From when a vehicle is there until it has gone, nobody else can charge, whatever is just happening. */
const STATUSES: Record<string, EvseStatus> = {
  Available: 'AVAILABLE', Occupied: 'CHARGING', Preparing: 'CHARGING', Charging: 'CHARGING', SuspendedEV: 'CHARGING', SuspendedEVSE: 'CHARGING', Finishing: 'CHARGING',
  Reserved: 'RESERVED', Unavailable: 'INOPERATIVE', Faulted: 'OUTOFORDER',
};

interface Status16 {
  connectorId: number;
  status: string;
}

interface Status2 {
  evseId: number;
  connectorId: number;
  connectorStatus: string;
}

/** A connector we don't know is answered like any other: an error would be sent again and again. 1.6 numbers connectors through the whole station. */
export const statusNotification: Handler = async (ctx, { link, version }, payload) => {
  const { evseNumber, connectorNumber, said } = version === 'ocpp1.6' ? read16(payload as unknown as Status16) : read2(payload as unknown as Status2);
  await reportConnector(ctx, link, { evseNumber, connectorNumber, status: STATUSES[said] ?? 'UNKNOWN', reported: payload });
  return {};
};

const read16 = ({ connectorId, status }: Status16) => ({ evseNumber: 0, connectorNumber: within(connectorId), said: status });
const read2 = ({ evseId, connectorId, connectorStatus }: Status2) => ({ evseNumber: within(evseId), connectorNumber: within(connectorId), said: connectorStatus });

/** No station has as many; the schemas allow any whole number. */
function within(number: number): number {
  return Math.max(-1, Math.min(1_000_000, number));
}
