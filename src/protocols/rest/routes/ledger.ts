/** What of the ledger is an organisation's own: its accounts, what they have and had, and what has happened to them. */
import type { FastifyInstance } from 'fastify';
import { getAccount, listAccountEntries, listAccounts, type AccountNow } from '../../../domain/payments/index.ts';
import Type from 'typebox';
import { encodeWalletEntry } from '../encode/wallet.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, InstantQuery, List, pageOf, Strict } from '../schemas/common.ts';
import { AccountOut } from '../schemas/payments.ts';
import { parseOptionalInstant } from '../times.ts';
import { EntryOut } from './wallets.ts';

const tag = 'Payments';
const params = Strict({ id: Id('ledgerAccount') });
const LedgerEntryOut = Type.Object({ ...EntryOut.properties, object: Type.Literal('ledger_entry') });

export function addLedgerRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/ledger/accounts', operationId: 'listLedgerAccounts', tag, summary: "An organisation's accounts in the ledger, with what they have",
    query: Strict(pageOf('ledgerAccount')), reply: List(AccountOut),
    handle: async (ctx, { query, request }) => {
      const page = toPage(query);
      return toList(request, page, await listAccounts(ctx, page), encodeAccount);
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/ledger/accounts/:id', operationId: 'getLedgerAccount', tag, summary: 'What an account has, or had at an instant', params, reply: AccountOut,
    query: Strict({ at: Type.Optional(InstantQuery('now, unless told')) }),
    handle: async (ctx, { params: { id }, query }) => encodeAccount(await getAccount(ctx, id, parseOptionalInstant(query.at, '?at'))),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/ledger/accounts/:id/entries', operationId: 'listLedgerEntries', tag, summary: 'What has happened to an account, newest first', params,
    query: Strict(pageOf('ledgerTransfer')), reply: List(LedgerEntryOut),
    handle: async (ctx, { params: { id }, query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listAccountEntries(ctx, id, page), (entry) => ({ ...encodeWalletEntry(entry, encoding), object: 'ledger_entry' }));
    },
  });
}

function encodeAccount({ id, kind, currency, driverId, postedMinor, pendingOutMinor }: AccountNow) {
  return {
    id, object: 'ledger_account', kind, currency: currency.toLowerCase(), driver: driverId, balance: Number(postedMinor), pending: Number(pendingOutMinor),
  };
}
