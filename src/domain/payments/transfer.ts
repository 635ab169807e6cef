/**
 * Transfers: how money moves. One is posted at once, or is pending first and then posted, in whole or in part, or voided:
 *
 *     single                       pending ──▶ post (part or whole; the rest is released)
 *                                        └──▶ void
 *
 * Each step is a row of its own that never changes.
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError, type FieldError } from '../../platform/errors/index.ts';

/** Steps of a transfer, and what those who look at one account call them. */
export const PHASES = { single: 'moved', pending: 'held', post: 'captured', void: 'released' } as const;
export type Phase = keyof typeof PHASES;

/** Why money moves. */
export const REASONS = [
  'test_credit', 'top_up', 'charging', 'reservation_fee', 'no_show_fee', 'overstay_fee', 'refund', 'compensation', 'outstanding', 'division', 'payout', 'correction',
] as const;
export type Reason = (typeof REASONS)[number];

/** One amount from one account to another of the same currency. */
export interface Leg {
  fromId: string;
  toId: string;
  amountMinor: bigint;
}

export interface RecordedLeg extends Leg {
  currency: string;
}

/** What a transfer says of itself. */
export interface TransferDraft {
  phase: Phase;
  /** of an outcome: the pending transfer that it ends */
  pendingId: string | null;
  legs: readonly Leg[];
  reason: Reason;
  /** what it is about: `session`, `reservation`, … and its id */
  object: string;
  objectId: string;
  /** unique in the network: the same again is the first, another under it is refused */
  idempotencyKey: string;
  /** when whoever made it wants a pending one to be voided; nothing happens by itself */
  expiresAt: EpochMs | null;
  metadata: Record<string, string>;
}

export interface Transfer extends TransferDraft {
  id: string;
  networkId: string;
  legs: readonly RecordedLeg[];
  at: EpochMs;
}

/** The most that one leg moves, in minor units. */
const MOST_MINOR = 10n ** 15n;
/** The most that an account with a limit may have: what lies beyond is no whole number in every reader of JSON. */
const MOST_BALANCE_MINOR = 9n * 10n ** 15n;
const MOST_LEGS = 20;

/** PAY-7: throws `invalid_request` for legs that no transfer can have. An outcome may have legs of nothing. */
export function checkLegs(legs: readonly Leg[], phase: Phase): void {
  const errors: FieldError[] = legs.length > 0 && legs.length <= MOST_LEGS ? [] : [{ pointer: '/legs', message: `must be 1 to ${MOST_LEGS}` }];
  legs.forEach(({ fromId, toId, amountMinor }, i) => {
    const least = phase === 'post' ? 0n : 1n;
    if (typeof amountMinor !== 'bigint' || amountMinor < least || amountMinor > MOST_MINOR) {
      errors.push({ pointer: `/legs/${i}/amount`, message: `must be a whole number of minor units from ${least} to ${MOST_MINOR}` });
    }
    if (fromId === toId) errors.push({ pointer: `/legs/${i}`, message: 'must go from one account to another' });
  });
  if (errors.length > 0) throw new DomainError('invalid_request', 'That is no transfer.', { errors });
}

/** Whether two transfers under one idempotency key say the same. When a pending one is to expire is no part of what it moves. */
export function isSameTransfer(a: TransferDraft, b: TransferDraft): boolean {
  return said(a) === said(b);
}

function said({ phase, pendingId, legs, reason, object, objectId, metadata }: TransferDraft): string {
  const moved = legs.map(({ fromId, toId, amountMinor }) => [fromId, toId, amountMinor.toString()]);
  return JSON.stringify([phase, pendingId, moved, reason, object, objectId, Object.entries(metadata).sort(([x], [y]) => (x < y ? -1 : 1))]);
}

/** What a transfer does to accounts with a limit. */
export interface Holdings {
  postedMinor: bigint;
  pendingOutMinor: bigint;
  leastBalanceMinor: bigint;
}

/**
 * What accounts with a limit have after a transfer, leg by leg, as the database counts.
 *
 * @param pending of an outcome: the legs that were pending
 * @throws `insufficient_funds` as soon as one would have less than its limit, `amount_out_of_range` for one that would have too much
 */
export function applyLegs<H extends Holdings>(before: ReadonlyMap<string, H>, { phase, legs }: Pick<TransferDraft, 'phase' | 'legs'>, pending: readonly Leg[]): Map<string, H> {
  const after = new Map(before);
  const isPosted = phase === 'single' || phase === 'post';
  const change = (id: string, postedMinor: bigint, pendingOutMinor: bigint): void => {
    const has = after.get(id);
    if (!has) return;
    const next = { ...has, postedMinor: has.postedMinor + postedMinor, pendingOutMinor: has.pendingOutMinor + pendingOutMinor };
    requireWithin(next, has);
    after.set(id, next);
  };
  legs.forEach(({ fromId, toId, amountMinor }, i) => {
    const held = phase === 'pending' ? amountMinor : -(pending[i]?.amountMinor ?? 0n);
    change(fromId, isPosted ? -amountMinor : 0n, held);
    if (isPosted) change(toId, amountMinor, 0n);
  });
  return after;
}

function requireWithin({ postedMinor, pendingOutMinor, leastBalanceMinor }: Holdings, before: Holdings): void {
  if (postedMinor - pendingOutMinor < leastBalanceMinor) {
    const available = before.postedMinor - before.pendingOutMinor - leastBalanceMinor;
    throw new DomainError('insufficient_funds', `There are ${available} minor units to take, and ${leastBalanceMinor - postedMinor + pendingOutMinor} too few.`, {
      available: Number(available),
    });
  }
  if (postedMinor > MOST_BALANCE_MINOR) throw new DomainError('amount_out_of_range', `An account like that has ${MOST_BALANCE_MINOR} minor units at most.`);
}
