/** Payments, bills, and what of the ledger is an organisation's own. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  cancelPayment, captureByHand, getBill, getPayment, listBills, listPayments, lookUpPayment, markPaid, PAYMENT_STATUSES, refundByHand,
  type PaymentWithRefunds,
} from '../../../domain/payments/index.ts';
import { getReservation, paymentDue, payReservation } from '../../../domain/reservations/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { encodeBill, encodePayment } from '../encode/payments.ts';
import type { Encoding } from '../encode/encoding.ts';
import { decodeWay, settlePayment } from '../paying.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import { BillOut, CaptureIn, MarkPaidIn, PaymentDueOut, PaymentIn, PaymentOut, RefundIn } from '../schemas/payments.ts';
import { EmptyIn } from '../schemas/reservation.ts';

const tag = 'Payments';
const params = Strict({ id: Id('payment') });

export function addPaymentRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/reservations/:id/payment_due', operationId: 'getPaymentDue', tag, summary: 'What is to be paid for a reservation now',
    params: Strict({ id: Id('reservation') }), reply: PaymentDueOut,
    handle: async (ctx, { params: { id } }) => {
      const reservation = await getReservation(ctx, id);
      if (reservation.bookingId === null) throw new DomainError('invalid_state', 'There is nothing to pay for now.', { status: reservation.status });
      const due = await paymentDue(ctx, reservation);
      return {
        object: 'payment_due', reservation: id, currency: due.currency.toLowerCase(), timing: due.timing, due: Number(due.dueMinor), covered: Number(due.coveredMinor),
        estimate: due.estimateMinor === null ? null : Number(due.estimateMinor), carried: Number(due.carriedMinor),
      };
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id/payments', operationId: 'payReservation', tag, summary: 'Pay for a reservation', params: Strict({ id: Id('reservation') }),
    description: 'Of what is due, or more. Where a page is to be visited, `url` has it. Once what is due is covered the reservation is confirmed by itself.',
    body: PaymentIn, reply: PaymentOut, creates: true, settle: settlePayment,
    handle: async (ctx, { params: { id }, body, encoding }) => {
      const { payment } = await payReservation(ctx, id, { ...decodeWay(body), ...amountOf(body) });
      return encodePayment(await getPayment(ctx, payment.id), encoding);
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/payments', operationId: 'listPayments', tag, summary: 'List payments, newest first', reply: List(PaymentOut),
    query: Strict({
      ...pageOf('payment'), driver: Type.Optional(Id('driver')), status: Type.Optional(Type.Enum([...PAYMENT_STATUSES])),
      for: Type.Optional(Type.String({ minLength: 5, maxLength: 60, description: 'the id of what they are for' })),
    }),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const found = await listPayments(ctx, { ...page, driverId: query.driver, status: query.status, objectId: query.for });
      return toList(request, page, found, (payment) => encodePayment(payment, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/payments/:id', operationId: 'getPayment', tag, summary: 'Read a payment', params, reply: PaymentOut,
    handle: async (ctx, { params: { id }, encoding }) => encodePayment(await getPayment(ctx, id), encoding),
  });
  addHandRoutes(app, options);
  addBillRoutes(app, options);
}

function addHandRoutes(app: FastifyInstance, options: RestOptions): void {
  const answer = (payment: PaymentWithRefunds, encoding: Encoding) => encodePayment(payment, encoding);
  addRoute(app, options, {
    method: 'POST', url: '/v1/payments/:id/cancel', operationId: 'cancelPayment', tag, summary: 'Withdraw a payment that nobody has made yet, or release what is held', params,
    body: EmptyIn, reply: PaymentOut, settle: settlePayment, handle: async (ctx, { params: { id }, encoding }) => answer(await cancelPayment(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/payments/:id/look_up', operationId: 'lookUpPayment', tag, summary: 'Ask the payment provider for the truth', params, body: EmptyIn,
    description: 'For a payment that somebody says was made: what is said is never believed, only what the provider knows.',
    reply: PaymentOut, settle: settlePayment, handle: async (ctx, { params: { id }, encoding }) => answer(await lookUpPayment(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/payments/:id/capture', operationId: 'capturePayment', tag, summary: 'Capture what is held, by hand; the rest is released', params,
    description: 'Reservations and sessions do so by themselves when they end.', body: Type.Union([CaptureIn, Type.Null()]), reply: PaymentOut, settle: settlePayment,
    handle: async (ctx, { params: { id }, body, encoding }) => answer(await captureByHand(ctx, id, amountOf(body ?? {})), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/payments/:id/refunds', operationId: 'refundPayment', tag, summary: 'Give a payment back, whole or in part', params, body: RefundIn, reply: PaymentOut,
    settle: settlePayment, handle: async (ctx, { params: { id }, body, encoding }) => answer(await refundByHand(ctx, id, { ...amountOf(body), reason: body.reason }), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/payments/:id/mark_paid', operationId: 'markPaymentPaid', tag, summary: 'Note that a bank transfer has come in', params,
      body: Type.Union([MarkPaidIn, Type.Null()]),
    reply: PaymentOut, handle: async (ctx, { params: { id }, body, encoding }) => answer(await markPaid(ctx, id, { ...amountOf(body ?? {}), note: body?.note }), encoding),
  });
}

function addBillRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/bills', operationId: 'listBills', tag, summary: 'List bills, newest first', reply: List(BillOut),
    query: Strict({
      ...pageOf('bill'), driver: Type.Optional(Id('driver')),
      for: Type.Optional(Type.String({ minLength: 5, maxLength: 60, description: 'the id of a reservation or a session' })),
    }),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listBills(ctx, { ...page, driverId: query.driver, objectId: query.for }), (bill) => encodeBill(bill, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/bills/:id', operationId: 'getBill', tag, summary: 'Read a bill', params: Strict({ id: Id('bill') }), reply: BillOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeBill(await getBill(ctx, id), encoding),
  });
}

const amountOf = ({ amount }: { amount?: number }): { amountMinor?: bigint } => (amount === undefined ? {} : { amountMinor: BigInt(amount) });
