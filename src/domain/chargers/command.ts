/** What a charging station can be told to do, in no version's words. */
import type { EpochMs } from '../../platform/clock/index.ts';

export const COMMAND_TYPES = ['reset', 'trigger_message', 'change_availability', 'unlock_connector', 'get_configuration', 'set_configuration'] as const;
export type CommandType = (typeof COMMAND_TYPES)[number];

/** Messages that a station can be asked for. */
export const TRIGGERS = ['boot_notification', 'heartbeat', 'status_notification', 'meter_values', 'firmware_status', 'log_status'] as const;

export interface CommandParameters {
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

/** How a station counts an EVSE or a connector: see `evseByNumber`. */
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
  parameters: CommandParameters & { target?: CommandTarget };
  status: 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'expired';
  /** the station's answer, as it said it */
  result: Record<string, unknown> | null;
  /** why it failed: `no_answer`, `not_supported`, or the code of the station's error */
  failure: string | null;
  version: number;
  createdAt: EpochMs;
  expiresAt: EpochMs;
  sentAt: EpochMs | null;
  finishedAt: EpochMs | null;
}
