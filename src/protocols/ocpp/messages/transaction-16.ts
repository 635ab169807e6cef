/** Transactions of OCPP 1.6. They are always answered: an error would be repeated for ever. */
import { noteReservationGone } from '../../../domain/arming/index.ts';
import { noteEnd, noteReadings, noteStart } from '../../../domain/sessions/index.ts';
import { timeOf, type Handler, type ReadingsOf } from '../message.ts';
import { readings16, type MeterValue16 } from '../meter-values.ts';
import { tokenInfo16 } from '../token-info.ts';

interface Start {
  connectorId: number;
  idTag: string;
  meterStart: number;
  timestamp: string;
  /** a reservation that is used up by it */
  reservationId?: number;
}

/** The same start, told again, is the same transaction. */
export const startTransaction: Handler = async (ctx, { link }, payload) => {
  const { connectorId, idTag, meterStart, timestamp, reservationId } = payload as unknown as Start;
  const { transaction, token } = await noteStart(ctx, link, {
    ref: null, startKey: `${connectorId}|${idTag.toUpperCase()}|${timestamp}|${meterStart}`, evseNumber: 0, connectorNumber: connectorId, tokenUid: idTag, remoteStartId: null,
    saidAt: timeOf(payload), meterStartWh: Math.max(0, meterStart),
  });
  if (reservationId !== undefined) noteReservationGone(ctx, link, reservationId);
  return { transactionId: transaction.number, idTagInfo: tokenInfo16(token!) };
};

interface Stop {
  transactionId: number;
  idTag?: string;
  meterStop: number;
  reason?: string;
  transactionData?: MeterValue16[];
}

export const stopTransaction: Handler = async (ctx, sender, payload) => {
  const { transactionId, idTag, meterStop, reason, transactionData = [] } = payload as unknown as Stop;
  const ref = String(transactionId);
  await noteReadings(ctx, readings16(sender, { ref, evseNumber: 0, connectorNumber: 0 }, transactionData));
  await noteEnd(ctx, sender.link, {
    ref, tokenUid: idTag ?? null, saidAt: timeOf(payload), meterStopWh: meterStop < 0 ? null : meterStop, reason: reason ?? 'Local', message: 'StopTransaction', payload,
  });
  return {};
};

interface MeterValues {
  connectorId: number;
  transactionId?: number;
  meterValue: MeterValue16[];
}

export const meterValues16: ReadingsOf = (sender, payload) => {
  const { connectorId, transactionId, meterValue } = payload as unknown as MeterValues;
  const isNamed = transactionId !== undefined && transactionId > 0;
  return readings16(sender, { ref: isNamed ? String(transactionId) : null, evseNumber: 0, connectorNumber: connectorId }, meterValue);
};
