/** Paying for reservations and sessions, over HTTP and on both databases: the seeds' own sums as flows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueKey } from '../../src/domain/organisations/index.ts';
import { askForSilent, balanceOf, beginPayment, billObject, getBill, openAccount, trialBalance } from '../../src/domain/payments/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { apiOf, type Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { HOUR, MINUTE, must, openWorld, outcome, type Place, type World } from '../support/world.ts';

const TARIFF = (price: string, flat?: string) => ({
  ref: `T-${price}-${flat ?? 0}`, name: 'Rate', currency: 'inr', is_default: true,
  elements: [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }, ...(flat === undefined ? [] : [{ type: 'FLAT', price: flat, step_size: 1 }])] }],
});

const TARIFF_CHANGE = (price: string) => ({ elements: TARIFF(price).elements });

describe.each(testDatabases())('payments ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const FEE = { currency: 'inr', fixed: 0, per_minute: 0, deposit: 0, credited: false };
  /** An operator of its own, with one price, and a place with a policy. */
  const priced = async (tariff: object, policy: object = {}): Promise<Place> => {
    const by = await w.addOrganisation({ roles: ['operator'] });
    must(await by.api.post('/v1/tariffs', tariff));
    return w.place({ by, policy: { fee: FEE, early_start_minutes: 60, ...policy } });
  };
  const call = async (method: 'get' | 'post', path: string, body?: object): Promise<Json> => must(await w.provider.api[method](path, body as never));
  const onPage = async ({ id }: Json, choice: string): Promise<string> => {
    const url = pages.get(id) ?? await until(async () => (await call('get', `/v1/payments/${id}`)).url);
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ choice }), redirect: 'manual' });
    return answer.text();
  };
  /** of payments that have ended, and tell no page any more */
  const pages = new Map<string, string>();
  /** Waits for what happens by itself: jobs run, the sweeper does not. */
  const until = async <T>(look: () => Promise<T | undefined | false>): Promise<T> => {
    for (let i = 0; i < 200; i++) {
      await w.sweep();
      const found = await look();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('it never came');
  };
  const paymentOnce = (id: string, status: string) => until(async () => {
    const found = await call('get', `/v1/payments/${id}`);
    return found.status === status && !found.is_busy && found;
  });
  const reservationOnce = (id: string, status: string) => until(async () => {
    const found = await call('get', `/v1/reservations/${id}`);
    return found.status === status && found;
  });
  const used = async (reservation: Json, energyWh: number): Promise<Json> => {
    await w.advanceTo(Date.parse(reservation.reserved_start) + MINUTE);
    const session = must(await w.provider.api.post('/v1/sandbox/sessions', { reservation: reservation.id }));
    await w.advance(10 * MINUTE);
    return must(await w.provider.api.post(`/v1/sandbox/sessions/${session.id}/end`, { energy_wh: energyWh }));
  };
  const billOf = async (id: string): Promise<Json> => (await call('get', `/v1/bills?for=${id}`)).data[0];
  const credit = (driver: string, amount: number) => call('post', `/v1/drivers/${driver}/wallets/inr/credits`, { amount });
  const walletOf = async (driver: string) => {
    const { balance, held } = await call('get', `/v1/drivers/${driver}/wallets/inr`);
    return { balance, held };
  };
  const balanced = async () => {
    const { unbalanced, wrong } = await trialBalance(w.db.database, w.network.id);
    expect({ unbalanced, wrong }).toEqual({ unbalanced: [], wrong: [] });
  };

  it('PAY-20 PAY-29 PAY-30 PAY-31 RSV-M1 RSV-M2 SES-8 INV-14: holds ₹550 on the payment page, captures ₹520 and releases ₹30', async () => {
    const place = await priced(TARIFF('20'), { payment_timing: 'pre_order' });
    const { id: driver } = await w.driver();
    const reservation = await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver, energy_wh: 25_000, ideal_end: undefined, confirm: true }));
    expect(reservation.status).toBe('pending');
    expect(outcome(await w.provider.api.post(`/v1/reservations/${reservation.id}/confirm`, {}))).toBe('payment_required');
    expect(await call('get', `/v1/reservations/${reservation.id}/payment_due`)).toMatchObject({ due: 55_000, covered: 0, estimate: 55_000, currency: 'inr', timing: 'pre_order' });
    const payment = await call('post', `/v1/reservations/${reservation.id}/payments`, { method: 'payment_link', return_url: 'https://app.example/done' });
    expect(payment).toMatchObject({ status: 'pending', amount: 55_000, provider: 'sandbox', capture: 'manual' });
    await onPage(payment, 'pay');
    expect(await paymentOnce(payment.id, 'authorized')).toMatchObject({ held_amount: 55_000, captured_amount: 0 });
    const confirmed = await reservationOnce(reservation.id, 'confirmed');
    const session = await used(confirmed, 26_000);
    expect(session.cost).toMatchObject({ currency: 'inr', total: 52_000 });
    expect(await paymentOnce(payment.id, 'succeeded')).toMatchObject({ held_amount: 0, captured_amount: 52_000, authorized_amount: 55_000, refunded_amount: 0 });
    expect(await billOf(reservation.id)).toMatchObject({ total: 52_000, outstanding: 0, session: session.id, energy_wh: 26_000, reason: 'charging' });
    const revenue = await w.asSystem(async (ctx) => balanceOf(ctx, (await openAccount(ctx, { kind: 'revenue', currency: 'INR', organisationId: reservation.operator_id })).id));
    expect(revenue.postedMinor).toBe(52_000n);
    const bill = await until(async () => {
      const found = await billOf(reservation.id);
      return found.invoice && found;
    });
    expect(await call('get', `/v1/invoices/${bill.invoice}`)).toMatchObject({ kind: 'receipt', total: 52_000, amount_due: 0 });
    await balanced();
  });

  it('PAY-23 PAY-30: gives back what was prepaid and not used, at once: ₹100 paid by transfer, ₹76.60 owed, ₹23.40 back', async () => {
    const place = await priced(TARIFF('18', '10'));
    const { id: driver } = await w.driver();
    const prepaid = await call('post', '/v1/reservations', place.slot('08:00', '09:00', { driver, energy_wh: 5_000, ideal_end: undefined, confirm: true }));
    const transfer = await call('post', `/v1/reservations/${prepaid.id}/payments`, { method: 'payment_link', amount: 10_000 });
    await onPage(transfer, 'pay');
    await call('post', `/v1/payments/${(await paymentOnce(transfer.id, 'authorized')).id}/capture`, {});
    expect((await used(prepaid, 3_700)).cost.total).toBe(7_660);
    await until(async () => (await call('get', `/v1/payments/${transfer.id}`)).refunded_amount === 2_340);
    expect(await billOf(prepaid.id)).toMatchObject({ total: 7_660, outstanding: 0 });
    await balanced();
  });

  it('RSV-M5 PAY-24 PAY-27: begins no session before its estimate is covered; a bank transfer is marked as paid, and what is too much goes into the wallet', async () => {
    const place = await priced(TARIFF('18', '10'), { payment_timing: 'pre_fulfillment' });
    const { id: driver } = await w.driver();
    const reservation = await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver, energy_wh: 5_000, ideal_end: undefined, confirm: true }));
    expect(reservation.status).toBe('confirmed');
    await w.advanceTo(Date.parse(reservation.reserved_start));
    expect(outcome(await w.provider.api.post('/v1/sandbox/sessions', { reservation: reservation.id }))).toBe('payment_required');
    const payment = await call('post', `/v1/reservations/${reservation.id}/payments`, { method: 'bank_transfer' });
    expect(payment).toMatchObject({ status: 'pending', amount: 11_000, capture: 'automatic', reference: expect.stringMatching(/^PT[0-9A-Z]{9}$/) });
    expect(outcome(await w.provider.api.post('/v1/sandbox/sessions', { reservation: reservation.id }))).toBe('payment_required');
    await call('post', `/v1/payments/${payment.id}/mark_paid`, { amount: 11_000, note: 'statement 4' });
    const session = await used(reservation, 3_700);
    expect(session.cost.total).toBe(7_660);
    expect(await paymentOnce(payment.id, 'succeeded')).toMatchObject({ captured_amount: 11_000, refunded_amount: 3_340 });
    expect(await walletOf(driver)).toEqual({ balance: 3_340, held: 0 });
    await balanced();
  });

  it('PAY-30 RSV-M1: a wallet is held, captured in part, and gets back the rest in the same transaction', async () => {
    const place = await priced(TARIFF('18', '10'), { payment_timing: 'pre_order' });
    const { id: driver } = await w.driver();
    await credit(driver, 15_000);
    const slot = place.slot('10:00', '11:00', { driver, energy_wh: 5_000, ideal_end: undefined, confirm: true, payment_method: 'wallet' });
    const reservation = await call('post', '/v1/reservations', slot);
    expect(reservation.status).toBe('confirmed');
    expect(await walletOf(driver)).toEqual({ balance: 15_000, held: 11_000 });
    const session = await used(reservation, 3_700);
    expect(session.cost.total).toBe(7_660);
    expect(await walletOf(driver)).toEqual({ balance: 7_340, held: 0 });
    await balanced();
  });

  it('PAY-31 PAY-38 INV-14: a bill is corrected once better data come: the difference is given back, the invoice taken back and issued again', async () => {
    const place = await priced(TARIFF('20'), { payment_timing: 'pre_order' });
    const { id: driver } = await w.driver();
    await credit(driver, 100_000);
    const slot = place.slot('10:00', '11:00', { driver, energy_wh: 5_000, ideal_end: undefined, confirm: true, payment_method: 'wallet' });
    const reservation = await call('post', '/v1/reservations', slot);
    await used(reservation, 5_000);
    await w.sweep();
    const bill = await billOf(reservation.id);
    expect([bill.total, (await walletOf(driver)).balance]).toEqual([10_000, 90_000]);
    await w.asSystem(async (ctx) => {
      const { content, ...known } = await getBill(ctx, bill.id);
      const line = { ...content.lines[0]!, quantity: '4', exclTaxMinor: 8_000 };
      await billObject(ctx, { ...known, sessionId: known.sessionId!, content: { ...content, lines: [line], exclTaxMinor: 8_000, energyWh: 4_000 } });
    });
    await w.sweep();
    const corrected = await billOf(reservation.id);
    expect([corrected.total, corrected.outstanding, (await walletOf(driver)).balance]).toEqual([8_000, 0, 92_000]);
    expect(corrected.invoice).not.toBe(bill.invoice);
    const kinds = (await call('get', `/v1/invoices?about=${reservation.id}`)).data.map(({ kind, total }: Json) => [kind, total]);
    expect(kinds).toEqual([['receipt', 8_000], ['credit_note', 10_000], ['receipt', 10_000]]);
    const [payment] = (await call('get', `/v1/payments?for=${reservation.id}`)).data;
    await call('post', `/v1/payments/${payment.id}/refunds`, { amount: 500, reason: 'goodwill' });
    await w.sweep();
    expect([(await billOf(reservation.id)).outstanding, (await walletOf(driver)).balance]).toEqual([0, 92_500]);
    await balanced();
  });

  it('PAY-35 RSV-M8: holds more when a reservation becomes longer, of a wallet and at a provider, and lets it stand where nobody can', async () => {
    const place = await priced(TARIFF('20'), { payment_timing: 'pre_order' });
    const { id: driver } = await w.driver();
    await credit(driver, 200_000);
    const slot = (begin: string, end: string, more: object = {}) => place.slot(begin, end, { driver, confirm: true, ...more });
    const byWallet = await call('post', '/v1/reservations', slot('10:00', '10:30', { payment_method: 'wallet' }));
    expect((await walletOf(driver)).held).toBe(66_000);
    expect((await call('post', `/v1/reservations/${byWallet.id}/extend`, { by_minutes: 15 })).status).toBe('confirmed');
    expect((await walletOf(driver)).held).toBe(99_000);
    await call('post', `/v1/reservations/${byWallet.id}/extend`, { by_minutes: 60 });
    expect((await walletOf(driver)).held).toBe(99_000);

    const byLink = await call('post', '/v1/reservations', slot('12:00', '12:30'));
    const payment = await call('post', `/v1/reservations/${byLink.id}/payments`, { method: 'payment_link' });
    await onPage(payment, 'pay');
    await reservationOnce(byLink.id, 'confirmed');
    await call('post', `/v1/reservations/${byLink.id}/extend`, { by_minutes: 15 });
    await until(async () => (await call('get', `/v1/payments/${payment.id}`)).held_amount === 99_000);
    await call('post', `/v1/reservations/${byLink.id}/cancel`, {});
    await until(async () => (await call('get', `/v1/payments/${payment.id}`)).status === 'cancelled');
    await balanced();
  });

  it('PAY-32 PAY-33: what nobody has paid is owed, and collected with the next order of the driver', async () => {
    const place = await priced(TARIFF('18', '10'));
    const { id: driver } = await w.driver();
    const first = await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver, confirm: true }));
    await used(first, 3_700);
    expect(await billOf(first.id)).toMatchObject({ total: 7_660, outstanding: 7_660 });
    await place.policy({ payment_timing: 'pre_order' });
    await credit(driver, 50_000);
    const second = await call('post', '/v1/reservations', place.slot('12:00', '13:00', { driver, energy_wh: 5_000, ideal_end: undefined, confirm: true,
      payment_method: 'wallet' }));
    expect(await walletOf(driver)).toEqual({ balance: 50_000, held: 11_000 + 7_660 });
    await used(second, 5_000);
    expect(await billOf(second.id)).toMatchObject({ total: 10_000, carried: 7_660, outstanding: 0 });
    expect(await walletOf(driver)).toEqual({ balance: 50_000 - 10_000 - 7_660, held: 0 });
    expect((await call('get', `/v1/reservations/${second.id}`)).status).toBe('completed');
    await balanced();
  });

  it('RSV-M4: gives back by the tier of the notice: 85 % four hours before', async () => {
    const tiers = [{ min_minutes_before_start: 240, refund_percent: 85 }];
    const place = await priced(TARIFF('20'), { payment_timing: 'pre_order', refund_tiers: tiers });
    const { id: driver } = await w.driver();
    await credit(driver, 100_000);
    const slot = place.slot('10:00', '11:00', { driver, energy_wh: 5_000, ideal_end: undefined, confirm: true, payment_method: 'wallet' });
    const reservation = await call('post', '/v1/reservations', slot);
    expect(await call('get', `/v1/reservations/${reservation.id}/cancel_quote`)).toMatchObject({ refund_percent: 85, refund: 8_500, cancellation_fee: 1_500, currency: 'inr' });
    await call('post', `/v1/reservations/${reservation.id}/cancel`, {});
    await w.sweep();
    expect(await billOf(reservation.id)).toMatchObject({ total: 1_500, reason: 'cancellation', outstanding: 0 });
    expect(await walletOf(driver)).toEqual({ balance: 98_500, held: 0 });
    await balanced();
  });

  it('RSV-M4 PAY-46: keeps the fee and takes the no-show fee of who does not come, the rest of it from the wallet too', async () => {
    const place = await priced(TARIFF('20'), { fee: { ...FEE, fixed: 5_000, deposit: 2_000 }, no_show_fee: 3_000 });
    const { id: driver } = await w.driver();
    await credit(driver, 100_000);
    const reservation = await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver, confirm: true, payment_method: 'wallet' }));
    expect(await walletOf(driver)).toEqual({ balance: 100_000, held: 7_000 });
    await w.advanceTo(Date.parse(reservation.reserved_start) + HOUR);
    expect((await call('get', `/v1/reservations/${reservation.id}`)).status).toBe('expired');
    expect(await billOf(reservation.id)).toMatchObject({ total: 8_000, reason: 'no_show', outstanding: 0 });
    expect(await walletOf(driver)).toEqual({ balance: 92_000, held: 0 });
    await balanced();
  });

  it('RSV-M4 PAY-34: gives all back, and a credit, when the operator cancels', async () => {
    const place = await priced(TARIFF('20'), { fee: { ...FEE, fixed: 5_000 }, refund_tiers: [], compensation: 2_500 });
    const { id: driver } = await w.driver();
    await credit(driver, 10_000);
    const reservation = await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver, confirm: true, payment_method: 'wallet' }));
    const operator = (await call('get', `/v1/reservations/${reservation.id}`)).operator_id as string;
    const { secret } = await w.asSystem(async (ctx) => issueKey(ctx, operator, { name: 'test', kind: 'secret' }));
    must(await apiOf(w.app.url, secret).post(`/v1/reservations/${reservation.id}/cancel`, { reason: 'works' }));
    await w.sweep();
    expect(await billOf(reservation.id)).toMatchObject({ total: 0, reason: 'nothing' });
    expect(await walletOf(driver)).toEqual({ balance: 12_500, held: 0 });
    await balanced();
  });

  it('RSV-M3 RSV-M6 PAY-28: money that arrives after the hold has gone books the slot again, if it is free, else is given back', async () => {
    const place = await priced(TARIFF('20'), { fee: { ...FEE, fixed: 5_000 }, hold_minutes: 5 });
    const { id: driver } = await w.driver();
    const late = async (begin: string, end: string) => {
      const reservation = await call('post', '/v1/reservations', place.slot(begin, end, { driver }));
      await w.advance(4 * MINUTE);
      const payment = await call('post', `/v1/reservations/${reservation.id}/payments`, { method: 'payment_link' });
      pages.set(payment.id, payment.url ?? await until(async () => (await call('get', `/v1/payments/${payment.id}`)).url));
      await w.advance(4 * MINUTE);
      expect((await call('get', `/v1/reservations/${reservation.id}`)).status).toBe('pending');
      await w.advance(2 * MINUTE);
      expect(await call('get', `/v1/reservations/${reservation.id}`)).toMatchObject({ status: 'failed', failed_reason: 'payment_failed' });
      await paymentOnce(payment.id, 'expired');
      return { reservation, payment };
    };
    const free = await late('10:00', '11:00');
    await onPage(free.payment, 'late_money');
    const moved = await until(async () => {
      const found = await call('get', `/v1/payments/${free.payment.id}`);
      return found.for.id !== free.reservation.id && found;
    });
    expect(await call('get', `/v1/reservations/${moved.for.id}`)).toMatchObject({ status: 'confirmed', metadata: { replaces: free.reservation.id } });

    const taken = await late('12:00', '13:00');
    must(await w.otherProvider.api.post('/v1/reservations', place.slot('12:00', '13:00')));
    await onPage(taken.payment, 'late_money');
    await until(async () => {
      const { held_amount: held, captured_amount: captured, refunded_amount: refunded, authorized_amount: authorised, is_busy: busy } = await call('get',
        `/v1/payments/${taken.payment.id}`);
      return authorised === 5_000 && held === 0 && captured === refunded && !busy;
    });
    await balanced();
  });

  it('PAY-21 PAY-26 PAY-37: notices that come twice or never, and what is declined', async () => {
    const place = await priced(TARIFF('20'), { fee: { ...FEE, fixed: 5_000 }, max_active_per_driver: 10 });
    const { id: driver } = await w.driver();
    const pay = async (begin: string, end: string) => {
      const reservation = await call('post', '/v1/reservations', place.slot(begin, end, { driver }));
      return { reservation, payment: await call('post', `/v1/reservations/${reservation.id}/payments`, { method: 'payment_link' }) };
    };
    const twice = await pay('10:00', '11:00');
    await onPage(twice.payment, 'twice');
    await reservationOnce(twice.reservation.id, 'confirmed');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await paymentOnce(twice.payment.id, 'authorized')).toMatchObject({ authorized_amount: 5_000, held_amount: 5_000 });

    const silent = await pay('12:00', '13:00');
    await onPage(silent.payment, 'silent');
    expect((await call('get', `/v1/payments/${silent.payment.id}`)).status).toBe('pending');
    expect(await call('post', `/v1/payments/${silent.payment.id}/look_up`, {})).toMatchObject({ status: 'authorized' });
    await reservationOnce(silent.reservation.id, 'confirmed');

    const forgotten = await pay('16:00', '17:00');
    await onPage(forgotten.payment, 'silent');
    expect(await w.asSystem((ctx) => askForSilent(ctx))).toBe(0);
    await w.db.database.query(sql`UPDATE payment_calls SET created_at = created_at - interval '11 minutes' WHERE payment_id = ${forgotten.payment.id}`);
    await reservationOnce(forgotten.reservation.id, 'confirmed');

    const declined = await pay('14:00', '15:00');
    await onPage(declined.payment, 'decline');
    expect(await paymentOnce(declined.payment.id, 'failed')).toMatchObject({ failure: { code: 'declined' }, held_amount: 0 });
    expect((await call('get', `/v1/reservations/${declined.reservation.id}`)).status).toBe('pending');
    expect((await w.anybody.post('/v1/payment_providers/sandbox/notices', { paymentId: declined.payment.id })).status).toBe(401);
    await balanced();
  });

  it('PAY-22: a start that the provider refuses fails the payment', async () => {
    const { id: driverId } = await w.driver();
    const { id } = await w.asSystem((ctx) => beginPayment(ctx, {
      organisationId: w.provider.organisation.id, driverId, object: 'outstanding', objectId: driverId, method: 'saved_method', timing: 'post_fulfillment', currency: 'INR',
      amountMinor: 100n, isFinal: true, details: { instrument: 'sandbox_declined' },
    }));
    expect(await paymentOnce(id, 'failed')).toMatchObject({ failure: { code: 'declined' }, captured_amount: 0 });
  });

  it('PRC-26: prices by what was promised when it was confirmed, or quoted, whatever becomes of the prices', async () => {
    const by = await w.addOrganisation({ roles: ['operator'] });
    const { id: tariff } = must(await by.api.post('/v1/tariffs', TARIFF('18')));
    const place = await w.place({ by, policy: { fee: FEE, early_start_minutes: 60 } });
    const slot = (begin: string, end: string, more: object = {}) => place.slot(begin, end, { confirm: true, ...more });
    const quote = await call('post', '/v1/quotes', { connector: place.connector, start: new Date(place.at('12:00')).toISOString(), energy_wh: 1_000 });
    const before = await call('post', '/v1/reservations', slot('10:00', '11:00'));
    must(await by.api.patch(`/v1/tariffs/${tariff}`, TARIFF_CHANGE('30')));
    const quoted = await call('post', '/v1/reservations', slot('12:00', '13:00', { quote: quote.id }));
    expect(quoted.quote).toBe(quote.id);
    expect(outcome(await w.provider.api.post('/v1/reservations', slot('12:00', '13:00', { quote: quote.id })))).not.toBe(201);
    const after = await call('post', '/v1/reservations', slot('14:00', '15:00'));
    expect((await used(before, 1_000)).cost.total).toBe(1_800);
    expect((await used(quoted, 1_000)).cost.total).toBe(1_800);
    expect((await used(after, 1_000)).cost.total).toBe(3_000);
  });

  it('RSV-M7: a flexible one is paid from the wallet when it is assigned, and fails when that has too little', async () => {
    const place = await priced(TARIFF('20'), { fee: { ...FEE, fixed: 5_000 } });
    const flexible = async (amount: number) => {
      const { id: driver } = await w.driver();
      await credit(driver, amount);
      const { latitude, longitude } = place.coordinates;
      const made = await call('post', '/v1/reservations', {
        location: { latitude, longitude, radius: 1_000 }, ideal_start: new Date(place.at(amount > 5_000 ? '10:00' : '12:00')).toISOString(), duration_minutes: 60,
        connector_type: ['CCS2'], driver, payment_method: 'wallet',
      });
      return { made, driver };
    };
    const [rich, poor] = [await flexible(6_000), await flexible(1_000)];
    await w.advanceTo(place.at('11:45'));
    expect(await call('get', `/v1/reservations/${rich.made.id}`)).toMatchObject({ status: 'expired' });
    expect(await call('get', `/v1/reservations/${poor.made.id}`)).toMatchObject({ status: 'failed', failed_reason: 'payment_failed' });
    expect(await walletOf(poor.driver)).toEqual({ balance: 1_000, held: 0 });
    expect(await walletOf(rich.driver)).toEqual({ balance: 1_000, held: 0 });
    await balanced();
  });

  it('PAY-25: captures, gives back and withdraws by hand, and never more than there is', async () => {
    const place = await priced(TARIFF('20'), { fee: { ...FEE, fixed: 5_000 } });
    const { id: driver } = await w.driver();
    const reservation = await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver }));
    const payment = await call('post', `/v1/reservations/${reservation.id}/payments`, { method: 'payment_link' });
    const path = `/v1/payments/${payment.id}`;
    expect(outcome(await w.provider.api.post(`${path}/capture`, {}))).toBe('invalid_state');
    await onPage(payment, 'pay');
    await paymentOnce(payment.id, 'authorized');
    expect(outcome(await w.provider.api.post(`${path}/capture`, { amount: 5_001 }))).toBe('amount_out_of_range');
    expect(await call('post', `${path}/capture`, { amount: 4_000 })).toMatchObject({ status: 'succeeded', captured_amount: 4_000, held_amount: 0 });
    expect(outcome(await w.provider.api.post(`${path}/refunds`, { amount: 4_001, reason: 'goodwill' }))).toBe('amount_out_of_range');
    expect(await call('post', `${path}/refunds`, { amount: 1_500, reason: 'goodwill' })).toMatchObject({ refunded_amount: 1_500, refunds: [{ status: 'succeeded',
      amount: 1_500 }] });
    expect(outcome(await w.provider.api.post(`${path}/cancel`, {}))).toBe('invalid_state');
    await balanced();
  });
});
