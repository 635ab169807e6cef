/** The two providers, as the contract test sees them: ours on a local server, and what a driver or a bank does there. */
import { razorpayProvider } from '../../src/integrations/razorpay/index.ts';
import { stripeProvider } from '../../src/integrations/stripe/index.ts';
import type { Payment, PaymentDraft, PaymentProvider } from '../../src/domain/payments/index.ts';
import { startRazorpayServer } from './razorpay-server.ts';
import type { Notice, Simulator } from './simulator.ts';
import { startStripeServer } from './stripe-server.ts';

type Draft = Pick<PaymentDraft, 'method' | 'currency'> & Partial<PaymentDraft>;

export interface Subject {
  server: Simulator;
  provider: PaymentProvider;
  currency: string;
  /** can be held */
  held: Draft;
  /** is taken at once */
  direct: Draft;
  /** the call that takes money that is held */
  captures: RegExp;
  notices(): Notice[];
  /** the driver agrees to pay */
  agree(payment: Pick<Payment, 'providerRef'>): void;
  /** a payment that is declined, and what the driver does for that */
  declined(): { draft: Draft; decline?(payment: Pick<Payment, 'providerRef'>): void };
  /** of what is asked to be given back next */
  refundsShall(way: 'succeed' | 'fail' | 'wait', payment: Pick<Payment, 'providerRef'>): void;
  settleRefunds(way: 'succeed' | 'fail'): void;
  refundByHand(payment: Pick<Payment, 'providerRef'>, amountMinor: bigint): void;
  /** what the provider itself has: taken and not given back, and still held */
  totals(): { takenMinor: bigint; heldMinor: bigint; payments: number };
}

export const openSubject: Record<string, () => Promise<Subject>> = {
  stripe: async () => {
    const server = await startStripeServer();
    const { state, secretKey, webhookSecret } = server;
    const sessionOf = ({ providerRef }: Pick<Payment, 'providerRef'>) => state.sessions.get(providerRef!)!;
    const cardOf = (payment: Pick<Payment, 'providerRef'>) => state.cards.get(state.intents.get(sessionOf(payment).payment_intent!)!.payment_method!)!;
    return {
      server, currency: 'EUR', provider: stripeProvider({ secretKey, webhookSecret, apiUrl: server.url, homeUrl: () => 'https://plugtime.example' }), captures: /POST .*\/capture$/,
      held: { method: 'payment_link', currency: 'EUR' }, direct: { method: 'payment_link', currency: 'EUR', isFinal: true },
      notices: () => server.notices(),
      agree: ({ providerRef }) => server.pay(providerRef!),
      declined: () => {
        const { id: instrument } = server.saveCard({ behaviour: 'declined', customer: 'cus_1' });
        return { draft: { method: 'saved_method', currency: 'EUR', details: { instrument } } };
      },
      refundsShall: (way, payment) => void (cardOf(payment).behaviour = way === 'succeed' ? 'ok' : way === 'fail' ? 'refund_fails' : 'refund_pends'),
      settleRefunds: (way) => server.settleRefunds(way === 'succeed' ? 'succeeded' : 'failed'),
      refundByHand: (payment, amountMinor) => void server.refundByHand(sessionOf(payment).payment_intent!, Number(amountMinor)),
      totals: () => ({
        takenMinor: sum([...state.charges.values()].map(({ amount_captured: amount }) => amount))
          - sum([...state.refunds.values()].filter(({ status }) => status === 'succeeded').map(({ amount }) => amount)),
        heldMinor: sum([...state.intents.values()].map(({ amount_capturable: amount }) => amount)), payments: state.intents.size,
      }),
    };
  },
  razorpay: async () => {
    const server = await startRazorpayServer();
    const { state, keyId, keySecret, webhookSecret, next } = server;
    const upi = { flow: 'collect', payerEmail: 'pay@plugtime.example', payerPhone: '+918000000000' } as const;
    const paidOf = ({ providerRef }: Pick<Payment, 'providerRef'>) => {
      const { receipt } = state.orders.get(providerRef!)!;
      return [...state.payments.values()].find(({ captured, order_id: id }) => captured && state.orders.get(id!)!.receipt?.startsWith(receipt!))!;
    };
    const upiAddress = { details: { upiAddress: 'driver@okbank' } };
    return {
      server, currency: 'INR', provider: razorpayProvider({ keyId, keySecret, webhookSecret, apiUrl: server.url, upi }), captures: /POST .*\/recurring$/,
      held: { method: 'upi_transfer', currency: 'INR', ...upiAddress }, direct: { method: 'upi_transfer', currency: 'INR', isFinal: true, ...upiAddress },
      notices: () => server.notices(),
      agree: ({ providerRef }) => server.pay(providerRef!),
      declined: () => ({ draft: { method: 'upi_transfer', currency: 'INR' }, decline: ({ providerRef }) => server.pay(providerRef!, 'declined') }),
      refundsShall: (way) => void (next.refund = way === 'succeed' ? 'processed' : way === 'fail' ? 'failed' : 'pending'),
      settleRefunds: (way) => server.settleRefunds(way === 'succeed' ? 'processed' : 'failed'),
      refundByHand: (payment, amountMinor) => server.refundByHand(paidOf(payment).id, Number(amountMinor)),
      totals: () => ({
        takenMinor: sum([...state.payments.values()].filter(({ captured }) => captured).map(({ amount }) => amount))
          - sum([...state.refunds.values()].filter(({ status }) => status === 'processed').map(({ amount }) => amount)),
        heldMinor: sum([...state.tokens.values()].filter(({ recurring_details: { status } }) => status === 'confirmed').map(({ hidden: { maxAmount } }) => maxAmount)),
        payments: [...state.payments.values()].filter(({ status }) => status === 'captured' || status === 'refunded').length,
      }),
    };
  },
};

const sum = (amounts: number[]): bigint => BigInt(amounts.reduce((total, amount) => total + amount, 0));
