/** What only Stripe does, and how strict its stand-in is. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PaymentProvider, StartRequest } from '../../src/domain/payments/index.ts';
import { stripeProvider } from '../../src/integrations/stripe/index.ts';
import { startStripeServer, type StripeServer, type StripeServerOptions } from './stripe-server.ts';

describe('Stripe', () => {
  let server: StripeServer;
  let provider: PaymentProvider;
  let payments = 0;
  const open = async (options: StripeServerOptions = {}): Promise<void> => {
    server = await startStripeServer(options);
    const { secretKey, webhookSecret, url } = server;
    provider = stripeProvider({ secretKey, webhookSecret, apiUrl: url, homeUrl: () => 'https://plugtime.example' });
  };
  beforeEach(() => open());
  afterEach(() => server.close());

  const request = (more: Partial<StartRequest> = {}): StartRequest => {
    payments += 1;
    return {
      paymentId: `pay_${payments}`, idempotencyKey: `pay_${payments}_key`, method: 'payment_link', amountMinor: 2_000n, currency: 'EUR', capture: 'manual',
      description: 'PT23456789', saves: false, ...more,
    };
  };
  const change = ({ paymentId }: StartRequest, ref: string, amountMinor: bigint) => ({ ref, paymentId, idempotencyKey: `key_${payments++}`, amountMinor, currency: 'EUR' });
  const find = (paymentId: string, ref: string | null = null) => provider.find({ paymentId, ref, createdAt: Date.now() });

  it('saves a card on its page, and takes the next payment from it without the driver', async () => {
    const first = request({ saves: true, customerId: 'drv_1' });
    const { ref, url } = await provider.start(first);
    expect(url).toMatch(/\/pay\/cs_test_/);
    server.pay(ref);
    const found = await find(first.paymentId, ref);
    const label = 'Visa •••• 4242';
    expect(found).toMatchObject({ state: 'authorized', authorizedMinor: 2_000n, label, instrument: { ref: expect.stringMatching(/^pm_/), label } });
    expect(found!.capturableUntil! - Date.now()).toBeGreaterThan(6 * 86_400_000);
    const second = await provider.start(request({ method: 'saved_method', instrument: found!.instrument!.ref, currency: 'EUR' }));
    expect(second).toMatchObject({ state: 'authorized', ref: expect.stringMatching(/^pi_/), label });
    expect(second).not.toHaveProperty('instrument');
  });

  it('raises what is held, captures a part and releases the rest', async () => {
    const asked = request({ method: 'saved_method', instrument: server.saveCard({ brand: 'amex', last4: '0005', customer: 'cus_1' }).id });
    const { ref, label } = await provider.start(asked);
    expect(label).toBe('American Express •••• 0005');
    expect(await provider.increase!(change(asked, ref, 3_000n))).toMatchObject({ state: 'authorized', authorizedMinor: 3_000n });
    expect(await provider.capture(change(asked, ref, 2_500n))).toMatchObject({ state: 'captured', capturedMinor: 2_500n, authorizedMinor: 3_000n });
    expect(server.state.intents.get(ref)).toMatchObject({ amount_capturable: 0, amount_received: 2_500 });
    await expect(provider.capture(change(asked, ref, 100n))).rejects.toMatchObject({ name: 'ProviderRefusal', code: 'payment_intent_unexpected_state' });
  });

  it('keeps what is held when raising it is refused, and says why it was declined', async () => {
    const asked = request({ method: 'saved_method', instrument: server.saveCard({ behaviour: 'no_increments', customer: 'cus_1' }).id });
    const { ref } = await provider.start(asked);
    await expect(provider.increase!(change(asked, ref, 3_000n))).rejects.toMatchObject({ name: 'ProviderRefusal', code: 'insufficient_funds' });
    expect(await find(asked.paymentId, ref)).toMatchObject({ state: 'authorized', authorizedMinor: 2_000n });
    const declined = request({ method: 'saved_method', instrument: server.saveCard({ behaviour: 'declined', customer: 'cus_1' }).id });
    await expect(provider.start(declined)).rejects.toMatchObject({ name: 'ProviderRefusal', code: 'insufficient_funds', message: 'Your card has insufficient funds.' });
    expect(await find(declined.paymentId)).toMatchObject({ state: 'failed', failure: { code: 'insufficient_funds' } });
  });

  it('lets a driver try another card on the page, and closes it when the payment is withdrawn', async () => {
    const asked = request();
    const { ref } = await provider.start(asked);
    server.pay(ref, 'declined');
    expect(await find(asked.paymentId, ref)).toMatchObject({ state: 'pending' });
    expect(await provider.cancel(change(asked, ref, 0n))).toMatchObject({ state: 'cancelled' });
    expect(await find(asked.paymentId, ref)).toMatchObject({ state: 'cancelled' });
    await expect(provider.capture(change(asked, ref, 1n))).rejects.toMatchObject({ name: 'ProviderRefusal', code: 'not_paid_yet' });
  });

  it('finds what was lost without a search too', async () => {
    await server.close();
    await open({ hasNoSearch: true });
    for (let i = 0; i < 3; i++) await provider.start(request({ method: 'saved_method', instrument: server.saveCard({ customer: 'cus_1' }).id }));
    expect(await find(`pay_${payments - 1}`)).toMatchObject({ paymentId: `pay_${payments - 1}`, state: 'authorized' });
    expect(await find('pay_of_nobody')).toBeUndefined();
  });

  it('begins again as the same payment, and under another key only when the first has kept a failure of Stripe', async () => {
    const asked = request();
    expect(await provider.start(asked)).toMatchObject({ ref: (await provider.start(asked)).ref });
    expect(server.state.sessions.size).toBe(1);
    const saved = request({ method: 'saved_method', instrument: server.saveCard({ customer: 'cus_1' }).id });
    server.faults.push({ kind: 'half_broken' });
    await expect(provider.start(saved)).rejects.toThrow('Stripe answered 500: An unknown error occurred.');
    expect(await provider.start(saved)).toMatchObject({ state: 'authorized' });
    server.faults.push({ kind: 'broken' });
    const other = request({ method: 'saved_method', instrument: server.saveCard({ customer: 'cus_1' }).id });
    await expect(provider.start(other)).rejects.toThrow('Stripe answered 500');
    expect(await provider.start(other)).toMatchObject({ state: 'authorized' });
    expect(server.state.intents.size).toBe(2);
  });

  it('begins again though the server has got another address meanwhile', async () => {
    const { secretKey, webhookSecret, url } = server;
    const moved = stripeProvider({ secretKey, webhookSecret, apiUrl: url, homeUrl: () => 'https://moved.example' });
    const hosted = request();
    server.faults.push({ kind: 'lost', times: 2 });
    await expect(provider.start(hosted)).rejects.toThrow();
    const { ref } = await moved.start(hosted);
    expect(await moved.start(hosted)).toMatchObject({ ref, state: 'pending' });
    server.pay(ref);
    expect(await find(hosted.paymentId)).toMatchObject({ state: 'authorized' });
  });

  it('takes a notice for five minutes', async () => {
    const asked = request();
    const { ref } = await provider.start(asked);
    server.pay(ref);
    const names = server.notices(290).map(({ headers, body }) => provider.readNotice(headers, body));
    expect(names.map(({ paymentId }) => paymentId)).toEqual([asked.paymentId, asked.paymentId]);
    expect(names[1]).toEqual({ paymentId: asked.paymentId, ref });
    for (const { headers, body } of server.notices(310)) expect(() => provider.readNotice(headers, body)).toThrow(expect.objectContaining({ name: 'NoticeRefused' }));
    expect(() => provider.readNotice({}, '{}')).toThrow(expect.objectContaining({ name: 'NoticeRefused' }));
  });

  it('goes through all pages of a list', async () => {
    const card = server.saveCard({ customer: 'cus_1' }).id;
    for (let i = 0; i < 103; i++) await provider.start(request({ method: 'saved_method', instrument: card }));
    const listed = await Array.fromAsync(provider.list({ from: Date.now() - 60_000, to: Date.now() + 60_000 }));
    expect(new Set(listed.map(({ paymentId }) => paymentId)).size).toBe(103);
  });

  it('is told apart from a wrong key, which is no answer about the payment', async () => {
    const wrong = stripeProvider({ secretKey: 'sk_test_wrongwrongwrong', webhookSecret: server.webhookSecret, apiUrl: server.url, homeUrl: () => 'https://x.example' });
    await expect(wrong.start(request())).rejects.toThrow(/^Stripe answered 401: Invalid API Key provided: sk_test_\*\*\*\*rong$/);
  });

  const post = async (path: string, body: string, headers: Record<string, string> = { authorization: `Bearer ${server.secretKey}` }) => {
    const response = await fetch(`${server.url}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
    return { status: response.status, ...(await response.json() as { error?: { type: string; code?: string; message: string } }) };
  };

  it('is simulated strictly', async () => {
    const unknown = { code: 'parameter_unknown', message: 'Received unknown parameter: speed' };
    expect(await post('/v1/refunds', 'payment_intent=pi_1&amount=1&speed=fast')).toMatchObject({ status: 400, error: unknown });
    expect(await post('/v1/refunds', 'payment_intent=pi_1&amount=1', {})).toMatchObject({ status: 401, error: { type: 'invalid_request_error' } });
    const missing = { code: 'resource_missing', message: "No such payment_intent: 'pi_1'" };
    expect(await post('/v1/refunds', 'payment_intent=pi_1&amount=1')).toMatchObject({ status: 404, error: missing });
    expect(await post('/v1/refunds', 'payment_intent=pi_1&amount=1.5')).toMatchObject({ status: 404 });
    expect(await post('/v1/nothing', '')).toMatchObject({ status: 404 });
    const key = { authorization: `Bearer ${server.secretKey}`, 'idempotency-key': 'one' };
    expect(await post('/v1/customers', 'metadata[a]=1', key)).toMatchObject({ status: 200 });
    expect(await post('/v1/customers', 'metadata[a]=2', key)).toMatchObject({ status: 400, error: { type: 'idempotency_error' } });
  });
});
