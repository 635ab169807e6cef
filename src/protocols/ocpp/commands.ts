/** Commands in the words of each version, and what a station's answer means. */
import type { CommandOutcome, CommandTarget, StationCommand } from '../../domain/chargers/index.ts';
import { allSet, always, byStatus, triggerOf16, triggerOf2, variableOf, type Call } from './call.ts';
import { OPERATOR_1_6, OPERATOR_2 } from './operator-commands.ts';
import type { OcppVersion } from './version.ts';

type Parameters = StationCommand['parameters'];

/** The call that a command is; undefined where the version has none for it. */
export function callOf(version: OcppVersion, { type, parameters }: Pick<StationCommand, 'type' | 'parameters'>): Call | undefined {
  if (type === 'notify_web_payment' && version !== 'ocpp2.1') return undefined;
  return (version === 'ocpp1.6' ? IN_1_6 : IN_2)[type](parameters);
}

/** Our profile of a transaction stands above others, and is replaced by the next. */
const LIMIT_PROFILE = 4711;
const LIMIT = { stackLevel: 5, chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Relative' };
const schedule = (limit: number) => ({ chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] });
/** A token that we have made, or a card: what was read is told again as what a card says. */
const idToken = (token: string) => ({ idToken: token, type: token.startsWith('PT') ? 'Central' : 'ISO14443' });

const connectorId = (target: CommandTarget | undefined) => (target ? { connectorId: target.throughNumber } : {});

const IN_1_6: Record<StationCommand['type'], (parameters: Parameters) => Call | undefined> = {
  ...OPERATOR_1_6,
  reset: ({ kind }) => ({ action: 'Reset', payload: { type: kind === 'hard' ? 'Hard' : 'Soft' }, isAccepted: byStatus }),
  trigger_message: (parameters) => (parameters.message === 'sign_certificate' ? OPERATOR_1_6.extended_trigger_message(parameters) : {
    action: 'TriggerMessage', payload: { requestedMessage: triggerOf16(parameters.message!), ...connectorId(parameters.target) }, isAccepted: byStatus,
  }),
  change_availability: ({ operative, target }) => (
    { action: 'ChangeAvailability', payload: { connectorId: 0, ...connectorId(target), type: operative ? 'Operative' : 'Inoperative' }, isAccepted: byStatus }),
  unlock_connector: ({ target }) => ({ action: 'UnlockConnector', payload: connectorId(target), isAccepted: byStatus }),
  get_configuration: ({ keys }) => ({ action: 'GetConfiguration', payload: keys ? { key: keys } : {}, isAccepted: always }),
  set_configuration: ({ key, value }) => ({ action: 'ChangeConfiguration', payload: { key, value }, isAccepted: byStatus }),
  start_transaction: ({ target, token }) => ({ action: 'RemoteStartTransaction', payload: { ...connectorId(target), idTag: token }, isAccepted: byStatus }),
  stop_transaction: ({ transaction }) => ({ action: 'RemoteStopTransaction', payload: { transactionId: Number(transaction) }, isAccepted: byStatus }),
  limit_charging: ({ target, transaction, limitA }) => (limitA === null
    ? { action: 'ClearChargingProfile', payload: { id: LIMIT_PROFILE, ...connectorId(target) }, isAccepted: byStatus }
    : { action: 'SetChargingProfile', isAccepted: byStatus, payload: { ...connectorId(target), csChargingProfiles: {
      chargingProfileId: LIMIT_PROFILE, transactionId: Number(transaction), ...LIMIT, chargingSchedule: schedule(limitA!) } } }),
  reserve_now: ({ target, reservationNumber, token, groupToken, expiresAt }) => ({
    action: 'ReserveNow', isAccepted: byStatus,
    payload: { ...connectorId(target), expiryDate: expiresAt, idTag: token, ...(groupToken === undefined ? {} : { parentIdTag: groupToken }), reservationId: reservationNumber },
  }),
  cancel_reservation: ({ reservationNumber }) => ({ action: 'CancelReservation', payload: { reservationId: reservationNumber }, isAccepted: byStatus }),
  notify_web_payment: () => undefined,
};

