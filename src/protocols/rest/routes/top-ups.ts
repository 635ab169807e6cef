/** Top-ups: what is paid gets into a driver's wallet. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { createTopUp, getTopUp, listTopUps } from '../../../domain/payments/index.ts';
import { encodeTopUp } from '../encode/payments.ts';
import { toList, toPage } from '../paging.ts';
import { decodeWay, waitForPayment } from '../paying.ts';
import { addRoute, type RestOptions, type Settling } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import { TopUpIn, TopUpOut } from '../schemas/payments.ts';

const tag = 'Wallets';

export function addTopUpRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'POST', url: '/v1/top_ups', operationId: 'createTopUp', tag, summary: "Top a driver's wallet up",
    description: 'Where a page is to be visited, `url` has it. `top_up.completed` tells when the money is in the wallet.', body: TopUpIn, reply: TopUpOut, creates: true, settle,
    handle: async (ctx, { body, encoding }) => encodeTopUp(await createTopUp(ctx, {
      ...decodeWay(body), driverId: body.driver, currency: body.currency.toUpperCase(), amountMinor: BigInt(body.amount),
      ...(body.wallet_amount === undefined ? {} : { walletAmountMinor: BigInt(body.wallet_amount) }),
    }), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/top_ups', operationId: 'listTopUps', tag, summary: 'List top-ups, newest first', reply: List(TopUpOut),
    query: Strict({ ...pageOf('topUp'), driver: Type.Optional(Id('driver')) }),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listTopUps(ctx, { ...page, driverId: query.driver }), (topUp) => encodeTopUp(topUp, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/top_ups/:id', operationId: 'getTopUp', tag, summary: 'Read a top-up', params: Strict({ id: Id('topUp') }), reply: TopUpOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeTopUp(await getTopUp(ctx, id), encoding),
  });
}

/** The page of the payment provider, or what came of a saved method, is waited for a while. */
async function settle(body: unknown, after: Settling): Promise<unknown> {
  const { id, payment } = body as Static<typeof TopUpOut>;
  if (typeof payment === 'string' || !payment.is_busy) return body;
  await waitForPayment(after, payment.id);
  return after.run(async (ctx) => encodeTopUp(await getTopUp(ctx, id), after.encoding));
}
