/** Transactions of OCPP 2.x: the station names them and numbers what it tells of them. */
import { noteReservationGone } from '../../../domain/arming/index.ts';
import { decimalOfUnits, minorDigits } from '../../../domain/pricing/index.ts';
import {
  findTransaction, getSession, noteEnd, noteReadings, noteStart, noteToken, type ChargingState, type IncomingReading, type StartAnswer,
} from '../../../domain/sessions/index.ts';
import { timeOf, type Handler, type Payload, type ReadingsOf, type Sender } from '../message.ts';
import { readings2, stateReading, type MeterValue2 } from '../meter-values.ts';
import { tokenInfo2 } from '../token-info.ts';

interface TransactionEvent {
  eventType: 'Started' | 'Updated' | 'Ended';
  timestamp: string;
  seqNo: number;
  transactionInfo: { transactionId: string; chargingState?: string; stoppedReason?: string; remoteStartId?: number; transactionLimit?: { maxCost?: number } };
  idToken?: { idToken: string; type: string };
  evse?: { id: number; connectorId?: number };
  meterValue?: MeterValue2[];
  /** a reservation that is used up by it */
  reservationId?: number;
}

/** The type of a token that is a payment at the station's own terminal. */
const PAID_THERE = 'DirectPayment';

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
  let totalCost = {};
  if (event.eventType === 'Ended') {
    const { stoppedReason = 'Local' } = event.transactionInfo;
    const ended = await noteEnd(ctx, sender.link, {
      ref, tokenUid: null, saidAt: timeOf(payload), meterStopWh: registerOf(readingsOf(sender, event)), reason: stoppedReason, message: 'TransactionEvent', payload,
    });
    totalCost = await costAtTerminal(ctx, ended?.sessionId ?? null);
  }
  return { ...totalCost, ...(answer.token === null ? {} : { idTokenInfo: tokenInfo2(answer.token) }) };
};

/** SES-41: a station that has to settle with its own terminal is told what the session has come to. */
async function costAtTerminal(ctx: Parameters<Handler>[0], sessionId: string | null): Promise<{ totalCost?: number }> {
  const session = sessionId === null ? undefined : await getSession(ctx, sessionId);
  if (session?.type !== 'terminal' || session.cost === null) return {};
  return { totalCost: Number(decimalOfUnits(BigInt(session.cost.totalMinor), minorDigits(session.cost.currency))) };
}

/** Any event may be the first that arrives: others were lost, or are still to come. */
async function noteBeginning(ctx: Parameters<Handler>[0], sender: Sender, payload: Payload, event: TransactionEvent): Promise<StartAnswer> {
  const { transactionInfo: { transactionId: ref, remoteStartId = null, transactionLimit }, idToken, evse } = event;
  const isPaid = sender.version === 'ocpp2.1' && idToken?.type === PAID_THERE;
  const terminal = isPaid ? { reference: idToken.idToken, maxCost: transactionLimit?.maxCost } : undefined;
  const shown = { tokenUid: idToken?.idToken ?? null, remoteStartId, terminal };
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
