/**
 * Which message is handled by whom. What is not here but in the protocol is answered NotSupported; what is not in the protocol, NotImplemented.
 * Authorize and transactions belong here.
 */
import type { Handler } from './message.ts';
import { acknowledged } from './messages/acknowledged.ts';
import { bootNotification } from './messages/boot-notification.ts';
import { dataTransfer } from './messages/data-transfer.ts';
import { firmwareStatusNotification } from './messages/firmware-status-notification.ts';
import { heartbeat } from './messages/heartbeat.ts';
import { keptReport } from './messages/kept-report.ts';
import { logStatusNotification } from './messages/log-status-notification.ts';
import { statusNotification } from './messages/status-notification.ts';
import type { OcppVersion } from './version.ts';

type Actions = Readonly<Record<string, Handler>>;

const IN_ALL: Actions = {
  BootNotification: bootNotification, Heartbeat: heartbeat, StatusNotification: statusNotification, DataTransfer: dataTransfer,
  FirmwareStatusNotification: firmwareStatusNotification, LogStatusNotification: logStatusNotification,
  SecurityEventNotification: keptReport('SecurityEventNotification'),
};
const IN_1_6: Actions = { ...IN_ALL, DiagnosticsStatusNotification: logStatusNotification, SignedFirmwareStatusNotification: firmwareStatusNotification };
const IN_2: Actions = { ...IN_ALL, NotifyEvent: keptReport('NotifyEvent'), NotifyReport: acknowledged };

export const ACTIONS: Readonly<Record<OcppVersion, Actions>> = { 'ocpp1.6': IN_1_6, 'ocpp2.0.1': IN_2, 'ocpp2.1': IN_2 };
