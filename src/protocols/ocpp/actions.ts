/**
 * Which message is handled by whom. What is not here but in the protocol is answered NotSupported; what is not in the protocol, NotImplemented.
 */
import type { Handler, ReadingsOf } from './message.ts';
import { acknowledged } from './messages/acknowledged.ts';
import { authorize16, authorize2 } from './messages/authorize.ts';
import { bootNotification } from './messages/boot-notification.ts';
import { dataTransfer } from './messages/data-transfer.ts';
import { firmwareStatusNotification } from './messages/firmware-status-notification.ts';
import { heartbeat } from './messages/heartbeat.ts';
import { keptReport } from './messages/kept-report.ts';
import { logStatusNotification } from './messages/log-status-notification.ts';
import { notifyReport } from './messages/notify-report.ts';
import { notifySettlement, vatNumberValidation } from './messages/notify-settlement.ts';
import { reservationStatusUpdate } from './messages/reservation-status-update.ts';
import { signCertificate } from './messages/sign-certificate.ts';
import { readingsOfStatus, statusNotification } from './messages/status-notification.ts';
import { meterValues16, startTransaction, stopTransaction } from './messages/transaction-16.ts';
import { readingsOfEvent, transactionEvent } from './messages/transaction-event.ts';
import type { OcppVersion } from './version.ts';

type Actions = Readonly<Record<string, Handler>>;

const IN_ALL: Actions = {
  BootNotification: bootNotification, Heartbeat: heartbeat, StatusNotification: statusNotification, DataTransfer: dataTransfer,
  FirmwareStatusNotification: firmwareStatusNotification, LogStatusNotification: logStatusNotification,
  SecurityEventNotification: keptReport('SecurityEventNotification'), SignCertificate: signCertificate,
};
const IN_1_6: Actions = {
  ...IN_ALL, Authorize: authorize16, StartTransaction: startTransaction, StopTransaction: stopTransaction, MeterValues: acknowledged,
  DiagnosticsStatusNotification: logStatusNotification, SignedFirmwareStatusNotification: firmwareStatusNotification,
};
/** What people read: answers to what operators asked, and what a station tells by itself. */
const KEPT_2 = [
  'NotifyEvent', 'NotifyMonitoringReport', 'ReportChargingProfiles', 'NotifyDisplayMessages', 'NotifyCustomerInformation', 'NotifyChargingLimit', 'ClearedChargingLimit',
  'PublishFirmwareStatusNotification',
];
const IN_2: Actions = {
  ...IN_ALL, Authorize: authorize2, TransactionEvent: transactionEvent, MeterValues: acknowledged, ...Object.fromEntries(KEPT_2.map((action) => [action, keptReport(action)])),
  NotifyReport: notifyReport, ReservationStatusUpdate: reservationStatusUpdate,
};

/** Those of them that are handled and tell what a vehicle does besides. */
export const STATES: Readonly<Record<OcppVersion, Readonly<Record<string, ReadingsOf>>>> = {
  'ocpp1.6': { StatusNotification: readingsOfStatus }, 'ocpp2.0.1': {}, 'ocpp2.1': {},
};

/** Those of them that may tell readings alone. */
export const READINGS: Readonly<Record<OcppVersion, Readonly<Record<string, ReadingsOf>>>> = {
  'ocpp1.6': { MeterValues: meterValues16 }, 'ocpp2.0.1': { TransactionEvent: readingsOfEvent }, 'ocpp2.1': { TransactionEvent: readingsOfEvent },
};

const IN_2_1: Actions = { ...IN_2, NotifySettlement: notifySettlement, VatNumberValidation: vatNumberValidation };

export const ACTIONS: Readonly<Record<OcppVersion, Actions>> = { 'ocpp1.6': IN_1_6, 'ocpp2.0.1': IN_2, 'ocpp2.1': IN_2_1 };
