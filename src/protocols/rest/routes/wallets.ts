/** Drivers' wallets. Money gets in by payments; until there are providers of these, by a call for tests. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { getDriver } from '../../../domain/drivers/index.ts';
import { findOrganisation, type Context } from '../../../domain/organisations/index.ts';
import { addTestCredit, getWallet, listWalletEntries, listWallets, PHASES, REASONS, walletStatement } from '../../../domain/payments/index.ts';
import { DAY_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { encodeStatementPdf, type NamedStatement } from '../encode/statement-pdf.ts';
import { encodeStatement, encodeWallet, encodeWalletEntry } from '../encode/wallet.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { AmountMinor, Currency, Id, InstantOut, InstantQuery, List, Metadata, Nullable, pageOf, Strict } from '../schemas/common.ts';
import { Bytes, PDF } from '../schemas/invoice.ts';
import { parseOptionalInstant } from '../times.ts';

const tag = 'Wallets';
const ofDriver = Strict({ id: Id('driver') });
const params = Strict({ id: Id('driver'), currency: Currency });
const STATEMENT_DAYS = 31;

const WalletOut = Type.Object({
  id: Nullable(Id('ledgerAccount', 'null while nothing has ever been in it')), object: Type.Literal('wallet'), driver: Id('driver'), currency: Currency,
  balance: Type.Integer({ description: 'what is in it, in minor units' }), held: Type.Integer({ description: 'how much of that is held for what is not paid yet' }),
  available: Type.Integer({ description: 'the rest' }), version: Type.Integer(), created: Nullable(InstantOut), updated: Nullable(InstantOut),
});
export const EntryOut = Type.Object({
  id: Id('ledgerTransfer'), object: Type.Literal('wallet_entry'),
  type: Type.Enum(Object.values(PHASES), { description: 'moved at once; held; captured from what was held, which releases the rest; or released' }),
  reason: Type.Enum([...REASONS]), amount: Type.Integer({ description: 'what came in, or went out (below zero), in minor units' }),
  held: Type.Integer({ description: 'what was held by it, or is held no longer (below zero)' }), hold: Nullable(Id('ledgerTransfer', 'the entry that it ends')),
  about: Type.Object({ object: Type.String(), id: Type.String() }), metadata: Type.Object({}, { additionalProperties: true }), expires: Nullable(InstantOut), created: InstantOut,
});

const period = Strict({
  from: Type.Optional(InstantQuery(`${STATEMENT_DAYS} days before its end, unless told`)), to: Type.Optional(InstantQuery('now, unless told; not included')),
});
/** Drawing many takes long, and nobody reads them. */
const MOST_PRINTED = 2_000;

function periodOf(ctx: Context, query: Static<typeof period>): { from: EpochMs; to: EpochMs } {
  const to = parseOptionalInstant(query.to, '?to') ?? ctx.now + 1;
  return { from: parseOptionalInstant(query.from, '?from') ?? to - STATEMENT_DAYS * DAY_MS, to };
}

export function addWalletRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/wallets', operationId: 'listWallets', tag, summary: "List a driver's wallets, one for each currency", params: ofDriver,
    reply: List(WalletOut),
    handle: async (ctx, { params: { id }, request, encoding }) => {
      const wallets = await listWallets(ctx, id);
      return toList(request, { limit: 1001 }, wallets.map((wallet) => ({ ...wallet, id: wallet.id! })), (wallet) => encodeWallet(wallet, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/wallets/:currency', operationId: 'getWallet', tag, summary: "Read a driver's wallet in a currency", params, reply: WalletOut,
    description: 'Nothing needs to have been in it, and reading it makes none.',
    handle: async (ctx, { params: { id, currency }, encoding }) => encodeWallet(await getWallet(ctx, id, currency.toUpperCase()), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/wallets/:currency/entries', operationId: 'listWalletEntries', tag, summary: 'What has happened to a wallet, newest first', params,
    query: Strict(pageOf('ledgerTransfer')), reply: List(EntryOut),
    handle: async (ctx, { params: { id, currency }, query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listWalletEntries(ctx, id, currency.toUpperCase(), page), (entry) => encodeWalletEntry(entry, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/wallets/:currency/statement.csv', operationId: 'getWalletStatement', tag, params, reply: Type.String(),
    summary: 'What came into a wallet and went out, as CSV: opening balance, each movement with the balance after it, closing balance',
    description: 'Amounts are decimal numbers of the currency. What is only held is not in it. At most 10,000 movements: ask for less time where there are more.',
    query: period,
    text: { type: 'text/csv', headers: { 'content-disposition': 'attachment; filename="statement.csv"' } },
    handle: async (ctx, { params: { id, currency }, query }) => {
      return encodeStatement(await walletStatement(ctx, id, currency.toUpperCase(), periodOf(ctx, query)));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/wallets/:currency/statement.pdf', operationId: 'getWalletStatementPdf', tag, params, query: period, reply: Bytes,
    summary: 'What came into a wallet and went out, on paper', description: `At most ${MOST_PRINTED} movements: ask for less time where there are more, or for the CSV.`,
    bytes: {
      types: [PDF], headers: { 'content-disposition': 'inline; filename="statement.pdf"', 'cache-control': 'private, no-store' },
      make: async (named) => ({ type: PDF, bytes: await encodeStatementPdf(named as NamedStatement) }),
    },
    handle: async (ctx, { params: { id, currency }, query }): Promise<NamedStatement> => {
      const statement = await walletStatement(ctx, id, currency.toUpperCase(), periodOf(ctx, query), MOST_PRINTED);
      const [{ name, ref }, provider] = [await getDriver(ctx, id), await findOrganisation(ctx.tx, statement.wallet.organisationId)];
      return { statement, provider: provider!.name, driver: name ?? ref ?? id };
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers/:id/wallets/:currency/credits', operationId: 'addTestCredit', tag: 'Sandbox', params, reply: WalletOut, creates: true,
    summary: 'Put money that nobody has paid into a wallet, for tests: in a sandbox only',
    description: 'Where `wallet_amount` is more than `amount`, the difference is a bonus. Answers the wallet as it is then.',
    body: Strict({
      amount: AmountMinor('what is paid'), wallet_amount: Type.Optional(AmountMinor('what gets into the wallet, at least `amount`')), metadata: Type.Optional(Metadata),
    }),
    handle: async (ctx, { params: { id, currency }, body, encoding }) => encodeWallet(await addTestCredit(ctx, id, currency.toUpperCase(), {
      paidMinor: BigInt(body.amount), creditedMinor: body.wallet_amount === undefined ? undefined : BigInt(body.wallet_amount), metadata: body.metadata,
    }), encoding),
  });
}
