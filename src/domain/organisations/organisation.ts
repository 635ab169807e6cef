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
  /** what a wallet of its drivers must have before a session begins, in minor units of the wallet's currency (seed 003) */
  minimumBalanceMinor: bigint;
  /** how people get help from it */
  supportContact: SupportContact;
  version: number;
  createdAt: EpochMs;
}

/** How an operator's support is reached: a number to call, an address, a page, and when, in words. */
export interface SupportContact {
  phone: string | null;
  email: string | null;
  url: string | null;
  hours: string | null;
}

export const NO_CONTACT: SupportContact = { phone: null, email: null, url: null, hours: null };

export const DEFAULT_MAX_ACTIVE_HOLDS = 200;
export const DEFAULT_MINIMUM_BALANCE_MINOR = 2_000n;
