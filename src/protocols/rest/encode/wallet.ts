import { PHASES, type Entry, type Statement, type Wallet } from '../../../domain/payments/index.ts';
import { decimalOfUnits, minorDigits } from '../../../domain/pricing/index.ts';
import { toRfc3339 } from '../../../platform/clock/index.ts';
import type { Encoding } from './encoding.ts';

/** The ledger lets no wallet have more than is a whole number in JSON. */
export function encodeWallet(w: Wallet<bigint | string>, { timeOrNull }: Encoding) {
  const [balance, held] = [Number(w.balanceMinor), Number(w.heldMinor)];
  return {
    id: w.id, object: 'wallet', driver: w.driverId, currency: w.currency.toLowerCase(), balance, held, available: balance - held, version: w.version,
    created: timeOrNull(w.createdAt), updated: timeOrNull(w.updatedAt),
  };
}

export function encodeWalletEntry(e: Entry, { time, timeOrNull }: Encoding) {
  return {
    id: e.id, object: 'wallet_entry', type: PHASES[e.phase], reason: e.reason, amount: Number(e.amountMinor), held: Number(e.heldMinor), hold: e.pendingId,
    about: { object: e.object, id: e.objectId }, metadata: e.metadata, expires: timeOrNull(e.expiresAt), created: time(e.at),
  };
}

/** RFC 4180, for spreadsheets. */
export function encodeStatement({ wallet: { currency }, from, to, openingMinor, movements, closingMinor }: Statement): string {
  const decimal = (minor: bigint): string => decimalOfUnits(minor, minorDigits(currency));
  const row = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`;
  let balance = openingMinor;
  const lines = movements.map(({ id, reason, object, objectId, amountMinor, at }) => {
    balance += amountMinor;
    return row([toRfc3339(at), id, reason, object, objectId, decimal(amountMinor), decimal(balance), currency]);
  });
  return [
    row(['time', 'id', 'reason', 'object', 'object_id', 'amount', 'balance', 'currency']),
    row([toRfc3339(from), '', 'opening_balance', '', '', '', decimal(openingMinor), currency]),
    ...lines, row([toRfc3339(to), '', 'closing_balance', '', '', '', decimal(closingMinor), currency]),
  ].join('');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
