/** What drivers owe, and paying it. */
import type { FastifyInstance } from 'fastify';
import { getPayment, listOutstanding, payOutstanding } from '../../../domain/payments/index.ts';
import { encodeOutstanding, encodePayment } from '../encode/payments.ts';
import { toList } from '../paging.ts';
import { decodeWay, settlePayment } from '../paying.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Currency, Id, List, Strict } from '../schemas/common.ts';
import { OutstandingOut, OutstandingPaymentIn, PaymentOut } from '../schemas/payments.ts';

const tag = 'Payments';

export function addOutstandingRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/outstanding', operationId: 'listOutstanding', tag, summary: 'What a driver owes, in each currency, with the bills that it comes from',
    params: Strict({ id: Id('driver') }), reply: List(OutstandingOut),
    handle: async (ctx, { params: { id }, request, encoding }) => (
      toList(request, { limit: 1001 }, await listOutstanding(ctx, id), (outstanding) => encodeOutstanding(outstanding, encoding))),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers/:id/outstanding/:currency/payments', operationId: 'payOutstanding', tag, summary: 'Pay what a driver owes',
    description: 'Where a page is to be visited, `url` has it. What turns out to have been paid twice goes into the wallet.',
    params: Strict({ id: Id('driver'), currency: Currency }), body: OutstandingPaymentIn, reply: PaymentOut, creates: true, settle: settlePayment,
    handle: async (ctx, { params: { id, currency }, body, encoding }) => {
      const amount = body.amount === undefined ? {} : { amountMinor: BigInt(body.amount) };
      const payment = await payOutstanding(ctx, id, currency.toUpperCase(), { ...decodeWay(body), ...amount });
      return encodePayment(await getPayment(ctx, payment.id), encoding);
    },
  });
}
