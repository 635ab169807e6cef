/** Bank statements: what came in, and what it paid. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { assignStatementLine, listStatementLines, takeStatement, type StatementLine } from '../../../domain/payments/index.ts';
import type { Encoding } from '../encode/encoding.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Currency, Id, InstantIn, InstantOut, List, Nullable, pageOf, Strict } from '../schemas/common.ts';
import { parseInstant } from '../times.ts';

const tag = 'Payments';
const MOST_LINES = 1_000;

const LineIn = Strict({
  id: Type.String({ minLength: 1, maxLength: 100, description: "the bank's id of it: one that was taken is not taken again" }), booked_at: InstantIn('when it was booked'),
  amount: Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'what came in, in minor units; what went out is not sent' }), currency: Currency,
  text: Type.String({ maxLength: 1_000, description: 'what its payer has written, with the `reference` of a payment in it' }),
});
const LineOut = Type.Object({
  id: Id('statementLine'), object: Type.Literal('bank_statement_line'), account: Type.String(), line: Type.String({ description: "the bank's id of it" }), booked_at: InstantOut,
  amount: Type.Integer(), currency: Type.String(), text: Type.String(), payment: Nullable(Id('payment', 'what it has paid')),
  note: Nullable(Type.String({ description: 'why it has paid nothing, or what was said when it was assigned' })), created: InstantOut, matched_at: Nullable(InstantOut),
});
const OUTCOMES = ['matched', 'unmatched', 'known'] as const;
const StatementOut = Type.Object({
  object: Type.Literal('bank_statement'), account: Type.String(), matched: Type.Integer(), unmatched: Type.Integer(), known: Type.Integer(),
  lines: Type.Array(Type.Object({ outcome: Type.Enum([...OUTCOMES], { description: 'known: it was taken before' }), line: LineOut })),
});

export function addBankStatementRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'POST', url: '/v1/bank_statements', operationId: 'takeBankStatement', tag, summary: 'Take what came into a bank account', reply: StatementOut,
    description: 'Each line is taken once, by the account and its id. One whose text names the reference of a payment by bank transfer, however it is spaced, pays '
      + 'that with its amount.',
    body: Strict({
      account: Type.Optional(Type.String({ minLength: 1, maxLength: 60, default: 'main', description: 'which of your accounts' })),
      lines: Type.Array(LineIn, { minItems: 1, maxItems: MOST_LINES }),
    }),
    handle: async (ctx, { body: { account = 'main', lines }, encoding }) => {
      const taken = await takeStatement(ctx, account, lines.map(({ id, booked_at: bookedAt, amount, currency, text }, i) => ({
        id, bookedAt: parseInstant(bookedAt, `/lines/${i}/booked_at`), amountMinor: BigInt(amount), currency: currency.toUpperCase(), text,
      })));
      const [matched, unmatched, known] = OUTCOMES.map((wanted) => taken.filter(({ outcome }) => outcome === wanted).length);
      return { object: 'bank_statement', account, matched, unmatched, known, lines: taken.map(({ outcome, line }) => ({ outcome, line: encodeLine(line, encoding) })) };
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/bank_statement_lines', operationId: 'listBankStatementLines', tag, summary: 'List lines of bank statements, newest first', reply: List(LineOut),
    query: Strict({ ...pageOf('statementLine'), status: Type.Optional(Type.Enum(['matched', 'unmatched'])) }),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const isMatched = query.status === undefined ? {} : { isMatched: query.status === 'matched' };
      return toList(request, page, await listStatementLines(ctx, { ...page, ...isMatched }), (line) => encodeLine(line, encoding));
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/bank_statement_lines/:id/assign', operationId: 'assignBankStatementLine', tag, summary: 'Let a line that was not matched pay a payment',
    params: Strict({ id: Id('statementLine') }), reply: LineOut,
    body: Strict({ payment: Id('payment'), note: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) }),
    handle: async (ctx, { params: { id }, body, encoding }) => encodeLine(await assignStatementLine(ctx, id, { paymentId: body.payment, note: body.note }), encoding),
  });
}

function encodeLine(l: StatementLine, { time, timeOrNull }: Encoding) {
  return {
    id: l.id, object: 'bank_statement_line', account: l.account, line: l.lineId, booked_at: time(l.bookedAt), amount: Number(l.amountMinor), currency: l.currency.toLowerCase(),
    text: l.text, payment: l.paymentId, note: l.note, created: time(l.createdAt), matched_at: timeOrNull(l.matchedAt),
  };
}
