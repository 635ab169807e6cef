/** What the worker makes of answers that no local server gives, from a provider of the test's own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureByHand, lookUpPayment, refundByHand, ProviderRefusal, type PaymentProvider, type ProviderPayment } from '../../src/domain/payments/index.ts';
import { findRefused } from '../../src/domain/payments/store-calls.ts';
import { sql } from '../../src/platform/database/index.ts';
import { openTestEmbedded } from '../support/databases.ts';
import { openPaymentBed, type PaymentBed } from './payment-bed.ts';

type RefundState = ProviderPayment['refunds'][number]['state'];

describe('the worker', () => {
  let bed: PaymentBed;
  let truth: ProviderPayment;
  let refundState: RefundState = 'failed';
  const never = (): never => {
    throw new Error('nobody asks for that');
  };
  const provider: PaymentProvider = {
    id: 'test', mode: 'sandbox', methods: ['payment_link'], canHold: ['payment_link'], readNotice: never, list: never, cancel: never,
    start: async ({ paymentId, amountMinor, currency, capture }) => {
      const isHeld = capture === 'manual';
      const capturedMinor = isHeld ? 0n : amountMinor;
      truth = { ref: paymentId, paymentId, state: isHeld ? 'authorized' : 'captured', currency, authorizedMinor: amountMinor, capturedMinor, refunds: [] };
      return truth;
    },
    refund: async ({ refundId, amountMinor }) => (truth = { ...truth, refunds: [...truth.refunds, { ref: `re_${refundId}`, refundId, amountMinor, state: refundState }] }),
    capture: async () => {
      throw new ProviderRefusal('expired', 'That card is no more.');
    },
    find: async () => truth,
  };
  beforeAll(async () => {
    bed = await openPaymentBed(openTestEmbedded, new Map([['test', provider]]));
  });
  afterAll(() => bed.close());

  it.each([['nothing new', {}], ['only other words', { label: 'Visa •••• 4242' }]])('PAY-22: lets who waits for a call go on when it is refused, with %s', async (_what, more) => {
    const { id } = await bed.begin({ method: 'payment_link', currency: 'EUR' });
    await bed.finish();
    await bed.db.database.query(sql`UPDATE payments SET told = true WHERE id = ${id}`);
    await bed.run((ctx) => captureByHand(ctx, id, {}));
    truth = { ...truth, ...more };
    await bed.finish();
    expect(await bed.read(id)).toMatchObject({ status: 'authorized', isBusy: false, told: false });
  });

  it('PAY-24: takes a refund that failed for one that the provider will not make', async () => {
    const { id } = await bed.begin({ method: 'payment_link', currency: 'EUR', isFinal: true });
    await bed.finish();
    await bed.run((ctx) => refundByHand(ctx, id, { amountMinor: 100n, reason: 'unused' }));
    await bed.finish();
    expect((await bed.read(id)).refunds).toMatchObject([{ status: 'failed' }]);
    expect(await findRefused(bed.db.database, [id])).toEqual([{ paymentId: id, action: 'refund' }]);
  });

  it('PAY-23: takes back what was given back when the bank sends it back', async () => {
    const { id } = await bed.begin({ method: 'payment_link', currency: 'SEK', isFinal: true });
    await bed.finish();
    refundState = 'succeeded';
    await bed.run((ctx) => refundByHand(ctx, id, { amountMinor: 100n, reason: 'unused' }));
    await bed.finish();
    expect(await bed.taken('SEK')).toEqual({ takenMinor: 54_900n, isBalanced: true });
    truth = { ...truth, refunds: truth.refunds.map((refund) => ({ ...refund, state: 'failed' })) };
    for (let i = 0; i < 2; i++) {
      await bed.run((ctx) => lookUpPayment(ctx, id));
      await bed.finish();
    }
    expect(await bed.read(id)).toMatchObject({ refundedMinor: 0n, refunds: [{ status: 'failed' }] });
    expect(await bed.taken('SEK')).toEqual({ takenMinor: 55_000n, isBalanced: true });
  });
});
