/** Saved payment methods, top-ups and wallets that are topped up by themselves, over HTTP and on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../support/databases.ts';
import { FEE, payingIn, tariffOf } from '../support/paying.ts';
import { HOUR, MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe.each(testDatabases())('top-ups and saved methods ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());
  const { call, until, onPage, paymentOnce, topUpOnce, priced, credit, walletOf, savedBy, balanced } = payingIn(() => w);
  const eventTypes = async (id: string) => (await w.eventsOf(id)).map(({ type }) => type);

  it('PAY-42 PAY-43: ₹20 paid are ₹22 in the wallet, once, in the transaction that tells of the wallet, though the notice comes twice', async () => {
    const { id: driver } = await w.driver();
    const made = await call('post', '/v1/top_ups', { driver, currency: 'inr', amount: 2_000, wallet_amount: 2_200, method: 'payment_link', metadata: { campaign: 'spring' } });
    expect(made).toMatchObject({
      object: 'top_up', type: 'manual', status: 'pending', amount: 2_000, wallet_amount: 2_200, credited: 0, url: expect.stringContaining('/sandbox/payments/'),
      payment: { status: 'pending', for: { object: 'top_up', id: made.id } }, metadata: { campaign: 'spring' },
    });
    expect(await walletOf(driver)).toEqual({ balance: 0, held: 0 });
    await onPage(made.url, 'twice');
    expect(await topUpOnce(made.id, 'completed')).toMatchObject({ credited: 2_200, url: null, payment: { status: 'succeeded', captured_amount: 2_000 } });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await walletOf(driver)).toEqual({ balance: 2_200, held: 0 });
    expect(await eventTypes(made.id)).toEqual(['top_up.created', 'top_up.completed']);
    const { id: wallet } = await call('get', `/v1/drivers/${driver}/wallets/inr`);
    const [ofWallet, ofTopUp] = [(await w.eventsOf(wallet)).at(-1)!, (await w.eventsOf(made.id)).at(-1)!];
    expect({ type: ofWallet.type, created: ofWallet.created }).toEqual({ type: 'wallet.updated', created: ofTopUp.created });
    expect((await call('get', `/v1/top_ups?driver=${driver}`)).data).toMatchObject([{ id: made.id, payment: { id: made.payment.id } }]);
    await balanced();
  });

  it('PAY-43: one that is declined fails; one that is paid by a transfer of less credits that, without the bonus', async () => {
    const { id: driver } = await w.driver();
    const declined = await call('post', '/v1/top_ups', { driver, currency: 'inr', amount: 2_000, method: 'payment_link' });
    await onPage(declined.url, 'decline');
    expect(await topUpOnce(declined.id, 'failed')).toMatchObject({ credited: 0, payment: { failure: { code: 'declined' } } });
    expect(await eventTypes(declined.id)).toEqual(['top_up.created', 'top_up.failed']);
    const transfer = await call('post', '/v1/top_ups', { driver, currency: 'inr', amount: 2_000, wallet_amount: 2_500, method: 'bank_transfer' });
    expect(transfer).toMatchObject({ url: null, payment: { reference: expect.stringMatching(/^PT/) } });
    await call('post', `/v1/payments/${transfer.payment.id}/mark_paid`, { amount: 1_500 });
    expect(await call('get', `/v1/top_ups/${transfer.id}`)).toMatchObject({ status: 'completed', credited: 1_500 });
    expect(await walletOf(driver)).toEqual({ balance: 1_500, held: 0 });
  });

  it('PAY-43: money that arrives after a top-up has expired completes it', async () => {
    const { id: driver } = await w.driver();
    const { id, url, payment } = await call('post', '/v1/top_ups', { driver, currency: 'inr', amount: 2_000, method: 'payment_link' });
    await w.advance(25 * HOUR);
    await paymentOnce(payment.id, 'expired');
    expect((await call('get', `/v1/top_ups/${id}`)).status).toBe('failed');
    await onPage(url, 'late_money');
    expect(await topUpOnce(id, 'completed')).toMatchObject({ credited: 2_000 });
  });

  it('PAY-44: drivers top up their own wallet, and give themselves no bonus', async () => {
    const { id, api } = await w.driver();
    const other = await w.driver();
    const body = { driver: id, currency: 'inr', amount: 2_000, method: 'payment_link' };
    expect(must(await api.post('/v1/top_ups', body)).status).toBe('pending');
    expect(outcome(await api.post('/v1/top_ups', { ...body, wallet_amount: 2_001 }))).toBe('forbidden');
    expect(outcome(await other.api.post('/v1/top_ups', body))).toBe('not_found');
    expect(outcome(await w.otherProvider.api.post('/v1/top_ups', body))).toBe('not_found');
    expect(must(await other.api.get('/v1/top_ups')).data).toEqual([]);
    const refused = async (change: object) => outcome(await w.provider.api.post('/v1/top_ups', { ...body, ...change }));
    expect(await refused({ wallet_amount: 1_999 })).toBe('invalid_request');
    expect(await refused({ amount: 0 })).toBe('invalid_request');
    expect(await refused({ currency: 'xyz' })).toBe('invalid_request');
    expect(await refused({ method: 'wallet' })).toBe('invalid_request');
    expect(await refused({ method: 'saved_method' })).toBe('payment_method_not_offered');
    expect(await refused({ method: 'payment_link', provider: 'nobody' })).toBe('payment_method_not_offered');
    expect(await refused({ method: 'bank_transfer', save_payment_method: true })).toBe('invalid_request');
  });

  it('PAY-40: saves a method once, however often the provider tells it, and tells nobody what the provider calls it', async () => {
    const { id: driver, api } = await w.driver();
    const first = await savedBy(driver);
    const { data } = must(await api.get(`/v1/drivers/${driver}/payment_methods`));
    expect(data).toEqual([expect.objectContaining({ id: first, object: 'payment_method', driver, provider: 'sandbox', label: 'Sandbox card •••• 4242', is_default: true })]);
    const { payment } = (await call('get', `/v1/top_ups?driver=${driver}`)).data[0];
    await call('post', `/v1/payments/${payment.id}/look_up`, {});
    expect((await call('get', `/v1/drivers/${driver}/payment_methods`)).data).toHaveLength(1);
    expect(await eventTypes(first)).toEqual(['payment_method.saved']);
    expect(JSON.stringify([data, await w.eventsOf(first), await w.eventsOf(payment.id)])).not.toContain('sandbox_sbx_');
    const second = await savedBy(driver);
    expect((await call('patch', `/v1/drivers/${driver}/payment_methods/${second}`, { is_default: true })).is_default).toBe(true);
    expect((await call('get', `/v1/drivers/${driver}/payment_methods`)).data.map(({ id }: { id: string }) => id)).toEqual([second, first]);
    await call('delete', `/v1/drivers/${driver}/payment_methods/${second}`);
    expect((await call('get', `/v1/drivers/${driver}/payment_methods`)).data).toMatchObject([{ id: first, is_default: true }]);
    expect(await eventTypes(second)).toEqual(['payment_method.saved', 'payment_method.updated', 'payment_method.removed']);
  });

  it('PAY-41: pays by the default one or by one that is named, never by one of another driver or one that was removed, however late its notice', async () => {
    const [{ id: driver }, { id: other }] = [await w.driver(), await w.driver()];
    const method = await savedBy(driver);
    const pay = (more: object) => w.provider.api.post('/v1/top_ups', { driver, currency: 'inr', amount: 500, method: 'saved_method', ...more });
    expect(must(await pay({}))).toMatchObject({ status: 'completed', credited: 500, payment: { payment_method: method, label: 'Sandbox card •••• 4242' } });
    expect(must(await pay({ payment_method: method }))).toMatchObject({ status: 'completed' });
    expect(outcome(await pay({ driver: other, payment_method: method }))).toBe('not_found');
    expect(outcome(await pay({ method: 'payment_link', payment_method: method }))).toBe('invalid_request');
    await call('delete', `/v1/drivers/${driver}/payment_methods/${method}`);
    const { payment } = (await call('get', `/v1/top_ups?driver=${driver}&limit=100`)).data.at(-1);
    await call('post', `/v1/payments/${payment.id}/look_up`, {});
    expect((await call('get', `/v1/drivers/${driver}/payment_methods`)).data).toEqual([]);
    expect(outcome(await pay({ payment_method: method }))).toBe('not_found');
    expect(await walletOf(driver)).toEqual({ balance: 2_000, held: 0 });
  });

  it('RSV-M9: a saved method confirms a reservation, when it is made and when it is confirmed', async () => {
    const place = await priced(tariffOf('20'), { fee: { ...FEE, fixed: 5_000 } });
    const { id: driver } = await w.driver();
    const method = await savedBy(driver);
    expect(await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver, confirm: true, payment_method: method }))).toMatchObject({ status: 'confirmed' });
    const held = await call('post', '/v1/reservations', place.slot('12:00', '13:00', { driver }));
    expect(await call('post', `/v1/reservations/${held.id}/confirm`, { payment_method: method })).toMatchObject({ status: 'confirmed', payment_method: method });
    expect((await call('get', `/v1/payments?for=${held.id}`)).data).toMatchObject([{ status: 'authorized', held_amount: 5_000, payment_method: method }]);
    const { id: stranger } = await w.driver();
    const theirs = place.slot('14:00', '15:00', { driver: stranger, payment_method: method });
    expect(outcome(await w.provider.api.post('/v1/reservations', theirs))).toBe('not_found');
    await balanced();
  });

  it('RSV-M9: one that is declined answers 402, and leaves the hold to its end', async () => {
    const place = await priced(tariffOf('20'), { fee: { ...FEE, fixed: 5_000 }, hold_minutes: 5 });
    const { id: driver } = await w.driver();
    const method = await savedBy(driver, 'save_declined');
    const held = await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver }));
    const answer = await w.provider.api.post(`/v1/reservations/${held.id}/confirm`, { payment_method: method });
    expect({ status: answer.status, code: answer.body.code, failure: answer.body.failure }).toEqual({ status: 402, code: 'payment_failed', failure: 'declined' });
    expect((await call('get', `/v1/reservations/${held.id}`)).status).toBe('pending');
    expect(await call('post', '/v1/reservations', place.slot('12:00', '13:00', { driver, confirm: true, payment_method: method }))).toMatchObject({ status: 'pending' });
    await w.advance(6 * MINUTE);
    expect(await call('get', `/v1/reservations/${held.id}`)).toMatchObject({ status: 'failed', failed_reason: 'payment_failed' });
  });

  it('RSV-M7: a flexible one is paid by a saved method when it is assigned', async () => {
    const place = await priced(tariffOf('20'), { fee: { ...FEE, fixed: 5_000 } });
    const { id: driver } = await w.driver();
    const { latitude, longitude } = place.coordinates;
    const made = await call('post', '/v1/reservations', {
      location: { latitude, longitude, radius: 1_000 }, ideal_start: new Date(place.at('10:00')).toISOString(), duration_minutes: 60, connector_type: ['CCS2'], driver,
      payment_method: await savedBy(driver),
    });
    await w.advanceTo(place.at('09:31'));
    expect(await until(async () => {
      const found = await call('get', `/v1/reservations/${made.id}`);
      return found.status === 'confirmed' && found;
    })).toMatchObject({ evse: place.evse });
  });

  it('PAY-45: tops a wallet up by itself when it is low, once at a time', async () => {
    const { id: driver } = await w.driver();
    const method = await savedBy(driver, 'pay', 5_000);
    const path = `/v1/drivers/${driver}/wallets/inr/auto_top_up`;
    expect(outcome(await w.provider.api.get(path))).toBe('not_found');
    expect(outcome(await w.provider.api.put(path, { active: true, payment_method: method, amount: 1_999, below: 2_000 }))).toBe('invalid_request');
    expect(await call('put', path, { active: true, payment_method: method, amount: 3_000, below: 2_000 })).toMatchObject({ active: true, below: 2_000, rests_until: null });
    const place = await priced(tariffOf('20'), { fee: { ...FEE, fixed: 3_500 } });
    await w.sweep();
    expect(await walletOf(driver)).toEqual({ balance: 5_000, held: 0 });
    await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver, confirm: true, payment_method: 'wallet' }));
    const low = await walletOf(driver);
    expect(low).toEqual({ balance: 5_000, held: 3_500 });
    await Promise.all([w.sweep(), w.sweep(), w.sweep()]);
    await until(async () => (await walletOf(driver)).balance === 8_000);
    await w.sweep();
    const ups = (await call('get', `/v1/top_ups?driver=${driver}`)).data;
    expect(ups.map(({ type, status }: Record<string, string>) => `${type} ${status}`)).toEqual(['auto completed', 'manual completed']);
    await balanced();
  });

  it('PAY-45: rests for an hour after it was declined, unless it is set anew, and ends with its payment method', async () => {
    const { id: driver } = await w.driver();
    const method = await savedBy(driver, 'save_declined');
    const path = `/v1/drivers/${driver}/wallets/inr/auto_top_up`;
    const set = () => call('put', path, { active: true, payment_method: method, amount: 3_000, below: 2_000 });
    const tries = async () => (await call('get', `/v1/top_ups?driver=${driver}&limit=100`)).data.filter(({ type }: Record<string, string>) => type === 'auto').length;
    const rested = (count: number) => until(async () => {
      const found = await call('get', path);
      return found.rests_until !== null && (await tries()) === count && found;
    });
    await set();
    expect(await rested(1)).toMatchObject({ failure: 'The sandbox bank declined that saved method.' });
    await credit(driver, 10);
    await w.sweep();
    expect(await tries()).toBe(1);
    await set();
    await rested(2);
    await w.advance(59 * MINUTE);
    expect(await tries()).toBe(2);
    await w.advance(2 * MINUTE);
    await rested(3);
    await call('delete', `/v1/drivers/${driver}/payment_methods/${method}`);
    expect(await call('get', path)).toMatchObject({ active: false });
    await w.advance(2 * HOUR);
    expect(await tries()).toBe(3);
  });
});
