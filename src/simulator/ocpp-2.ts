/** A station in the words of OCPP 2.0.1; of 2.1 the same. */
import { samples, timestampOf } from './metering.ts';
import type { ChargingState, Connector, Dialect, Post, Station, StopReason, Tag, Transaction, Trigger } from './model.ts';
import type { Payload } from './link.ts';
import { authorizationOf, CALLS_2, type TokenInfo } from './ocpp-2-calls.ts';
import { signedValue } from './signed.ts';
import { statusOf } from './status.ts';

const STATUSES: Record<string, string> = { Available: 'Available', Reserved: 'Reserved', Unavailable: 'Unavailable', Faulted: 'Faulted' };
const REASONS: Partial<Record<StopReason, string>> = { HardReset: 'ImmediateReset', SoftReset: 'Reboot', UnlockCommand: 'Other', Fault: 'GroundFault' };

function meterValue(station: Station, connector: Connector, wanted: string, context: string, more: object[] = []): object[] {
  const values = samples(station, connector, wanted).map(({ measurand, value, unit, phase }) => ({
    value: Number(value), context, measurand, ...(phase === undefined ? {} : { phase }), location: measurand === 'SoC' ? 'EV' : 'Outlet', unitOfMeasure: { unit },
  }));
  const all = [...values, ...more];
  return all.length === 0 ? [] : [{ timestamp: timestampOf(station), sampledValue: all }];
}

function signedSample(station: Station, transaction: Transaction): object {
  const { data, publicKey } = signedValue(station, transaction);
  return {
    value: transaction.meterStopWh, context: 'Transaction.End', measurand: 'Energy.Active.Import.Register', location: 'Outlet', unitOfMeasure: { unit: 'Wh' },
    signedMeterValue: {
      signedMeterData: Buffer.from(data).toString('base64'), signingMethod: 'ECDSA-secp256r1-SHA256', encodingMethod: 'OCMF', publicKey: Buffer.from(publicKey).toString('base64'),
    },
  };
}

interface Told {
  eventType: 'Started' | 'Updated' | 'Ended';
  trigger: Trigger;
  state?: ChargingState;
  values: object[];
}

/** Each event of a transaction has the next number, whether it is sent or not. */
function event(station: Station, transaction: Transaction, { eventType, trigger, state, values }: Told): Post {
  const { connector, key, tag, reason, remoteStartId, reservationId } = transaction;
  const seqNo = transaction.seqNo++;
  const isOffline = !station.isRegistered && !station.faults.hidesOffline;
  const namesTag = tag !== undefined && (eventType !== 'Updated' || ['Authorized', 'RemoteStart', 'StopAuthorized'].includes(trigger));
  const payload: Payload = {
    eventType, timestamp: timestampOf(station), triggerReason: trigger, seqNo, ...(isOffline ? { offline: true } : {}),
    transactionInfo: {
      transactionId: key, ...(state === undefined ? {} : { chargingState: state }), ...(remoteStartId === undefined ? {} : { remoteStartId }),
      ...(eventType === 'Ended' ? { stoppedReason: REASONS[reason!] ?? reason } : {}),
    },
    evse: { id: connector.evseId, connectorId: connector.connectorId },
    ...(namesTag ? { idToken: { idToken: tag.value, type: tag.type } } : {}), ...(reservationId === undefined || eventType === 'Ended' ? {} : { reservationId }),
    ...(values.length > 0 ? { meterValue: values } : {}),
  };
  return { action: 'TransactionEvent', payload };
}

export const OCPP_2: Dialect = {
  boot: ({ options }, reason) => ({
    action: 'BootNotification',
    payload: {
      reason,
      chargingStation: {
        vendorName: options.vendor ?? 'Plugtime', model: options.model ?? 'Simulator', serialNumber: options.serialNumber ?? options.identity.slice(0, 25),
        firmwareVersion: options.firmwareVersion ?? 'simulated-1.0',
      },
    },
  }),
  status: (station, connector) => {
    if (!connector) return undefined;
    const status = statusOf(station, connector);
    // a tag that waits for its car occupies nothing
    const told = STATUSES[status] ?? (status === 'Preparing' && !connector.car && !connector.transaction ? 'Available' : 'Occupied');
    const { evseId, connectorId } = connector;
    return { told, post: { action: 'StatusNotification', payload: { timestamp: timestampOf(station), connectorStatus: told, evseId, connectorId } } };
  },
  authorize: ({ value, type }: Tag) => ({ action: 'Authorize', payload: { idToken: { idToken: value, type } } }),
  authorization: ({ idTokenInfo }) => (typeof idTokenInfo === 'object' && idTokenInfo !== null ? authorizationOf(idTokenInfo as TokenInfo) : undefined),
  started: (station, transaction, trigger) => event(station, transaction, {
    eventType: 'Started', trigger, state: transaction.state, values: meterValue(station, transaction.connector, station.settings.text('measurandsAtStart'), 'Transaction.Begin'),
  }),
  updated: (station, transaction, trigger) => event(station, transaction, {
    eventType: 'Updated', trigger, state: transaction.state,
    values: meterValue(station, transaction.connector, station.settings.text('measurands'), trigger === 'Trigger' ? 'Trigger' : 'Sample.Periodic'),
  }),
  ended: (station, transaction, trigger) => {
    const isBare = station.faults.hidesOffline === true && !station.isRegistered;
    const signed = station.options.signsMeterValues && !isBare ? [signedSample(station, transaction)] : [];
    const values = isBare ? [] : meterValue(station, transaction.connector, station.settings.text('measurandsAtEnd'), 'Transaction.End', signed);
    return event(station, transaction, { eventType: 'Ended', trigger, state: 'Idle', values });
  },
  meterValues: (station, connector) => ({
    action: 'MeterValues', payload: { evseId: connector.evseId, meterValue: meterValue(station, connector, station.settings.text('measurands'), 'Trigger') },
  }),
  reservationEnded: (id, why) => ({ action: 'ReservationStatusUpdate', payload: { reservationId: id, reservationUpdateStatus: why } }),
  calls: CALLS_2,
};
