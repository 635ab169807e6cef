/** Payment methods that drivers have saved with payment providers, and wallets that are topped up by them. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { getAutoTopUp, listPaymentMethods, preferPaymentMethod, removePaymentMethod, setAutoTopUp } from '../../../domain/payments/index.ts';
import { notFound } from '../../../platform/errors/index.ts';
import { encodeAutoTopUp, encodePaymentMethod } from '../encode/payments.ts';
import { toList } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Currency, Deleted, Id, List, Strict } from '../schemas/common.ts';
import { AutoTopUpIn, AutoTopUpOut, PaymentMethodOut } from '../schemas/payments.ts';

const tag = 'Payments';
const params = Strict({ id: Id('driver'), method: Id('paymentMethod') });
const ofWallet = Strict({ id: Id('driver'), currency: Currency });

export function addPaymentMethodRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/payment_methods', operationId: 'listPaymentMethods', tag, summary: "List a driver's saved payment methods, the default one first",
    description: 'One is saved by a payment or a top-up with `save_payment_method`. Nothing of a card is kept but what the payment provider calls it and a label.',
    params: Strict({ id: Id('driver') }), reply: List(PaymentMethodOut),
    handle: async (ctx, { params: { id }, request, encoding }) => {
      const methods = await listPaymentMethods(ctx, id);
      return toList(request, { limit: 1001 }, methods, (method) => encodePaymentMethod(method, encoding, method.id === methods[0]!.id));
    },
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/drivers/:id/payment_methods/:method', operationId: 'updatePaymentMethod', tag, summary: 'Make a saved payment method the default one', params,
    body: Strict({ is_default: Type.Literal(true) }), reply: PaymentMethodOut,
    handle: async (ctx, { params: { id, method }, encoding }) => encodePaymentMethod(await preferPaymentMethod(ctx, id, method), encoding, true),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/drivers/:id/payment_methods/:method', operationId: 'deletePaymentMethod', tag, summary: 'Forget a saved payment method', params, reply: Deleted,
    description: 'It pays nothing any more, and tops no wallet up; payments that have begun by it go on.',
    handle: async (ctx, { params: { id, method } }) => ({ id: (await removePaymentMethod(ctx, id, method)).id, object: 'payment_method', deleted: true }),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/wallets/:currency/auto_top_up', operationId: 'getAutoTopUp', tag: 'Wallets', summary: 'How a wallet is topped up by itself',
    params: ofWallet, reply: AutoTopUpOut,
    handle: async (ctx, { params: { id, currency }, encoding }) => {
      const found = await getAutoTopUp(ctx, id, currency.toUpperCase());
      if (!found) throw notFound('auto top-up of that wallet', id);
      return encodeAutoTopUp(found, encoding);
    },
  });
  addRoute(app, options, {
    method: 'PUT', url: '/v1/drivers/:id/wallets/:currency/auto_top_up', operationId: 'setAutoTopUp', tag: 'Wallets', summary: 'Let a wallet be topped up by itself when it is low',
    description: 'By a saved payment method, one top-up at a time; after one that was declined it rests for an hour, unless it is set anew.',
    params: ofWallet, body: AutoTopUpIn, reply: AutoTopUpOut,
    handle: async (ctx, { params: { id, currency }, body, encoding }) => encodeAutoTopUp(await setAutoTopUp(ctx, id, currency.toUpperCase(), {
      active: body.active, paymentMethodId: body.payment_method, amountMinor: BigInt(body.amount), belowMinor: BigInt(body.below),
    }), encoding),
  });
}
