/** What a command is in the words of a version, and what is common to many of them. */
import type { StationCommand } from '../../domain/chargers/index.ts';

export interface Call {
  action: string;
  payload: object;
  /** whether the answer says that it will be done, or was */
  isAccepted(answer: Record<string, unknown>): boolean;
}

type Parameters = StationCommand['parameters'];
type Trigger = NonNullable<Parameters['message']>;

const ACCEPTED = new Set<unknown>(['Accepted', 'AcceptedCanceled', 'Scheduled', 'RebootRequired', 'Unlocked']);
export const byStatus = (answer: Record<string, unknown>): boolean => ACCEPTED.has(answer.status);
export const always = (): boolean => true;
/** Where each of a list has a status of its own. */
export const allSet = (list: string) => (answer: Record<string, unknown>): boolean => (
  (answer[list] as { attributeStatus: string }[]).every(({ attributeStatus }) => ACCEPTED.has(attributeStatus)));

/** `Component.Variable`; undefined for what is no such name. */
export function variableOf(key: string): { component: { name: string }; variable: { name: string } } | undefined {
  const [component, variable, more] = key.split('.');
  return component && variable && more === undefined ? { component: { name: component }, variable: { name: variable } } : undefined;
}

const TRIGGERS_16: Record<Trigger, string> = {
  boot_notification: 'BootNotification', heartbeat: 'Heartbeat', status_notification: 'StatusNotification', meter_values: 'MeterValues',
  firmware_status: 'FirmwareStatusNotification', log_status: 'DiagnosticsStatusNotification', sign_certificate: 'SignChargePointCertificate',
};
const TRIGGERS_2: Record<Trigger, string> = { ...TRIGGERS_16, log_status: 'LogStatusNotification', sign_certificate: 'SignChargingStationCertificate' };

export const triggerOf16 = (message: Trigger): string => TRIGGERS_16[message];
export const triggerOf2 = ({ message, target }: Parameters): Call => ({
  action: 'TriggerMessage', isAccepted: byStatus,
  payload: { requestedMessage: TRIGGERS_2[message!], ...(target ? { evse: { id: target.evseNumber, connectorId: target.connectorNumber } } : {}) },
});
