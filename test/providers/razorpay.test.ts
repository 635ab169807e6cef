/** What only Razorpay does, and how strict its stand-in is. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PaymentProvider, StartRequest } from '../../src/domain/payments/index.ts';
import { razorpayProvider } from '../../src/integrations/razorpay/index.ts';
import { startRazorpayServer, type RazorpayServer } from './razorpay-server.ts';

describe('Razorpay', () => {
  let server: RazorpayServer;
  let provider: PaymentProvider;
  let payments = 0;
  const openProvider = (flow: 'intent' | 'collect') => razorpayProvider({
    keyId: server.keyId, keySecret: server.keySecret, webhookSecret: server.webhookSecret, apiUrl: server.url,
    upi: { flow, payerEmail: 'pay@plugtime.example', payerPhone: '+918000000000' },
  });
  beforeEach(async () => {
    server = await startRazorpayServer();
    provider = openProvider('intent');
  });
  afterEach(() => server.close());

  const request = (more: Partial<StartRequest> = {}): StartRequest => {
    payments += 1;
    return {
      paymentId: `pay_${payments}`, idempotencyKey: `pay_${payments}`, method: 'upi_transfer', amountMinor: 2_000n, currency: 'INR', capture: 'manual', description: 'PT23456789',
      saves: false, ...more,
    };
  };
  const change = ({ paymentId }: StartRequest, ref: string, amountMinor: bigint) => ({ ref, paymentId, idempotencyKey: `key_${payments++}_0123`, amountMinor, currency: 'INR' });
  const find = (paymentId: string, ref: string | null = null) => provider.find({ paymentId, ref, createdAt: Date.now() });

  it("opens the driver's UPI app for a mandate, and debits as much of it as is owed", async () => {
    const asked = request({ upiAddress: 'driver@okbank' });
    const { ref, url, state } = await provider.start(asked);
    expect({ url, state }).toEqual({ url: expect.stringMatching(/^upi:\/\/mandate/), state: 'pending' });
    server.pay(ref);
    const held = { state: 'authorized', authorizedMinor: 2_000n, capturedMinor: 0n, label: 'UPI driver@okbank', capturableUntil: expect.any(Number) };
    expect(await find(asked.paymentId, ref)).toMatchObject(held);
    expect(await provider.capture(change(asked, ref, 1_500n))).toMatchObject({ ref, state: 'captured', authorizedMinor: 2_000n, capturedMinor: 1_500n });
    const refund = { ...change(asked, ref, 500n), refundId: 'rfd_1', reason: 'unused' };
    expect(await provider.refund(refund)).toMatchObject({ refunds: [{ refundId: 'rfd_1', amountMinor: 500n, state: 'succeeded' }] });
    await provider.refund(refund);
    expect(server.state.refunds.size).toBe(1);
    expect([...server.state.refunds.values()][0]).toMatchObject({ receipt: 'rfd_1' });
  });

  it('asks at the UPI address where that is still allowed', async () => {
    provider = openProvider('collect');
    const started = await provider.start(request({ upiAddress: 'driver@okbank' }));
    expect(started).not.toHaveProperty('url');
    expect([...server.state.payments.values()][0]).toMatchObject({ vpa: 'driver@okbank' });
    await expect(provider.start(request({ upiAddress: 'nonsense' }))).rejects.toMatchObject({ name: 'ProviderRefusal', code: 'invalid_vpa' });
    expect((await provider.start(request())).url).toMatch(/^upi:/);
  });

  it('asks the driver again when the link to their app was lost, for the same order', async () => {
    const asked = request();
    server.faults.push({ kind: 'lost', on: /create\/upi/ });
    await expect(provider.start(asked)).rejects.toThrow();
    expect(await find(asked.paymentId)).toBeUndefined();
    const { ref, url } = await provider.start(asked);
    expect(url).toMatch(/^upi:/);
    expect(server.state.orders.size).toBe(1);
    server.pay(ref);
    expect(await find(asked.paymentId)).toMatchObject({ ref, state: 'authorized' });
  });

  it('waits for a debit that is under way, and makes no second one', async () => {
    const asked = request();
    const { ref } = await provider.start(asked);
    server.pay(ref);
    server.next.debit = 'created';
    const capture = change(asked, ref, 900n);
    for (let i = 0; i < 2; i++) await expect(provider.capture(capture)).rejects.toThrow(/is under way$/);
    await expect(provider.cancel(capture)).rejects.toMatchObject({ name: 'ProviderRefusal' });
    expect(await find(asked.paymentId, ref)).toMatchObject({ state: 'authorized', capturedMinor: 0n });
    server.settleDebits();
    expect(await provider.capture(capture)).toMatchObject({ state: 'captured', capturedMinor: 900n });
    expect(server.calls.filter((call) => call.endsWith('/recurring'))).toHaveLength(1);
  });

  it('says why a debit failed, after which nothing is held any more', async () => {
    const asked = request();
    const { ref } = await provider.start(asked);
    server.pay(ref);
    server.next.debit = 'failed';
    await expect(provider.capture(change(asked, ref, 900n))).rejects.toMatchObject({ name: 'ProviderRefusal', code: 'insufficient_funds' });
    expect(await find(asked.paymentId, ref)).toMatchObject({ state: 'cancelled', failure: { code: 'insufficient_funds' } });
    await expect(provider.capture(change(asked, ref, 800n))).rejects.toMatchObject({ name: 'ProviderRefusal' });
    expect(server.calls.filter((call) => call.endsWith('/recurring'))).toHaveLength(1);
  });

  it('hears when a driver takes a mandate back, or does not agree to one', async () => {
    const [first, second] = [request(), request()];
    const { ref } = await provider.start(first);
    server.pay(ref);
    server.revoke(ref);
    expect(await find(first.paymentId, ref)).toMatchObject({ state: 'cancelled' });
    const { ref: other } = await provider.start(second);
    server.pay(other, 'declined');
    expect(await find(second.paymentId, other)).toMatchObject({ state: 'failed', failure: { code: 'payment_declined' } });
  });

  it('has a page, which it does not make twice, and captures what comes late', async () => {
    const asked = request({ method: 'payment_link', capture: 'automatic', returnUrl: 'https://app.example/back', expiresAt: Date.now() + 60_000 });
    const { ref, url } = await provider.start(asked);
    expect(url).toContain(ref);
    expect(await provider.start(asked)).toMatchObject({ ref, url, state: 'pending' });
    server.pay(ref, 'declined');
    expect(await find(asked.paymentId)).toMatchObject({ ref, state: 'pending' });
    server.pay(ref, 'late');
    expect(await find(asked.paymentId, ref)).toMatchObject({ state: 'captured', capturedMinor: 2_000n });
    const paid = [...server.state.payments.values()].find(({ captured }) => captured)!;
    expect(paid.notes).toEqual({ plugtime_payment: asked.paymentId });
    server.refundByHand(paid.id, 300);
    const last = server.notices().at(-1)!;
    expect(provider.readNotice(last.headers, last.body)).toMatchObject({ paymentId: asked.paymentId });
    expect(await find(asked.paymentId, ref)).toMatchObject({ refunds: [{ refundId: null, amountMinor: 300n, state: 'succeeded' }] });
    await expect(provider.cancel(change(asked, ref, 0n))).rejects.toMatchObject({ name: 'ProviderRefusal' });
    await expect(provider.capture(change(asked, ref, 1n))).rejects.toMatchObject({ name: 'ProviderRefusal', code: 'nothing_held' });
  });

  it('lists what was paid on a page before we have heard of it', async () => {
    const asked = request({ method: 'payment_link', capture: 'automatic' });
    const { ref } = await provider.start(asked);
    server.pay(ref);
    const listed = await Array.fromAsync(provider.list({ from: Date.now() - 60_000, to: Date.now() + 60_000 }));
    expect(listed).toMatchObject([{ paymentId: asked.paymentId, state: 'captured', capturedMinor: 2_000n }]);
  });

  it('collects rupees only, and is told apart from a wrong key', async () => {
    await expect(provider.start(request({ currency: 'EUR' }))).rejects.toMatchObject({ name: 'ProviderRefusal', code: 'currency_not_supported' });
    await expect(provider.start(request({ amountMinor: 99n }))).rejects.toMatchObject({ name: 'ProviderRefusal', message: 'Order amount less than minimum amount allowed' });
    const wrong = razorpayProvider({ keyId: server.keyId, keySecret: 'wrong', webhookSecret: 'x', apiUrl: server.url });
    await expect(wrong.start(request({ method: 'payment_link' }))).rejects.toThrow(/^Razorpay answered 401: Authentication failed$/);
  });

  it('is simulated strictly', async () => {
    const authorization = `Basic ${Buffer.from(`${server.keyId}:${server.keySecret}`).toString('base64')}`;
    const send = async (method: string, path: string, body?: object, headers: Record<string, string> = { authorization }) => {
      const response = await fetch(`${server.url}${path}`, { method, headers, body: body && JSON.stringify(body) });
      return { status: response.status, ...(await response.json() as { error?: { code: string; description: string } }) };
    };
    expect(await send('POST', '/v1/orders', { amount: 100, currency: 'INR', colour: 'red' })).toMatchObject({
      status: 400, error: { code: 'BAD_REQUEST_ERROR', description: 'colour is/are not required and should not be sent' },
    });
    expect(await send('GET', '/v1/orders', undefined, {})).toMatchObject({ status: 401 });
    expect(await send('GET', '/v1/orders/order_none')).toMatchObject({ status: 400, error: { description: 'The id provided does not exist' } });
    expect(await send('DELETE', '/v1/orders/order_none')).toMatchObject({ status: 404 });
  });
});
