/** A driver's wallet: an account of the ledger that can't go below nothing. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { ContextEvent } from '../organisations/index.ts';
import type { Account } from './account.ts';

/** Amounts are whole minor units: bigint, but text in events, which are JSON. */
export interface Wallet<Minor = bigint> {
  /** null while nothing has ever been in it */
  id: string | null;
  driverId: string;
  organisationId: string;
  currency: string;
  /** what is in it, what is held included */
  balanceMinor: Minor;
  /** what is held for something that is not paid yet */
  heldMinor: Minor;
  version: number;
  createdAt: EpochMs | null;
  updatedAt: EpochMs | null;
}

export interface WalletBalance {
  postedMinor: bigint;
  pendingOutMinor: bigint;
  version: number;
  lastAt: EpochMs | null;
}

export function walletOf(account: Account, { postedMinor, pendingOutMinor, version, lastAt }: WalletBalance): Wallet {
  const { id, driverId, organisationId, currency, createdAt } = account;
  return { id, driverId: driverId!, organisationId: organisationId!, currency, balanceMinor: postedMinor, heldMinor: pendingOutMinor, version, createdAt, updatedAt: lastAt };
}

export function walletEvent(account: Account, balance: WalletBalance): ContextEvent {
  const wallet = walletOf(account, balance);
  const data: Wallet<string> = { ...wallet, balanceMinor: String(wallet.balanceMinor), heldMinor: String(wallet.heldMinor) };
  return {
    type: 'wallet.updated', object: 'wallet', objectId: account.id, objectVersion: wallet.version, isPublic: false, audience: [wallet.organisationId], touches: [], data,
  };
}
