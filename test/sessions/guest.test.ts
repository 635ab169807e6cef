import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/database/index.ts';
import type { Json } from '../support/api.ts';
import { until } from '../support/charger-bed.ts';
import { addCharger, addDriver, addTariff, expectCall, result, sample, time, type ChargingBed } from '../support/charging-bed.ts';
import { payingIn } from '../support/paying.ts';
import { MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe('whoever stands at a connector', () => {
  let w: World;
  let bed: ChargingBed;
  const pay = payingIn(() => w);
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
  });
  beforeEach(async () => {
    bed = await addCharger(w, 'ocpp1.6', 2);
  });
  afterEach(() => bed.charger.close());
  afterAll(() => w.close());

  const start = async (more: object = {}, connector = bed.connectors[0]!): Promise<Json> => must(await w.anybody.post('/v1/guest_sessions', { connector, ...more }));
  const tokenOf = ({ secret_url: url }: Json): string => url.split('/').at(-1);
  const read = async (guest: Json): Promise<Json> => must(await w.anybody.get(`/v1/guest_sessions/${tokenOf(guest)}`));
  const once = (guest: Json, wanted: (now: Json) => boolean): Promise<Json> => pay.until(async () => {
    const now = await read(guest);
    return wanted(now) && now;
  });
  const session = async ({ session: id }: Json): Promise<Json> => must(await w.operator.api.get(`/v1/sessions/${id}`));
  const stop = async (guest: Json): Promise<Json> => must(await w.anybody.post(`/v1/guest_sessions/${tokenOf(guest)}/stop`));
  const offerOf = async (query = '', connector = bed.connectors[0]): Promise<Json> => must(await w.anybody.get(`/v1/connectors/${connector}/walk_in${query}`));
  const paid = async (guest: Json): Promise<void> => {
    await pay.onPage(guest.payment.url, 'pay');
    await once(guest, ({ payment }) => payment.status === 'authorized');
    await w.sweep();
  };
  /** The station is told to begin, and does; gives how to end it. */
  const plugged = async (connectorId = 1): Promise<{ transactionId: number; end(meterStop: number): Promise<void> }> => {
    const { idTag } = await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const { transactionId, idTagInfo } = result(await bed.charger.call('StartTransaction', { connectorId, idTag, meterStart: 0, timestamp: await time(w) }));
    expect(idTagInfo.status).toBe('Accepted');
    return {
      transactionId,
      end: async (meterStop) => void result(await bed.charger.call('StopTransaction', { transactionId, meterStop, timestamp: await time(w), reason: 'EVDisconnected' })),
    };
  };

  it('SES-33: is told what it costs, pays, is charged, and has a receipt; what was not used is released', async () => {
    expect(await offerOf('?energy_wh=20000')).toMatchObject({
      obstacle: null, price: { currency: 'eur', per_kwh: '0.5' }, estimate: { energy_wh: 20_000, total: 1_000, hold: 1_100, duration_minutes: 20 },
    });
    const guest = await start({ energy_wh: 20_000 });
    expect(guest).toMatchObject({ status: 'created', payment: { status: 'pending', amount: 1_100, currency: 'eur' }, estimate: { total: 1_000 } });
    expect(await session(guest)).toMatchObject({ type: 'qr', driver: null, targets: { energy_wh: 20_000 } });
    await paid(guest);
    const { transactionId, end } = await plugged();
    await w.advance(10 * MINUTE);
    result(await bed.charger.call('MeterValues', sample(transactionId, 1, await time(w), { 'Energy.Active.Import.Register': 10_000, 'Power.Active.Import': 60_000 })));
    expect(must(await w.anybody.get(`/v1/track/${tokenOf(guest)}`))).toMatchObject({ status: 'started', energy_wh: expect.closeTo(10_000, -2), cost: 500 });
    expect(await offerOf()).toMatchObject({ obstacle: 'occupied' });
    await end(10_000);
    const done = await once(guest, ({ receipt_url: url }) => url !== null);
    expect(done).toMatchObject({ status: 'ended', cost: { total: 500, currency: 'eur' }, payment: { status: 'succeeded', captured_amount: 500 } });
    const pdf = await fetch(done.receipt_url);
    expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(Buffer.from(await pdf.arrayBuffer()).subarray(0, 5).toString()).toBe('%PDF-');
    await pay.balanced();
  });

  it('SES-33: for an amount it ends before it costs more; who leaves an address is told what becomes of it', async () => {
    const guest = await start({ amount: 1_000, email: 'guest@example.org', language: 'de' });
    expect(guest.estimate).toMatchObject({ hold: 1_000, energy_wh: 20_000 });
    await paid(guest);
    const { transactionId, end } = await plugged();
    for (let minutes = 5; minutes <= 15; minutes += 5) {
      await w.advance(5 * MINUTE);
      result(await bed.charger.call('MeterValues', sample(transactionId, 1, await time(w), {
        'Energy.Active.Import.Register': minutes * 1_000, 'Power.Active.Import': 60_000 })));
      await w.sweep();
    }
    await w.advance(297_000);
    await w.sweep();
    await expectCall(bed.charger, 'RemoteStopTransaction', { status: 'Accepted' });
    await end(19_950);
    await once(guest, ({ status }) => status === 'ended');
    expect(await session(guest)).toMatchObject({ limit: { reason: 'authorized_amount', amount: 1_000, overshoot: 0 }, cost: { total: 998 } });
    await w.tell();
    const { driver } = await session(guest);
    const told = await w.asSystem(async (ctx) => ctx.tx.query<{ recipient: string; kind: string; language: string }>(
      sql`SELECT recipient, kind, language FROM notices WHERE driver_id = ${driver as string} ORDER BY id`));
    expect(told).toContainEqual(expect.objectContaining({ recipient: 'guest@example.org', kind: 'session_finished', language: 'de' }));
  });

  it('SES-33: where it costs nothing, nothing is held', async () => {
    const by = await w.addOrganisation({ roles: ['operator'] });
    must(await by.api.post('/v1/tariffs', { ref: 'free', name: 'Free', is_default: true, currency: 'EUR', elements: [{ price_components: [{ type: 'ENERGY', price: '0' }] }] }));
    const free = await addCharger(w, 'ocpp1.6', 1, by);
    const guest = await start({ energy_wh: 5_000 }, free.connectors[0]);
    expect(guest).toMatchObject({ status: 'created', payment: null, estimate: { hold: 0, total: 0 } });
    await expectCall(free.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const page = async (path: string): Promise<string> => (await fetch(`${w.app.url}/${path}`)).text();
    expect(await page(`charging/${tokenOf(guest)}`)).toContain('>Plug in now<');
    await stop(guest);
    expect(await page(`charge/${free.connectors[0]}?want=full&step=pay`)).toContain('Nothing');
    free.charger.close();
  });

  it('SES-35: who is declined or gives up is off at once, and whatever comes late goes back', async () => {
    const declined = await start();
    await pay.onPage(declined.payment.url, 'decline');
    expect(await once(declined, ({ status }) => status === 'cancelled')).toMatchObject({ ended_reason: 'payment_failed', cost: null });
    const withdrawn = await start();
    expect(await stop(withdrawn)).toMatchObject({ status: 'cancelled', ended_reason: 'cancelled_by_driver' });
    await pay.until(async () => (await fetch(withdrawn.payment.url)).text().then((html) => html.includes('withdrawn')));
    await pay.onPage(withdrawn.payment.url, 'late_money');
    await once(withdrawn, ({ payment }) => payment.status === 'cancelled' || payment.captured_amount > 0);
    await pay.until(async () => (await read(withdrawn)).payment.status === 'cancelled');
    expect((await offerOf()).obstacle).toBeNull();
    await pay.balanced();
  });

  it('SES-9: who has paid and does not plug in gets everything back', async () => {
    const guest = await start({ duration_minutes: 30 });
    await paid(guest);
    await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    await w.advance(119_000);
    expect((await read(guest)).status).toBe('created');
    await w.advance(2_000);
    expect(await once(guest, ({ payment }) => payment.status === 'cancelled')).toMatchObject({ status: 'cancelled', ended_reason: 'not_started', payment: { captured_amount: 0 } });
  });

  it('SES-34: who has not paid keeps no other guest waiting for long, and nobody else at all', async () => {
    const slow = await start();
    expect(await offerOf()).toMatchObject({ obstacle: 'being_started', obstacle_at: expect.any(String) });
    expect(outcome(await w.anybody.post('/v1/guest_sessions', { connector: bed.connectors[0] }))).toBe('evse_occupied');
    await w.advance(5 * MINUTE + 1_000);
    expect(await read(slow)).toMatchObject({ status: 'cancelled' });

    const overtaken = await start();
    const card = await addDriver(w, { creditMinor: 5_000 });
    const { transactionId, idTagInfo } = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag: card.uid, meterStart: 0, timestamp: await time(w) }));
    expect(idTagInfo.status).toBe('Accepted');
    expect(await read(overtaken)).toMatchObject({ status: 'cancelled', ended_reason: 'gave_way' });
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 10, timestamp: await time(w), reason: 'EVDisconnected' }));

    const again = await start();
    must(await w.provider.api.post('/v1/sessions', { type: 'app', connector: bed.connectors[0], driver: card.id }));
    expect(await read(again)).toMatchObject({ status: 'cancelled', ended_reason: 'gave_way' });
    const { end } = await plugged();
    await end(10);
  });

  it('SES-34: who has paid is not overtaken', async () => {
    const guest = await start();
    await pay.onPage(guest.payment.url, 'pay');
    await until(async () => expect((await read(guest)).payment.status).toBe('authorized'));
    const card = await addDriver(w, { creditMinor: 5_000 });
    const { idTagInfo, transactionId } = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag: card.uid, meterStart: 0, timestamp: await time(w) }));
    expect(idTagInfo.status).not.toBe('Accepted');
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 0, timestamp: await time(w), reason: 'DeAuthorized' }));
    await w.sweep();
    const { end } = await plugged();
    await end(0);
  });

  it('SES-36: stops it by the secret, and by nothing else', async () => {
    const guest = await start({}, bed.connectors[1]);
    expect(JSON.stringify(guest)).not.toContain('org_');
    await paid(guest);
    const { end } = await plugged(2);
    const stopping = stop(guest);
    await expectCall(bed.charger, 'RemoteStopTransaction', { status: 'Accepted' });
    await stopping;
    await end(500);
    await once(guest, ({ status }) => status === 'ended');
    expect((await stop(guest)).status).toBe('ended'); // and nothing happens
    const { secret_url: tracking } = must(await w.operator.api.post(`/v1/sessions/${guest.session}/tracking`));
    expect(outcome(await w.anybody.get(`/v1/guest_sessions/${tracking.split('/').at(-1)}`))).toBe('not_found');
    expect(outcome(await w.anybody.post(`/v1/guest_sessions/${tracking.split('/').at(-1)}/stop`))).toBe('not_found');
    await w.advance(8 * 24 * 60 * MINUTE);
    expect(outcome(await w.anybody.get(`/v1/guest_sessions/${tokenOf(guest)}`))).toBe('not_found');
  });

  it('SES-33: is let in by the same rules as others', async () => {
    expect(outcome(await w.anybody.post('/v1/guest_sessions', { connector: bed.connectors[0], amount: 100, energy_wh: 100 }))).toBe('invalid_request');
    const closed = await addCharger(w, 'ocpp1.6', 1);
    const { location_id: location } = must(await w.anybody.get(`/v1/evses/${closed.station.evses[0]}`));
    must(await w.operator.api.patch(`/v1/locations/${location}/policy`, { mode: 'booking_only' }));
    expect(await offerOf('', closed.connectors[0])).toMatchObject({ obstacle: 'bookings_only' });
    expect(outcome(await w.anybody.post('/v1/guest_sessions', { connector: closed.connectors[0] }))).toBe('walk_in_not_offered');
    must(await w.operator.api.patch(`/v1/locations/${location}/policy`, { mode: 'mixed', walk_in_into_slot: 'refuse' }));
    const soon = Math.ceil((await w.now() + 20 * MINUTE) / (15 * MINUTE)) * 15 * MINUTE;
    must(await w.provider.api.post('/v1/reservations', {
      evse: closed.station.evses[0], ideal_start: new Date(soon).toISOString(), duration_minutes: 30, confirm: true }));
    expect(await offerOf('', closed.connectors[0])).toMatchObject({ obstacle: 'reserved_soon', obstacle_at: new Date(soon).toISOString() });
    expect(outcome(await w.anybody.post('/v1/guest_sessions', { connector: closed.connectors[0] }))).toBe('slot_unavailable');
    await closed.charger.call('StatusNotification', { connectorId: 1, errorCode: 'GroundFailure', status: 'Faulted', timestamp: await time(w) });
    expect(await offerOf('', closed.connectors[0])).toMatchObject({ obstacle: 'out_of_order' });
    closed.charger.close();
  });
});
