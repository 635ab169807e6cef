/** Transactions of OCPP 2.x: the station names them and numbers what it tells of them. */
import { noteReservationGone } from '../../../domain/arming/index.ts';
import { findTransaction, noteEnd, noteReadings, noteStart, noteToken, type ChargingState, type IncomingReading, type StartAnswer } from '../../../domain/sessions/index.ts';
import { timeOf, type Handler, type Payload, type ReadingsOf, type Sender } from '../message.ts';
import { readings2, stateReading, type MeterValue2 } from '../meter-values.ts';
import { tokenInfo2 } from '../token-info.ts';

interface TransactionEvent {
  eventType: 'Started' | 'Updated' | 'Ended';
  timestamp: string;
  seqNo: number;
  transactionInfo: { transactionId: string; chargingState?: string; stoppedReason?: string; remoteStartId?: number };
  idToken?: { idToken: string };
  evse?: { id: number; connectorId?: number };
  meterValue?: MeterValue2[];
  /** a reservation that is used up by it */
  reservationId?: number;
}

const STATES: Record<string, ChargingState> = { Charging: 'charging', EVConnected: 'ev_connected', SuspendedEV: 'suspended_ev', SuspendedEVSE: 'suspended_evse', Idle: 'idle' };

/** What was read goes the short way, where nothing else is told. */
export const readingsOfEvent: ReadingsOf = (sender, payload) => {
  const event = payload as unknown as TransactionEvent;
  return event.eventType === 'Updated' && event.idToken === undefined ? readingsOf(sender, event) : undefined;
};

export const transactionEvent: Handler = async (ctx, sender, payload) => {
  const event = payload as unknown as TransactionEvent;
  const { transactionId: ref } = event.transactionInfo;
  const answer = await noteBeginning(ctx, sender, payload, event);
  await noteReadings(ctx, readingsOf(sender, event));
  if (event.reservationId !== undefined) noteReservationGone(ctx, sender.link, event.reservationId);
  if (event.eventType === 'Ended') {
    const { stoppedReason = 'Local' } = event.transactionInfo;
    await noteEnd(ctx, sender.link, {
      ref, tokenUid: null, saidAt: timeOf(payload), meterStopWh: registerOf(readingsOf(sender, event)), reason: stoppedReason, message: 'TransactionEvent', payload,
    });
  }
  return answer.token === null ? {} : { idTokenInfo: tokenInfo2(answer.token) };
};

/** Any event may be the first that arrives: others were lost, or are still to come. */
async function noteBeginning(ctx: Parameters<Handler>[0], sender: Sender, payload: Payload, event: TransactionEvent): Promise<StartAnswer> {
  const { transactionInfo: { transactionId: ref, remoteStartId = null }, idToken, evse } = event;
  const shown = { tokenUid: idToken?.idToken ?? null, remoteStartId };
  const known = await findTransaction(ctx, sender.link, ref);
  if (known) return noteToken(ctx, sender.link, known, shown);
  return noteStart(ctx, sender.link, {
    ...shown, ref, startKey: null, evseNumber: evse?.id ?? 0, connectorNumber: evse?.connectorId ?? 1, saidAt: timeOf(payload),
    meterStartWh: event.eventType === 'Started' ? registerOf(readingsOf(sender, event)) : null,
  });
}

function registerOf(readings: readonly IncomingReading[]): number | null {
  return readings.findLast(({ energyWh }) => energyWh !== null)?.energyWh ?? null;
}

function readingsOf(sender: Sender, { transactionInfo: { transactionId: ref, chargingState }, seqNo, timestamp, meterValue = [] }: TransactionEvent): IncomingReading[] {
  const state = STATES[chargingState ?? ''] ?? null;
  const place = { ref, evseNumber: 0, connectorNumber: 0 };
  if (meterValue.length > 0) return readings2(sender, place, String(seqNo), meterValue, state);
  return state === null ? [] : [stateReading(sender, place, String(seqNo), timestamp, state)];
}
