/** Lines of bank statements: money that came into an account, found to be a payment by the reference in its text (PAY-50). */
import type { EpochMs } from '../../platform/clock/index.ts';

/** What a statement says: a credit. */
export interface StatementLineInput {
  /** the bank's id of it, unique in the account */
  id: string;
  bookedAt: EpochMs;
  currency: string;
  /** what came in, in minor units, more than 0 */
  amountMinor: bigint;
  /** what its payer has written */
  text: string;
}

export interface StatementLine extends Omit<StatementLineInput, 'id'> {
  id: string;
  networkId: string;
  organisationId: string;
  account: string;
  /** the bank's */
  lineId: string;
  paymentId: string | null;
  /** why it was not matched, or what who assigned it has said */
  note: string | null;
  createdAt: EpochMs;
  matchedAt: EpochMs | null;
}

/** References begin so, and go on with so many signs; see `newReference`. */
const REFERENCE = /^PT[2-9A-HJ-NP-Z]{9}$/;
const LENGTH = 11;

/** What may be a reference in a text, as banks write such: with spaces, in lower case. */
export function referencesIn(text: string): string[] {
  const bare = text.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
  const found = Array.from({ length: Math.max(0, bare.length - LENGTH + 1) }, (_, at) => bare.slice(at, at + LENGTH)).filter((part) => REFERENCE.test(part));
  return [...new Set(found)];
}
