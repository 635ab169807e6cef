/** `plugtime payments reconcile`, on books that agree and on such as were made not to. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/commands/registry.ts';
import { captureByHand, refundByHand } from '../../src/domain/payments/index.ts';
import { readConfig, type Config } from '../../src/platform/config/index.ts';
import { testDatabases } from '../support/databases.ts';
import { openPaymentBed, providersOf, type PaymentBed } from './payment-bed.ts';
import { startRazorpayServer, type RazorpayServer } from './razorpay-server.ts';
import { startStripeServer, type StripeServer } from './stripe-server.ts';
import type { Session } from './stripe-objects.ts';

describe.each(testDatabases())('the reconciliation ($kind)', ({ open }) => {
  let [stripe, razorpay]: [StripeServer, RazorpayServer] = [undefined!, undefined!];
  let bed: PaymentBed;
  let config: Config;
  beforeAll(async () => {
    [stripe, razorpay] = [await startStripeServer(), await startRazorpayServer()];
    config = readConfig({
      STRIPE_SECRET_KEY: stripe.secretKey, STRIPE_WEBHOOK_SECRET: stripe.webhookSecret, STRIPE_API_URL: stripe.url, RAZORPAY_KEY_ID: razorpay.keyId,
      RAZORPAY_KEY_SECRET: razorpay.keySecret, RAZORPAY_WEBHOOK_SECRET: razorpay.webhookSecret, RAZORPAY_API_URL: razorpay.url,
      RAZORPAY_UPI_FLOW: 'intent', RAZORPAY_PAYER_EMAIL: 'pay@plugtime.example', RAZORPAY_PAYER_PHONE: '+918000000000',
    });
    bed = await openPaymentBed(open, providersOf(config));
  });
  afterAll(async () => {
    await bed.close();
    await Promise.all([stripe.close(), razorpay.close()]);
  });

  async function reconcile(more: object = {}): Promise<{ code: number; lines: string[][]; notes: string[] }> {
    const [lines, notes]: [string[][], string[]] = [[], []];
    const io = { out: (line: string) => void lines.push(line.split('\t')), note: (line: string) => void notes.push(line), progress: () => undefined };
    return { code: await runCommand('payments', bed.runtime, { do: 'reconcile', to: new Date(Date.now() + 3_600_000).toISOString(), ...more }, io, config), lines, notes };
  }
  const differences = async (): Promise<string[][]> => {
    const { code, lines } = await reconcile();
    const found = lines.filter(([, , kind]) => kind !== 'sum');
    expect(code).toBe(found.length === 0 ? 0 : 1);
    return found;
  };
  const paid = async (isFinal: boolean): Promise<{ id: string; session: Session }> => {
    const { id } = await bed.begin({ method: 'payment_link', currency: 'EUR', provider: 'stripe', isFinal });
    await bed.finish();
    const session = stripe.state.sessions.get((await bed.read(id)).providerRef!)!;
    stripe.pay(session.id);
    await bed.notify('stripe', ...stripe.notices().slice(-1));
    await bed.finish();
    return { id, session };
  };
  const refund = async (id: string, amountMinor: bigint): Promise<void> => {
    await bed.run((ctx) => refundByHand(ctx, id, { amountMinor, reason: 'by_hand' }));
    await bed.finish();
  };

  it('PAY-36: finds that all agrees, and sums it', async () => {
    const { id } = await paid(false);
    await bed.run((ctx) => captureByHand(ctx, id, { amountMinor: 50_000n }));
    await bed.finish();
    await refund(id, 1_000n);
    await paid(false);
    await bed.begin({ method: 'payment_link', currency: 'EUR', provider: 'stripe' });
    for (const [method, currency] of [['payment_link', 'INR'], ['upi_transfer', 'INR']] as const) {
      const { id: other } = await bed.begin({ method, currency, provider: 'razorpay' });
      await bed.finish();
      razorpay.pay((await bed.read(other)).providerRef!);
    }
    await bed.notify('razorpay', ...razorpay.notices());
    await bed.finish();
    const { code, lines, notes } = await reconcile();
    expect([code, notes.at(-1)]).toEqual([0, 'Nothing differs.']);
    expect(lines).toEqual([
      ['stripe', 'EUR', 'sum', 'here', '3', 'held 55000', 'captured 50000', 'refunded 1000'],
      ['stripe', 'EUR', 'sum', 'there', '3', 'held 55000', 'captured 50000', 'refunded 1000'],
      ['razorpay', 'INR', 'sum', 'here', '2', 'held 55000', 'captured 55000', 'refunded 0'],
      ['razorpay', 'INR', 'sum', 'there', '2', 'held 55000', 'captured 55000', 'refunded 0'],
    ]);
    expect((await reconcile({ provider: 'razorpay' })).lines).toHaveLength(2);
    expect((await reconcile({ from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' })).lines).toEqual([]);
  });

  it('PAY-36: finds payments and refunds that one side lacks', async () => {
    const foreign = await bed.providers.get('stripe')!.start({
      paymentId: 'pay_of_another', idempotencyKey: 'another', method: 'payment_link', amountMinor: 1_234n, currency: 'EUR', capture: 'automatic', description: 'x', saves: false,
    });
    stripe.pay(foreign.ref);
    const foreignIntent = stripe.state.sessions.get(foreign.ref)!.payment_intent!;
    expect(await differences()).toEqual([['stripe', 'EUR', 'MISSING_HERE', 'pay_of_another', foreignIntent, '', 'captured 1234']]);
    const counts = (await reconcile({ provider: 'stripe' })).lines.filter(([, , kind]) => kind === 'sum').map(([, , , , count]) => Number(count));
    expect(counts[1]! - counts[0]!).toBe(1);
    stripe.state.intents.delete(foreignIntent);
    const { id, session } = await paid(true);
    const { refunds } = stripe.state;
    await refund(id, 700n);
    const [refunded] = (await bed.read(id)).refunds;
    const made = refunds.get(refunded!.providerRef!)!;
    refunds.delete(made.id);
    const byHand = stripe.refundByHand(session.payment_intent!, 300);
    expect(await differences()).toEqual([
      ['stripe', 'EUR', 'MISSING_THERE', refunded!.id, made.id, 'refund succeeded 700', ''], ['stripe', 'EUR', 'MISSING_HERE', id, byHand.id, '', 'refund succeeded 300'],
    ]);
    refunds.set(made.id, { ...made, amount: 600 });
    refunds.set(byHand.id, { ...byHand, status: 'failed' });
    expect(await differences()).toEqual([['stripe', 'EUR', 'AMOUNT_DIFFERS', refunded!.id, made.id, 'refund succeeded 700', 'refund succeeded 600']]);
    refunds.set(made.id, { ...made, status: 'pending' });
    expect(await differences()).toEqual([['stripe', 'EUR', 'STATE_DIFFERS', refunded!.id, made.id, 'refund succeeded 700', 'refund pending 700']]);
    refunds.set(made.id, made);
    stripe.state.sessions.delete(session.id);
    const intent = stripe.state.intents.get(session.payment_intent!)!;
    stripe.state.intents.delete(intent.id);
    expect(await differences()).toEqual([['stripe', 'EUR', 'MISSING_THERE', id, session.id, 'captured 55000', '']]);
    stripe.state.sessions.set(session.id, session);
    stripe.state.intents.set(intent.id, intent);
    expect(await differences()).toEqual([]);
  });

  it('PAY-36: finds other amounts and other states', async () => {
    const { id, session } = await paid(true);
    const intent = stripe.state.intents.get(session.payment_intent!)!;
    intent.amount_received = 54_999;
    expect(await differences()).toEqual([['stripe', 'EUR', 'AMOUNT_DIFFERS', id, session.id, 'captured 55000 EUR', 'captured 54999 EUR']]);
    Object.assign(intent, { amount_received: 0, status: 'canceled' });
    expect(await differences()).toEqual([['stripe', 'EUR', 'STATE_DIFFERS', id, session.id, 'captured 55000', 'nothing']]);
    Object.assign(intent, { amount_received: 55_000, status: 'succeeded' });
    const { id: held, session: other } = await paid(false);
    stripe.letGo(other.payment_intent!);
    expect(await differences()).toEqual([['stripe', 'EUR', 'STATE_DIFFERS', held, other.id, 'held 55000', 'nothing']]);
    await bed.notify('stripe', ...stripe.notices().slice(-1));
    await bed.finish();
    expect(await differences()).toEqual([]);
  });

  it('PAY-36: finds a ledger that says something else', async () => {
    const { id, session } = await paid(true);
    const change = (sign: '+' | '-') => bed.db.database.script(`
      ALTER TABLE ledger_legs DISABLE TRIGGER USER;
      UPDATE ledger_legs SET amount = amount ${sign} 1 WHERE transfer_id IN (SELECT id FROM ledger_transfers WHERE object_id = '${id}');
      ALTER TABLE ledger_legs ENABLE TRIGGER USER`);
    await change('+');
    expect(await differences()).toEqual([['stripe', 'EUR', 'LEDGER_DIFFERS', id, session.id, 'ledger taken 55001, held 0', 'payment taken 55000, held 0']]);
    await change('-');
    expect(await differences()).toEqual([]);
  });

  it('says when it is asked for what there is not', async () => {
    expect(await reconcile({ provider: 'paypal' })).toMatchObject({ code: 2, lines: [], notes: [expect.stringContaining('"paypal"')] });
    expect(await reconcile({ from: 'yesterday' })).toMatchObject({ code: 2, lines: [] });
    expect(await reconcile({ from: '2030-01-01T00:00:00Z' })).toMatchObject({ code: 2, lines: [] });
  });
});
