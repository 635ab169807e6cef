/** What bills come to beyond what was collected, what is owed of that, and what a wallet must have, over HTTP and on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireStartBalance } from '../../src/domain/payments/index.ts';
import { DomainError } from '../../src/platform/errors/index.ts';
import type { Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { FEE, payingIn, tariffOf } from '../support/paying.ts';
import { must, openWorld, outcome, type Place, type World } from '../support/world.ts';

describe.each(testDatabases())('what is owed ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());
  const { call, until, onPage, paymentOnce, priced, credit, walletOf, billOf, used, savedBy, balanced } = payingIn(() => w);
  const ENERGY = { energy_wh: 25_000, ideal_end: undefined };
  const paymentsFor = async (id: string): Promise<Json[]> => (await call('get', `/v1/payments?for=${id}`)).data;
  const owedBy = async (driver: string): Promise<Json[]> => (await call('get', `/v1/drivers/${driver}/outstanding`)).data;
  /** Paid on the page, which saves the card, and used for ₹600 where ₹550 were held. */
  const exceeded = async (choice: 'pay' | 'save_declined') => {
    const place = await priced(tariffOf('20'), { payment_timing: 'pre_order' });
    const { id: driver } = await w.driver();
    const reservation = await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver, ...ENERGY }));
    const { id, url } = await call('post', `/v1/reservations/${reservation.id}/payments`, { method: 'payment_link', save_payment_method: true });
    await onPage(url, choice);
    await paymentOnce(id, 'authorized');
    await used(await call('get', `/v1/reservations/${reservation.id}`), 30_000);
    await until(async () => (await paymentsFor(reservation.id)).length === 2 && (await paymentsFor(reservation.id)).every(({ status }) => status !== 'pending'));
    await w.sweep();
    return { driver, reservation, place };
  };
  /** Used without having paid, for so much. */
  const unpaid = async (place: Place, driver: string, at: [string, string], energyWh: number): Promise<Json> => {
    const reservation = await call('post', '/v1/reservations', place.slot(...at, { driver, confirm: true }));
    await used(reservation, energyWh);
    return billOf(reservation.id);
  };

  it('PAY-46: ₹550 were held and ₹600 used: ₹50 are charged to the same card, and nothing is owed', async () => {
    const { driver, reservation } = await exceeded('pay');
    const [further, first] = await paymentsFor(reservation.id);
    expect(first).toMatchObject({ method: 'payment_link', captured_amount: 55_000 });
    expect(further).toMatchObject({ method: 'saved_method', status: 'succeeded', captured_amount: 5_000, payment_method: first!.payment_method });
    expect(await billOf(reservation.id)).toMatchObject({ total: 60_000, outstanding: 0 });
    expect(await owedBy(driver)).toEqual([]);
    await balanced();
  });

  it('PAY-46 PAY-47: what the card is declined for is owed, seen with its bill, and paid in parts by other ways', async () => {
    const { driver, reservation } = await exceeded('save_declined');
    expect((await paymentsFor(reservation.id)).map(({ method, status }) => `${method} ${status}`)).toEqual(['saved_method failed', 'payment_link succeeded']);
    const bill = await billOf(reservation.id);
    expect(bill).toMatchObject({ total: 60_000, outstanding: 5_000 });
    expect(await owedBy(driver)).toEqual([expect.objectContaining({
      object: 'outstanding', driver, currency: 'inr', amount: 5_000, bills: [expect.objectContaining({ bill: bill.id, total: 60_000, amount: 5_000 })],
    })]);
    const path = `/v1/drivers/${driver}/outstanding/inr/payments`;
    const refused = async (body: object) => outcome(await w.provider.api.post(path, body));
    expect(await refused({ method: 'payment_link', amount: 5_001 })).toBe('amount_out_of_range');
    expect(await refused({ method: 'wallet' })).toBe('insufficient_funds');
    expect(outcome(await w.provider.api.post(`/v1/drivers/${driver}/outstanding/eur/payments`, { method: 'payment_link' }))).toBe('invalid_state');
    expect(outcome(await w.otherProvider.api.post(path, { method: 'wallet' }))).toBe('not_found');
    await credit(driver, 2_000);
    expect(await call('post', path, { method: 'wallet', amount: 2_000 })).toMatchObject({ status: 'succeeded', for: { object: 'outstanding' } });
    expect(await owedBy(driver)).toMatchObject([{ amount: 3_000, bills: [{ bill: bill.id, amount: 3_000 }] }]);
    const { id, url } = await call('post', path, { method: 'payment_link' });
    expect(await refused({ method: 'payment_link' })).toBe('invalid_state');
    await onPage(url, 'twice');
    expect(await paymentOnce(id, 'succeeded')).toMatchObject({ captured_amount: 3_000 });
    expect(await owedBy(driver)).toEqual([]);
    await balanced();
  });

  it('PAY-46: a wallet is charged what it has, once, and the rest is owed', async () => {
    const place = await priced(tariffOf('20'), { payment_timing: 'pre_order' });
    const { id: driver } = await w.driver();
    await credit(driver, 57_000);
    const reservation = await call('post', '/v1/reservations', place.slot('10:00', '11:00', { driver, ...ENERGY, confirm: true, payment_method: 'wallet' }));
    await used(reservation, 30_000);
    expect(await billOf(reservation.id)).toMatchObject({ total: 60_000, outstanding: 3_000 });
    expect(await walletOf(driver)).toEqual({ balance: 0, held: 0 });
    await credit(driver, 10_000);
    await w.sweep();
    expect((await paymentsFor(reservation.id)).map(({ captured_amount: captured }) => captured)).toEqual([2_000, 55_000]);
    await balanced();
  });

  it('PAY-47 PAY-48: the oldest bills are paid first, and what is paid twice goes into the wallet', async () => {
    const place = await priced(tariffOf('10'));
    const { id: driver } = await w.driver();
    const [older, newer] = [await unpaid(place, driver, ['08:00', '09:00'], 3_000), await unpaid(place, driver, ['10:00', '11:00'], 5_000)];
    expect((await owedBy(driver))[0]!.bills.map(({ bill, amount }: Json) => [bill, amount])).toEqual([[newer.id, 5_000], [older.id, 3_000]]);
    await credit(driver, 100_000);
    const path = `/v1/drivers/${driver}/outstanding/inr/payments`;
    await call('post', path, { method: 'wallet', amount: 4_000 });
    expect(await owedBy(driver)).toMatchObject([{ amount: 4_000, bills: [{ bill: newer.id, amount: 4_000 }] }]);
    const { id, url } = await call('post', path, { method: 'payment_link' });
    await place.policy({ fee: { ...FEE, fixed: 1_000 } });
    const next = await call('post', '/v1/reservations', place.slot('12:00', '13:00', { driver, confirm: true, payment_method: 'wallet' }));
    await used(next, 1_000);
    expect(await owedBy(driver)).toEqual([]);
    const before = (await walletOf(driver)).balance;
    await onPage(url, 'pay');
    await paymentOnce(id, 'succeeded');
    await until(async () => (await walletOf(driver)).balance === before + 4_000);
    expect(await owedBy(driver)).toEqual([]);
    await balanced();
  });

  it('PAY-49: a session by wallet begins with enough in a wallet of the right currency, in the words of seed 003', async () => {
    const { id: driver, api } = await w.driver();
    const check = (currency: string) => w.asSystem((ctx) => requireStartBalance(ctx, driver, currency).then(() => 'may start', (error: unknown) => (
      error instanceof DomainError ? `${error.code}: ${error.message}` : String(error))));
    expect(await check('INR')).toBe('wallet_missing: User does not have a wallet');
    await credit(driver, 1_999);
    expect(await check('INR')).toBe('minimum_balance_missing: User does not have minimum balance');
    expect(await check('EUR')).toBe('currency_mismatch: Wallet currency does not match the rate currency');
    await credit(driver, 1);
    expect(await check('INR')).toBe('may start');
    expect((await call('get', '/v1/organisation')).minimum_balance_to_start_session).toBe(2_000);
    expect(await call('patch', '/v1/organisation', { minimum_balance_to_start_session: 2_500 })).toMatchObject({ minimum_balance_to_start_session: 2_500 });
    expect(await check('INR')).toBe('minimum_balance_missing: User does not have minimum balance');
    expect(outcome(await api.patch('/v1/organisation', { minimum_balance_to_start_session: 0 }))).toBe('forbidden');
    expect(outcome(await w.operator.api.patch('/v1/organisation', { minimum_balance_to_start_session: 0 }))).toBe('forbidden');
    must(await w.provider.api.patch('/v1/organisation', { minimum_balance_to_start_session: 2_000 }));
    await savedBy(driver);
    expect(await check('INR')).toBe('may start');
  });
});
