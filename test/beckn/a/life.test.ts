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

  it('BKN-64, BKN-66, check 46: is rated: the same through REST and in catalogues', async () => {
    const { talk, order } = booked;
    const { message: { feedback_form: { form } } } = await talk.ask('rating', { ratings: [{ id: order.id, rating_category: 'Order', value: '5' }] });
    const say = async (comment: string, url = form.url): Promise<string> => (await fetch(url, { method: 'POST', body: new URLSearchParams({ comment }) })).text();
    expect(await say('Fast <b>and</b> clean')).toContain('Fast &#60;b&#62;and&#60;/b&#62; clean');
    expect(await (await fetch(form.url)).text()).toContain('clean');
    expect([(await fetch(`${form.url}x`)).status, await say('x'.repeat(2_001)), await say('no', `${form.url}x`)]).toEqual([404, expect.stringContaining('too long'),
      expect.stringContaining('no such form')]);
    expect((await bed.operator.get(`/v1/ratings?reservation=${order.id}`)).body.data[0].ratings).toMatchObject([{ stars: 5, comment: 'Fast <b>and</b> clean' }]);
    expect((await talk.ask('rating', { ratings: [{ id: order.id, rating_category: 'Order', value: '6' }] })).error).toMatchObject({ code: '30015' });
    expect((await talk.ask('rating', { ratings: [{ id: order.id, rating_category: 'Food', value: '5' }] })).error).toMatchObject({ code: '50003' });
    expect((await talk.ask('rating', { ratings: [{ id: order.items[0].id, rating_category: 'ITEM', value: 4 }] })).error).toBeUndefined();
    expect((await bed.converse().ask('rating', { ratings: [{ id: order.id, rating_category: 'Order', value: '5' }] })).error).toMatchObject({ code: '30010' });
    for (const side of [api, bed.operator]) {
      const { data: [rating] } = (await side.get(`/v1/ratings?reservation=${order.id}`)).body;
      expect(rating.ratings).toMatchObject([{ category: 'overall', stars: 5 }, { category: 'connector', stars: 4 }]);
    }
    const circle = { gps: order.fulfillments[0].stops[0].location.gps, radius: { value: '20', unit: 'm' } };
    const { message: { catalog: { providers: [{ items, locations }] } } } = await talk.ask('search', { intent: { fulfillment: { stops: [{ location: { circle } }] } } });
    const ratings = (list: Json[]): unknown[] => list.map(({ rating }) => rating);
    expect(ratings(locations)).toEqual(['5']);
    expect(items.every(({ rateable }: Json) => rateable)).toBe(true);
    const placesRated = async (rating: string): Promise<Json> => (await talk.ask('search', { intent: { item: { rating } } })).message?.catalog.providers
      .flatMap((provider: Json) => provider.locations.map(({ id }: Json) => id));
    for (const rating of ['4.5', '>=5', 'gte 4']) expect(await placesRated(rating)).toEqual([locations[0].id]);
    expect((await talk.ask('search', { intent: { provider: { rating: 'the best' } } })).error).toMatchObject({ code: '30000' });
    expect(new Set(ratings(items))).toEqual(new Set(['5', undefined])); // that connector is rated, its neighbours are not
  });

  it('BKN-65, check 47: is asked about: a case with a reference, which the operator answers', async () => {
    const { talk, order } = booked;
    const { message: { support } } = await talk.ask('support', { support: { ref_id: order.id, callback_phone: '+919845012345' } });
    expect(support).toMatchObject({ ref_id: order.id, phone: '+911234567890', email: 'help@example.com', ticket_status: 'OPEN', ticket_id: expect.stringMatching(/^SUP-/) });
    const again = await talk.ask('support', { support: { ref_id: order.id, descriptor: { short_desc: 'The bill is wrong' } } });
    expect(again.message.support.ticket_id).toBe(support.ticket_id);
    const { data: [ticket] } = (await bed.operator.get(`/v1/support_tickets?reference=${support.ticket_id}`)).body;
    expect(ticket).toMatchObject({
      reservation: order.id, requester: { phone: '+919845012345' }, message_count: 2,
      newest_message: { author: 'customer', text: 'The bill is wrong' },
    });
    const told = talk.count('on_support');
    expect((await bed.operator.post(`/v1/support_tickets/${ticket.id}/messages`, { text: 'We look into it' })).status).toBe(201);
    expect((await talk.got('on_support', told)).message.support).toMatchObject({ ticket_status: 'IN_PROGRESS', answer: 'We look into it', ticket_id: support.ticket_id });
    expect((await bed.operator.patch(`/v1/support_tickets/${ticket.id}`, { status: 'resolved' })).status).toBe(200);
    const resolved = await talk.got('on_support', told + 1);
    expect(resolved.message.support).toMatchObject({ ticket_status: 'RESOLVED' });
    expect(resolved.context).toMatchObject({ action: 'on_support', transaction_id: talk.transactionId });
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
