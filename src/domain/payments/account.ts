/** Accounts: where money can be. What an account has is what was given to it less what was taken from it. */
import type { EpochMs } from '../../platform/clock/index.ts';

export const ACCOUNT_KINDS = [
  'wallet', // what a driver has with its provider
  'outside', // a bank or a payment provider: negative by what has come in through it
  'promotions', // what an organisation gives away: negative by what it has given
  'settlement', // taken from drivers, and not yet divided among those whom it is owed
  'revenue', // what an organisation has earned
  'tax', // owed to a tax office
  'finder_fees', // owed to who brought the driver
  'outstanding', // of a driver: negative by what they owe
] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** What makes an account: there is one of each. */
export interface AccountKey {
  kind: AccountKind;
  /** ISO 4217, in capitals */
  currency: string;
  organisationId?: string;
  driverId?: string;
}

export interface Account {
  id: string;
  networkId: string;
  kind: AccountKind;
  currency: string;
  organisationId: string | null;
  driverId: string | null;
  /** the least that it may have, in minor units, without what is pending; null: it may have anything */
  leastBalanceMinor: bigint | null;
  createdAt: EpochMs;
}

/** PAY-6: of kinds that have one, the least that an account may have. */
export const LEAST_BALANCE: Partial<Record<AccountKind, bigint>> = { wallet: 0n };

/** What an account with a least balance has, under its lock. */
export interface LimitedBalance {
  accountId: string;
  leastBalanceMinor: bigint;
  postedMinor: bigint;
  pendingOutMinor: bigint;
  version: number;
}
