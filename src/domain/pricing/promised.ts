/** What was promised at an instant: later changes of prices do not touch it (PRC-26). */
import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Context } from '../organisations/index.ts';
import { getQuote } from './quotes.ts';
import { rulesInForce, type RulesInForce } from './rules-in-force.ts';
import * as store from './store.ts';
import type { StoredQuote } from './stored-quote.ts';

interface PromisedAt {
  operatorId: string;
  locationId: string;
  /** of the connector */
  tariffRefs: readonly string[];
  /** when the session begins: which rules are valid depends on it */
  start: EpochMs;
  /** when it was promised */
  at: EpochMs;
  /** a quote is a promise of its own */
  quoteId: string | null;
}

/** Undefined where nothing had a price. */
export async function promisedRules(ctx: Context, { quoteId, operatorId, at, ...place }: PromisedAt): Promise<RulesInForce | undefined> {
  const quote = quoteId === null ? undefined : await store.findQuote(ctx.tx, quoteId);
  if (quote) return quote.rules;
  const all = (await store.listRulesAsOf(ctx.tx, operatorId, at)).filter(({ retiredAt }) => retiredAt === null || retiredAt > at);
  return rulesInForce(all, place);
}

/**
 * Takes a quote for a reservation, once. Throws `not_found` for one of somebody else, and `invalid_state` for one that was used, or whose
 * time is over.
 */
export async function takeQuote(ctx: Context, quoteId: string, reservationId: string): Promise<StoredQuote> {
  const quote = await getQuote(ctx, quoteId);
  if (await store.keepQuote(ctx.tx, quoteId, reservationId, ctx.now)) return quote;
  throw new DomainError('invalid_state', 'That quote was used already, or its time is over: ask for another.', { status: quote.expiresAt <= ctx.now ? 'expired' : 'used' });
}
