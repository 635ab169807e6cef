import type { EpochMs } from '../../platform/clock/index.ts';

export type OrganisationRole = 'operator' | 'provider';

/** A tenant. In each role it plays it sees another part of the network. */
export interface Organisation {
  id: string;
  networkId: string;
  /** its name in commands and configuration, unique in the network */
  slug: string;
  name: string;
  roles: OrganisationRole[];
  /** ISO 3166-1 alpha-2, and the party id of OCPI */
  countryCode: string | null;
  partyId: string | null;
  /** most holds it may have at a time, so that nobody can lock a network */
  maxActiveHolds: number;
  version: number;
  createdAt: EpochMs;
}

export const DEFAULT_MAX_ACTIVE_HOLDS = 200;
