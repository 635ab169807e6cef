import type { EpochMs } from '../../platform/clock/index.ts';
import type { TotpSettings } from './totp.ts';

/** The code that changes on the screen of an EVSE. */
export interface DynamicCode extends TotpSettings {
  evseId: string;
  stationId: string;
  networkId: string;
  operatorId: string;
  /** nobody starts there who has not just scanned it */
  isRequired: boolean;
  urlTemplate: string;
  /** whether the station has taken it */
  status: 'setting' | 'set' | 'refused';
  commandId: string;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}
