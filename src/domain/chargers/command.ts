/** What a charging station can be told to do, in no version's words. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { OPERATOR_COMMAND_TYPES, type OperatorParameters } from './operator-command.ts';

/** Those that operators give. */
export const COMMAND_TYPES = [
  'reset', 'trigger_message', 'change_availability', 'unlock_connector', 'get_configuration', 'set_configuration',
  ...OPERATOR_COMMAND_TYPES,
] as const;
/** Those that follow from what drivers do. */
export const DRIVER_COMMAND_TYPES = ['start_transaction', 'stop_transaction', 'limit_charging', 'reserve_now', 'cancel_reservation', 'notify_web_payment'] as const;
/** Those that the network gives by itself: for drivers, and to find out what a station does and how it is set. */
export type NetworkCommandType = (typeof DRIVER_COMMAND_TYPES)[number] | 'get_configuration' | 'set_configuration' | 'set_variables' | 'get_transaction_status';
export type CommandType = (typeof COMMAND_TYPES)[number] | (typeof DRIVER_COMMAND_TYPES)[number];

/** Messages that a station can be asked for. */
export const TRIGGERS = ['boot_notification', 'heartbeat', 'status_notification', 'meter_values', 'firmware_status', 'log_status', 'sign_certificate'] as const;

export interface CommandParameters extends OperatorParameters {
  /** of a reset: at once, or when nobody charges; the latter unless told */
  kind?: 'soft' | 'hard';
  /** of trigger_message */
  message?: (typeof TRIGGERS)[number];
  /** of change_availability */
  operative?: boolean;
  /** of trigger_message and change_availability: this one, else the whole station */
  evse?: string;
  /** of unlock_connector */
  connector?: string;
  /** of get_configuration; all unless told, which only 1.6 can. In 2.x `Component.Variable` */
  keys?: string[];
  /** of set_configuration */
  key?: string;
  value?: string;
}

/** What the network itself has a station told. */
export interface DriverCommandParameters {
  /** of start_transaction and reserve_now */
  token?: string;
  groupToken?: string;
  /** of start_transaction: our number, by which 2.x tells whose transaction it is */
  remoteStartId?: number;
  /** of stop_transaction and limit_charging: as the station knows it */
  transaction?: string;
  /** of limit_charging: in amperes, 0 for a pause; null for no limit any more */
  limitA?: number | null;
  /** of reserve_now and cancel_reservation, and of start_transaction on one: unique at the station */
  reservationNumber?: number;
  /** of reserve_now: RFC 3339 */
  expiresAt?: string;
  /** of notify_web_payment: until then somebody pays */
  timeoutSeconds?: number;
}

/** How a station counts an EVSE or a connector: see `placeByNumber`. */
export interface CommandTarget {
  evseNumber: number;
  connectorNumber: number;
  /** counted through the station */
  throughNumber: number;
}

export interface StationCommand {
  id: string;
  stationId: string;
  networkId: string;
  operatorId: string;
  type: CommandType;
  parameters: CommandParameters & DriverCommandParameters & {
    target?: CommandTarget;
    /** of requests whose answer comes in messages of the station's own, which name it */
    requestId?: number;
    /** of a list that was sent */
    listVersion?: number;
    /** by which the station knows the request that a certificate answers */
    certificateRequestId?: number;
  };
  /** what it is for: a session, a reservation */
  subject: string | null;
  status: 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'expired';
  /** the station's answer, as it said it */
  result: Record<string, unknown> | null;
  /** why it failed: `no_answer`, `not_supported`, `list_not_known`, or the code of the station's error */
  failure: string | null;
  version: number;
  createdAt: EpochMs;
  expiresAt: EpochMs;
  sentAt: EpochMs | null;
  finishedAt: EpochMs | null;
}
