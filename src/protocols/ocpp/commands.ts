/** Commands in the words of each version, and what a station's answer means. */
import type { CommandOutcome, CommandTarget, StationCommand } from '../../domain/chargers/index.ts';
import type { OcppVersion } from './version.ts';

export interface Call {
  action: string;
  payload: object;
  /** whether the answer says that it will be done, or was */
  isAccepted(answer: Record<string, unknown>): boolean;
}

type Parameters = StationCommand['parameters'];

const ACCEPTED = new Set<unknown>(['Accepted', 'Scheduled', 'RebootRequired', 'Unlocked']);
const byStatus = (answer: Record<string, unknown>): boolean => ACCEPTED.has(answer.status);
const always = (): boolean => true;

/** The call that a command is; undefined where the version has none for it. */
export function callOf(version: OcppVersion, { type, parameters }: Pick<StationCommand, 'type' | 'parameters'>): Call | undefined {
  return (version === 'ocpp1.6' ? IN_1_6 : IN_2)[type](parameters);
}

const TRIGGERS_1_6 = {
  boot_notification: 'BootNotification', heartbeat: 'Heartbeat', status_notification: 'StatusNotification', meter_values: 'MeterValues',
  firmware_status: 'FirmwareStatusNotification', log_status: 'DiagnosticsStatusNotification',
} as const;
const TRIGGERS_2 = { ...TRIGGERS_1_6, log_status: 'LogStatusNotification' } as const;

const connectorId = (target: CommandTarget | undefined) => (target ? { connectorId: target.throughNumber } : {});

const IN_1_6: Record<StationCommand['type'], (parameters: Parameters) => Call | undefined> = {
  reset: ({ kind }) => ({ action: 'Reset', payload: { type: kind === 'hard' ? 'Hard' : 'Soft' }, isAccepted: byStatus }),
  trigger_message: ({ message, target }) => (
    { action: 'TriggerMessage', payload: { requestedMessage: TRIGGERS_1_6[message!], ...connectorId(target) }, isAccepted: byStatus }),
  change_availability: ({ operative, target }) => (
    { action: 'ChangeAvailability', payload: { connectorId: 0, ...connectorId(target), type: operative ? 'Operative' : 'Inoperative' }, isAccepted: byStatus }),
  unlock_connector: ({ target }) => ({ action: 'UnlockConnector', payload: connectorId(target), isAccepted: byStatus }),
  get_configuration: ({ keys }) => ({ action: 'GetConfiguration', payload: keys ? { key: keys } : {}, isAccepted: always }),
  set_configuration: ({ key, value }) => ({ action: 'ChangeConfiguration', payload: { key, value }, isAccepted: byStatus }),
};

/** `Component.Variable`; undefined for what is no such name. */
function variableOf(key: string): { component: { name: string }; variable: { name: string } } | undefined {
  const [component, variable, more] = key.split('.');
  return component && variable && more === undefined ? { component: { name: component }, variable: { name: variable } } : undefined;
}

const allSet = (list: string) => (answer: Record<string, unknown>): boolean => (
  (answer[list] as { attributeStatus: string }[]).every(({ attributeStatus }) => ACCEPTED.has(attributeStatus)));

const IN_2: Record<StationCommand['type'], (parameters: Parameters) => Call | undefined> = {
  reset: ({ kind }) => ({ action: 'Reset', payload: { type: kind === 'hard' ? 'Immediate' : 'OnIdle' }, isAccepted: byStatus }),
  trigger_message: ({ message, target }) => ({
    action: 'TriggerMessage', isAccepted: byStatus,
    payload: { requestedMessage: TRIGGERS_2[message!], ...(target ? { evse: { id: target.evseNumber, connectorId: target.connectorNumber } } : {}) },
  }),
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
