import type { Wallet } from '../../../domain/payments/index.ts';
import type { Encoding } from './encoding.ts';

/** The ledger lets no wallet have more than is a whole number in JSON. */
export function encodeWallet(w: Wallet<bigint | string>, { timeOrNull }: Encoding) {
  const [balance, held] = [Number(w.balanceMinor), Number(w.heldMinor)];
  return {
    id: w.id, object: 'wallet', driver: w.driverId, currency: w.currency.toLowerCase(), balance, held, available: balance - held, version: w.version,
    created: timeOrNull(w.createdAt), updated: timeOrNull(w.updatedAt),
  };
}
