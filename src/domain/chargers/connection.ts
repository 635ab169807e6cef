/** What is known of a charging station's connection. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { SecurityProfile } from './identity.ts';

/** What a station tells of itself when it boots. */
export interface BootInfo {
  vendor: string;
  model: string;
  serialNumber?: string;
  firmwareVersion?: string;
  iccid?: string;
  imsi?: string;
  /** OCPP 2.x */
  reason?: string;
}

export interface StationConnection {
  stationId: string;
  networkId: string;
  operatorId: string;
  /** goes up with each connection: what comes over an older one changes nothing */
  generation: number;
  version: number;
  online: boolean;
  /** `ocpp1.6` and so on */
  protocol: string;
  securityProfile: SecurityProfile;
  remoteAddress: string | null;
  onlineSince: EpochMs | null;
  offlineSince: EpochMs | null;
  lastMessageAt: EpochMs | null;
  boot: BootInfo | null;
  bootedAt: EpochMs | null;
  /** the station's clock minus ours, as of the last status that it told: other messages may have been kept while it was away */
  clockSkewMs: number | null;
  firmwareStatus: string | null;
  logStatus: string | null;
}

/** One connection of a station, as the process that holds its socket names it. */
export interface Link {
  stationId: string;
  networkId: string;
  generation: number;
}

/** A newer connection of the station has taken over: nothing that comes over this one counts. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
  constructor() {
    super('the station has a newer connection');
  }
}
