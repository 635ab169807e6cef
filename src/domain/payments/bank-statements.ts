/** Bank statements: each of their lines is taken once, and pays what it names (PAY-50, PAY-51). */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import { isCurrency } from '../pricing/index.ts';
import { referencesIn, type StatementLine, type StatementLineInput } from './bank-statement.ts';
import { captureLocally } from './local.ts';
import type { Payment } from './payment.ts';
import { lockByReferences, lockPayment } from './store-payments.ts';
import * as store from './store-statements.ts';

export interface TakenLine {
  line: StatementLine;
  outcome: 'matched' | 'unmatched' | 'known';
}

/** Takes the lines of a statement, in their order. Throws `invalid_request` for what is no currency; then nothing is taken. */
export async function takeStatement(ctx: Context, account: string, lines: readonly StatementLineInput[]): Promise<TakenLine[]> {
  requireAccess(ctx, 'payment.manage', ownersOfCaller(ctx));
  const organisationId = actingOrganisation(ctx)!;
  const errors = lines.flatMap(({ currency }, i) => (isCurrency(currency) ? [] : [{ pointer: `/lines/${i}/currency`, message: 'must be a currency of ISO 4217' }]));
  if (errors.length > 0) throw new DomainError('invalid_request', 'A line has no currency.', { errors });
  const drafts = lines.map(({ id: lineId, ...line }): StatementLine => ({
    ...line, id: newId('statementLine'), networkId: ctx.network.id, organisationId, account, lineId, paymentId: null, note: null, createdAt: ctx.now, matchedAt: null,
  }));
  const added = new Set(await store.insertLines(ctx.tx, drafts));
  const known = await store.findLines(ctx.tx, organisationId, account, lines.map(({ id }) => id));
  const fresh = drafts.filter(({ id }) => added.has(id));
  // All at once and in the order of their ids, before any wallet is: others lock wallets last.
  const locked = await lockByReferences(ctx.tx, ctx.network.id, organisationId, fresh.flatMap(({ text }) => referencesIn(text)));
  const payments = new Map(locked.map((payment) => [payment.reference, payment]));
  const taken: TakenLine[] = [];
  for (const draft of drafts) {
    if (added.has(draft.id)) taken.push(await match(ctx, draft, payments));
    else taken.push({ line: known.find(({ lineId }) => lineId === draft.lineId)!, outcome: 'known' });
  }
  await audit(ctx, 'bank_statement.take', 'organisation', organisationId, { account, lines: lines.length, matched: taken.filter(({ outcome }) => outcome === 'matched').length });
  return taken;
}

async function match(ctx: Context, line: StatementLine, payments: Map<string, Payment>): Promise<TakenLine> {
  const named = referencesIn(line.text).flatMap((reference) => payments.get(reference) ?? []);
  const obstacle = named.length > 1 ? 'it names several payments' : named[0] ? obstacleTo(line, named[0]) : 'it names no payment';
  if (obstacle !== undefined) {
    const unmatched = { ...line, note: obstacle };
    await store.updateLine(ctx.tx, unmatched);
    return { line: unmatched, outcome: 'unmatched' };
  }
  const { line: matched, payment } = await pay(ctx, line, named[0]!);
  payments.set(payment.reference, payment);
  return { line: matched, outcome: 'matched' };
}

function obstacleTo({ currency }: StatementLine, payment: Payment): string | undefined {
  if (payment.method !== 'bank_transfer') return 'what it names is not paid by bank transfer';
  if (payment.currency !== currency) return `what it names is paid in ${payment.currency}`;
  return payment.status === 'succeeded' ? 'what it names is paid already' : undefined;
}

/** With what has come in: that is more or less than what was asked for, what it pays sees to. */
async function pay(ctx: Context, line: StatementLine, payment: Payment): Promise<{ line: StatementLine; payment: Payment }> {
  const paid = await captureLocally(ctx, payment, line.amountMinor);
  const matched: StatementLine = { ...line, paymentId: payment.id, matchedAt: ctx.now };
  await store.updateLine(ctx.tx, matched);
  return { line: matched, payment: paid };
}

/** Newest first. */
export async function listStatementLines(ctx: Context, query: Omit<store.LineListing, 'organisationId'>): Promise<StatementLine[]> {
  requireAccess(ctx, 'payment.manage', ownersOfCaller(ctx));
  return store.listLines(ctx.tx, { ...query, organisationId: actingOrganisation(ctx)! });
}

/** Lets a line that was not matched pay a payment. Throws `not_found`, `currency_mismatch`, `invalid_state`. */
export async function assignStatementLine(ctx: Context, id: string, { paymentId, note = null }: { paymentId: string; note?: string | null }): Promise<StatementLine> {
  requireAccess(ctx, 'payment.manage', ownersOfCaller(ctx));
  const line = await store.lockLine(ctx.tx, id);
  if (!line || line.organisationId !== actingOrganisation(ctx)) throw notFound('line of a bank statement', id);
  if (line.paymentId !== null) throw new DomainError('invalid_state', 'That line has paid something already.', { status: 'matched', payment: line.paymentId });
  const payment = await lockPayment(ctx.tx, paymentId);
  if (payment?.organisationId !== line.organisationId) throw notFound('payment', paymentId);
  if (payment.currency !== line.currency) throw new DomainError('currency_mismatch', `That payment is in ${payment.currency}.`);
  const obstacle = obstacleTo(line, payment);
  if (obstacle !== undefined) throw new DomainError('invalid_state', `It can not pay that: ${obstacle}.`, { status: payment.status });
  await audit(ctx, 'bank_statement.assign', 'payment', paymentId, { line: id, amount: Number(line.amountMinor), ...(note === null ? {} : { note }) });
  return (await pay(ctx, { ...line, note }, payment)).line;
}