const IN_2: Record<StationCommand['type'], (parameters: Parameters) => Call | undefined> = {
  ...OPERATOR_2,
  reset: ({ kind }) => ({ action: 'Reset', payload: { type: kind === 'hard' ? 'Immediate' : 'OnIdle' }, isAccepted: byStatus }),
  trigger_message: triggerOf2,
  change_availability: ({ operative, target }) => ({
    action: 'ChangeAvailability', isAccepted: byStatus,
    payload: { operationalStatus: operative ? 'Operative' : 'Inoperative', ...(target ? { evse: { id: target.evseNumber } } : {}) },
  }),
  unlock_connector: ({ target }) => ({ action: 'UnlockConnector', payload: { evseId: target!.evseNumber, connectorId: target!.connectorNumber }, isAccepted: byStatus }),
  get_configuration: ({ keys = [] }) => {
    const wanted = keys.map(variableOf);
    if (wanted.length === 0 || wanted.includes(undefined)) return undefined;
    return { action: 'GetVariables', payload: { getVariableData: wanted }, isAccepted: allSet('getVariableResult') };
  },
  set_configuration: ({ key, value }) => {
    const variable = variableOf(key!);
    return variable && { action: 'SetVariables', payload: { setVariableData: [{ attributeValue: value, ...variable }] }, isAccepted: allSet('setVariableResult') };
  },
  start_transaction: ({ target, token, groupToken, remoteStartId }) => ({
    action: 'RequestStartTransaction', isAccepted: byStatus,
    payload: { evseId: target!.evseNumber, remoteStartId, idToken: idToken(token!), ...(groupToken === undefined ? {} : { groupIdToken: idToken(groupToken) }) },
  }),
  stop_transaction: ({ transaction }) => ({ action: 'RequestStopTransaction', payload: { transactionId: transaction }, isAccepted: byStatus }),
  limit_charging: ({ target, transaction, limitA }) => (limitA === null
    ? { action: 'ClearChargingProfile', payload: { chargingProfileId: LIMIT_PROFILE }, isAccepted: byStatus }
    : { action: 'SetChargingProfile', isAccepted: byStatus, payload: { evseId: target!.evseNumber, chargingProfile: {
      id: LIMIT_PROFILE, transactionId: transaction, ...LIMIT, chargingSchedule: [{ id: 1, ...schedule(limitA!) }] } } }),
  reserve_now: ({ target, reservationNumber, token, groupToken, expiresAt }) => ({
    action: 'ReserveNow', isAccepted: byStatus,
    payload: { id: reservationNumber, expiryDateTime: expiresAt, idToken: idToken(token!), evseId: target!.evseNumber,
      ...(groupToken === undefined ? {} : { groupIdToken: idToken(groupToken) }) },
  }),
  cancel_reservation: ({ reservationNumber }) => ({ action: 'CancelReservation', payload: { reservationId: reservationNumber }, isAccepted: byStatus }),
  notify_web_payment: ({ target, timeoutSeconds }) => ({ action: 'NotifyWebPaymentStarted', payload: { evseId: target!.evseNumber, timeout: timeoutSeconds }, isAccepted: always }),
};

/** What became of a call that was answered, or failed. */
export async function outcomeOf(call: Call | undefined, send: (call: Call) => Promise<Record<string, unknown>>): Promise<CommandOutcome> {
  if (!call) return { status: 'failed', failure: 'not_supported' };
  try {
    const result = await send(call);
    return { status: call.isAccepted(result) ? 'accepted' : 'rejected', result };
  } catch (error) {
    const { rpcErrorCode } = error as { rpcErrorCode?: unknown };
    return { status: 'failed', failure: typeof rpcErrorCode === 'string' ? rpcErrorCode : 'no_answer' };
  }
}
