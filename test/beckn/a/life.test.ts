/** What becomes of a booked order of Beckn 1.1: charged, followed, paid, cancelled by either side, rated. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { book, faultsByCore, openBedA, passwordOf, type BedA, type Booked } from '../../support/beckn-a-bed.ts';
import type { Json } from '../../support/api.ts';
import { openTestEmbedded, type TestDatabase } from '../../support/databases.ts';

const stateOf = ({ message: { order } }: Json): string => order.fulfillments[0].state.descriptor.code;
const minor = (value: string): number => Math.round(Number(value) * 100);

describe('an order of Beckn 1.1', () => {
  let db: TestDatabase;
  let bed: BedA;
  let booked: Booked;
  let api: Awaited<ReturnType<BedA['bapApi']>>;
  beforeAll(async () => {
    db = await openTestEmbedded();
    bed = await openBedA(db);
  });
  afterAll(async () => {
    await bed.close();
    await db.close();
  });
  const moveTo = async (at: number): Promise<void> => {
    expect((await bed.operator.post('/v1/test_clock/advance', { to: new Date(at).toISOString() })).status).toBe(200);
  };

  it('BKN-58, RSV-M4, checks 30 to 32: is cancelled in time: what the policy gives back is given back, and told on both sides', async () => {
    booked = await book(bed);
    api = await bed.bapApi();
    const { talk, order } = booked;
    const answer = await talk.ask('cancel', { order_id: order.id, cancellation_reason_id: '5', descriptor: { short_desc: 'can\'t attend booking' } });
    const cancellation = { cancelled_by: 'CONSUMER', reason: { descriptor: { short_desc: 'can\'t attend booking' } } };
    expect(answer.message.order).toMatchObject({ id: order.id, status: 'CANCELLED', cancellation });
    expect((await api.get(`/v1/reservations/${order.id}`)).body).toMatchObject({ status: 'cancelled' });
    const payment = order.payments[0].id;
    await expect.poll(async () => (await api.get(`/v1/payments/${payment}`)).body, { timeout: 15_000 }).toMatchObject({ status: 'succeeded' });
    const settled = (await api.get(`/v1/payments/${payment}`)).body;
    const paid = minor(order.quote.price.value) - minor(order.quote.breakup.at(-1).price.value); // without what was set aside
    expect(settled.captured_amount - settled.refunded_amount).toBe(paid - Math.floor((paid * 85) / 100));
    const twice = await talk.ask('cancel', { order_id: order.id });
    expect(twice.error).toMatchObject({ code: '50001' });
  });

  it('moves to another slot', async () => {
    booked = await book(bed);
    const { talk, order } = booked;
    const other = bed.newSlot();
    const answer = await talk.ask('update', { update_target: 'order.fulfillments[0].stops', order: {
      id: order.id, fulfillments: [{ id: '1', stops: [{ type: 'START', time: { timestamp: other.start } }, { type: 'STOP', time: { timestamp: other.end } }] }],
    } });
    expect(answer.error).toBeUndefined();
    expect(Date.parse(answer.message.order.fulfillments[0].stops[0].time.timestamp)).toBe(other.startMs);
    booked = { ...booked, slot: other };
  });

  const update = (code: string, token?: string): Promise<Json> => booked.talk.ask('update', { update_target: 'order.fulfillments[0].state', order: {
    id: booked.order.id,
    fulfillments: [{
      id: '1', type: 'CHARGING', state: { descriptor: { code } }, ...(token === undefined ? {} : { stops: [{ type: 'START', authorization: { type: 'OTP', token } }] }),
    }],
  } });

  it('BKN-56, check 33: starts with the password that its driver is sent when it is missing, and not with another, nor before its time', async () => {
    expect((await update('CHARGING_STARTED')).error).toMatchObject({ code: '50002', message: expect.stringContaining('was sent a password') });
    expect((await update('CHARGING_STARTED', await passwordOf(bed, 'session_otp'))).error).toMatchObject({ message: expect.stringMatching(/not begun/) });
    await moveTo(booked.slot.startMs + 60_000);
    await update('CHARGING_STARTED');
    const token = await passwordOf(bed, 'session_otp');
    expect((await update('CHARGING_STARTED', token === '000000' ? '000001' : '000000')).error).toMatchObject({ code: '50002' });
    const answer = await update('CHARGING_STARTED', token);
    expect(answer.error).toBeUndefined();
    expect(stateOf(answer)).toBe('ACTIVE');
    expect(stateOf(await booked.talk.got('on_status', booked.talk.count('on_status') - 1))).toMatch(/ACTIVE|PENDING/);
    expect((await booked.talk.ask('cancel', { order_id: booked.order.id })).error).toMatchObject({ code: '50001' });
  });

  it('BKN-61: is tracked at a page that needs no key', async () => {
    const { message: { tracking } } = await booked.talk.ask('track', { order_id: booked.order.id });
    expect(tracking).toMatchObject({ id: booked.order.id, status: 'active' });
    const page = await fetch(tracking.url);
    expect([page.status, await page.json()]).toEqual([200, expect.objectContaining({ order_id: booked.order.id, state: 'ACTIVE' })]);
    expect((await fetch(`${tracking.url}x`)).status).toBe(404);
  });

  it('BKN-62, check 34: stops, is billed by its meter, and what was set aside is given back: the same on both sides', async () => {
    await moveTo(booked.slot.startMs + 20 * 60_000);
    const answer = await update('CHARGING_ENDED');
    expect(answer.error).toBeUndefined();
    expect(stateOf(answer)).toBe('COMPLETED');
    await expect.poll(async () => (await booked.talk.ask('status', { order_id: booked.order.id })).message.order.quote.breakup[0].title, { timeout: 15_000 })
      .toBe('Charging session cost (10 kWh @ ₹18.00/kWh)');
    const { message: { order } } = await booked.talk.ask('status', { order_id: booked.order.id });
    expect(order).toMatchObject({ status: 'COMPLETE', quote: { price: { value: '190.00', currency: 'INR' } } });
    for (const side of [api, bed.operator]) {
      const [bill] = (await side.get('/v1/bills')).body.data.filter(({ session }: Json) => session !== null);
      expect(bill).toMatchObject({ total: 19_000 });
    }
    await expect.poll(async () => {
      const { captured_amount: captured, refunded_amount: refunded } = (await api.get(`/v1/payments/${booked.order.payments[0].id}`)).body;
      return captured - refunded;
    }, { timeout: 15_000 }).toBe(19_000);
    expect((await api.get(`/v1/reservations/${booked.order.id}`)).body).toMatchObject({ status: 'completed' });
    // Two percent of this bill, and of the fee for what was cancelled above.
    const feeMinor = async (): Promise<number> => (await api.get('/v1/ledger/accounts')).body.data.find(({ kind }: Json) => kind === 'finder_fees')?.balance;
    await expect.poll(feeMinor, { timeout: 15_000 }).toBeGreaterThanOrEqual(380);
  });

  it('checks 46 and 47: is rated and asked about', async () => {
    const { talk, order } = booked;
    expect((await talk.ask('rating', { ratings: [{ id: order.id, rating_category: 'Order', value: '5' }] })).error).toBeUndefined();
    expect((await talk.ask('rating', { ratings: [{ id: order.id, rating_category: 'Order', value: '6' }] })).error).toMatchObject({ code: '30015' });
    expect((await talk.ask('rating', { ratings: [{ id: order.id, rating_category: 'Food', value: '5' }] })).error).toMatchObject({ code: '50003' });
    expect((await talk.ask('support', { support: { ref_id: order.id } })).message.support).toMatchObject({ ref_id: order.id, phone: '+911234567890', email: 'help@example.com' });
  });

  it('BKN-57, BKN-58, check 38: is cancelled by its operator: the app is told without asking, and gets all of it back', async () => {
    const { talk, order } = await book(bed, 1);
    expect((await bed.operator.post(`/v1/reservations/${order.id}/cancel`, { reason: 'Broken' })).status).toBe(200);
    const told = await talk.got('on_cancel');
    expect(told.message.order).toMatchObject({ id: order.id, status: 'CANCELLED', cancellation: { cancelled_by: 'PROVIDER', reason: { descriptor: { short_desc: 'Broken' } } } });
    await expect.poll(async () => {
      const { captured_amount: captured, refunded_amount: refunded } = (await api.get(`/v1/payments/${order.payments[0].id}`)).body;
      return captured - refunded;
    }, { timeout: 15_000 }).toBe(0);
  });

  it('BKN-60, check 48: all that went out passes the published schema of Beckn 1.1', async ({ skip }) => {
    const faults = await faultsByCore(bed);
    if (faults === undefined) return skip('BECKN_SCHEMAS names no folder with the published schemas');
    expect(faults).toEqual([]);
  });
});
