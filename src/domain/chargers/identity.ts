/** How a charging station presents itself to us, and how it proves that it is the one. */
import type { EpochMs } from '../../platform/clock/index.ts';

/**
 * OCPP's security profiles: 0 nothing (a trusted network), 1 a password, 2 a password over TLS, 3 a client certificate (over TLS) that
 * names the station.
 */
export type SecurityProfile = 0 | 1 | 2 | 3;

export interface StationIdentity {
  stationId: string;
  networkId: string;
  operatorId: string;
  /** the last part of the address that it connects to, unique among its operator's */
  identity: string;
  securityProfile: SecurityProfile;
  /** see `password.ts`; with profiles 1 and 2 */
  passwordHash: string | null;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** OCPP allows identifiers of 48 characters, and no colon, which ends the user name in HTTP Basic. */
export const IDENTITY_FORM = /^[A-Za-z0-9*\-_=+|@.]{1,48}$/;
