import { randomUUID } from 'node:crypto';
import { noteStation } from '../../../domain/arming/index.ts';
import { reportConnector } from '../../../domain/chargers/index.ts';
import type { ChargingState } from '../../../domain/sessions/index.ts';
import type { EvseStatus } from '../../../domain/stations/index.ts';
import type { Handler, ReadingsOf } from '../message.ts';
import { stateReading } from '../meter-values.ts';

/** To OCPI's words. From when a vehicle is there until it has gone, nobody else can charge, whatever is just happening. */
const STATUSES: Record<string, EvseStatus> = {
  Available: 'AVAILABLE', Occupied: 'CHARGING', Preparing: 'CHARGING', Charging: 'CHARGING', SuspendedEV: 'CHARGING', SuspendedEVSE: 'CHARGING', Finishing: 'CHARGING',
  Reserved: 'RESERVED', Unavailable: 'INOPERATIVE', Faulted: 'OUTOFORDER',
};

interface Status16 {
  connectorId: number;
  status: string;
  timestamp?: string;
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
  noteStation(ctx, link);
  return {};
};

/** 1.6 tells by it what the vehicle of a transaction does; 2.x tells that with the transaction. */
const STATES: Record<string, ChargingState> = { Charging: 'charging', SuspendedEV: 'suspended_ev', SuspendedEVSE: 'suspended_evse', Faulted: 'suspended_evse' };

export const readingsOfStatus: ReadingsOf = (sender, payload) => {
  const { connectorId, status, timestamp } = payload as unknown as Status16;
  const state = STATES[status];
  if (state === undefined || connectorId < 1) return [];
  return [stateReading(sender, { ref: null, evseNumber: 0, connectorNumber: within(connectorId) }, `${timestamp ?? randomUUID()}/${status}`, timestamp, state)];
};

const read16 = ({ connectorId, status }: Status16) => ({ evseNumber: 0, connectorNumber: within(connectorId), said: status });
const read2 = ({ evseId, connectorId, connectorStatus }: Status2) => ({ evseNumber: within(evseId), connectorNumber: within(connectorId), said: connectorStatus });

/** No station has as many; the schemas allow any whole number. */
function within(number: number): number {
  return Math.max(-1, Math.min(1_000_000, number));
}
