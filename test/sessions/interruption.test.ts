/** Seed 001, "Under and Overcharge Scenarios": what was prepaid, what the charger did while it was away, and what becomes of the money. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Json } from '../support/api.ts';
import { addCharger, addDriver, addTariff, result, sample, theSession, time, type ChargingBed, type ChargingDriver } from '../support/charging-bed.ts';
import { payingIn, tariffOf } from '../support/paying.ts';
import { iso, MINUTE, must, openWorld, type World } from '../support/world.ts';

describe('a charger that loses its connection amid a session', () => {
  let w: World;
  let bed: ChargingBed;
  const { call, until, onPage, paymentOnce, billOf, balanced } = payingIn(() => w);
  beforeAll(async () => {
    w = await openWorld();
    must(await w.operator.api.post('/v1/tariffs', tariffOf('20')));
    bed = await addCharger(w);
  });
  afterAll(() => w.close());

  let days = 0;
  /** 25 kWh for ₹500, paid; the driver comes at its time with their card. */
  const prepaid = async (): Promise<{ driver: ChargingDriver; reservation: Json; payment: string; transactionId: number }> => {
    const driver = await addDriver(w);
    must(await w.provider.api.put(`/v1/drivers/${driver.id}/contact`, { email: `${driver.uid}@example.org`, languages: ['en-IN'] }));
    const start = Math.ceil((await w.now()) / (60 * MINUTE)) * 60 * MINUTE + ++days * 24 * 60 * MINUTE;
    const reservation = await call('post', '/v1/reservations', {
      evse: bed.station.evses[0], ideal_start: iso(start), driver: driver.id, energy_wh: 25_000, confirm: true,
    });
    const { id, url } = await call('post', `/v1/reservations/${reservation.id}/payments`, { method: 'payment_link', amount: 50_000 });
    await onPage(url, 'pay');
    await paymentOnce(id, 'authorized');
    await call('post', `/v1/payments/${id}/capture`, {});
    await paymentOnce(id, 'succeeded');
    await w.advanceTo(start);
    const { transactionId, idTagInfo } = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag: driver.uid, meterStart: 0, timestamp: await time(w) }));
    expect(idTagInfo.status).toBe('Accepted');
    expect(await theSession(w)).toMatchObject({ reservation: reservation.id, status: 'started' });
    return { driver, reservation, payment: id, transactionId };
  };
  const read = async (transactionId: number, wh: number) => result(await bed.charger.call('MeterValues', sample(
    transactionId, 1, await time(w), { 'Energy.Active.Import.Register': wh, 'Power.Active.Import': 24_000 })));
  const loseIt = async () => {
    bed.charger.close();
    await bed.charger.closed;
    await vi.waitFor(async () => {
      await w.sweep();
      expect((await theSession(w)).connection).toBe('interrupted');
    }, { timeout: 10_000 });
  };
  const isBack = async () => {
    bed.charger = await bed.station.plug({ protocols: ['ocpp1.6'] });
  };
  const notices = async (driver: string): Promise<Record<string, string>> => {
    await w.tell();
    return Object.fromEntries(must(await w.provider.api.get(`/v1/sandbox/notices?driver=${driver}&limit=100`)).data.map(({ kind, text }: Json) => [kind, text]));
  };

  it('SES-25 undercharge: a power cut is told at once with the estimated refund, and what was not used comes back when the charger does', async () => {
    const { driver, reservation, payment, transactionId } = await prepaid();
    await w.advance(20 * MINUTE);
    await read(transactionId, 8_000);
    const session = await theSession(w);
    await loseIt();
    expect((await call('get', `/v1/sessions/${session.id}/live`))).toMatchObject({ connection: 'interrupted', cost: 16_000, authorized: 50_000, estimated_refund: 34_000 });
    const told = (await w.eventsOf(session.id)).find(({ type }) => type === 'session.interrupted');
    expect(told.data.object.estimated_refund).toEqual({ currency: 'inr', amount: 34_000 });
    expect((await notices(driver.id)).session_interrupted).toBe(
      'Session interrupted—only actual energy will be billed. You may unplug or wait for power to resume. Estimated refund: ₹340.00.');
    await w.advance(30 * MINUTE);
    await isBack();
    const stoppedAt = new Date(Date.parse(session.started_at) + 21 * MINUTE).toISOString();
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 8_400, timestamp: stoppedAt, reason: 'PowerLoss' }));
    await until(async () => (await call('get', `/v1/payments/${payment}`)).refunded_amount === 33_200);
    expect(await billOf(reservation.id)).toMatchObject({ total: 16_800, outstanding: 0, energy_wh: 8_400, session: session.id });
    expect((await call('get', `/v1/drivers/${driver.id}/outstanding`)).data).toEqual([]);
    const last = await notices(driver.id);
    expect(last.session_finished).toContain('Final: ₹168.00 for 8.4 kWh');
    expect(last.refund).toContain('₹332.00');
    await balanced();
  });

  it('SES-25 overcharge: a charger that goes on by itself and gives more than was paid leaves something owed, on both sides', async () => {
    const { driver, reservation, payment, transactionId } = await prepaid();
    await w.advance(20 * MINUTE);
    await read(transactionId, 20_000);
    const session = await theSession(w);
    await loseIt();
    expect((await notices(driver.id)).session_interrupted).toContain('Estimated refund: ₹100.00.');
    await w.advance(30 * MINUTE);
    await isBack();
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 26_000, timestamp: await time(w), reason: 'EVDisconnected' }));
    const bill = await billOf(reservation.id);
    expect(bill).toMatchObject({ total: 52_000, outstanding: 2_000, energy_wh: 26_000, session: session.id });
    expect(await call('get', `/v1/payments/${payment}`)).toMatchObject({ captured_amount: 50_000, refunded_amount: 0 });
    expect((await call('get', `/v1/drivers/${driver.id}/outstanding`)).data).toMatchObject([{ currency: 'inr', amount: 2_000, bills: [{ bill: bill.id, amount: 2_000 }] }]);
    expect(must(await w.operator.api.get(`/v1/bills/${bill.id}`))).toMatchObject({ total: 52_000, outstanding: 2_000 });
    const last = await notices(driver.id);
    expect(last.session_finished).toContain('Final: ₹520.00 for 26 kWh');
    expect(last.refund).toBeUndefined();
    await balanced();
    // a single tap settles it
    const { id, url } = await call('post', `/v1/drivers/${driver.id}/outstanding/inr/payments`, { method: 'payment_link' });
    await onPage(url, 'pay');
    await paymentOnce(id, 'succeeded');
    expect((await call('get', `/v1/drivers/${driver.id}/outstanding`)).data).toEqual([]);
    await balanced();
  });

  it('SES-25: who overstays is told until when that is free, and what each minute costs then', async () => {
    const other = await openWorld();
    try {
      await addTariff(other, [
        { price_components: [{ type: 'ENERGY', price: '0.50' }] },
        { price_components: [{ type: 'PARKING_TIME', price: '6' }], restrictions: { min_duration_seconds: 3600 } },
      ]);
      const { charger } = await addCharger(other);
      const driver = await addDriver(other, { creditMinor: 50_000 });
      must(await other.provider.api.put(`/v1/drivers/${driver.id}/contact`, { email: 'late@example.org', languages: ['en'] }));
      const begun = await other.now();
      const { transactionId } = result(await charger.call('StartTransaction', { connectorId: 1, idTag: driver.uid, meterStart: 0, timestamp: await time(other) }));
      await other.advance(20 * MINUTE);
      result(await charger.call('MeterValues', sample(transactionId, 1, await time(other), { 'Energy.Active.Import.Register': 5_000, 'Power.Active.Import': 0 })));
      result(await charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'SuspendedEV', timestamp: await time(other) }));
      await other.sweep();
      await other.advance(12 * MINUTE);
      const { id } = await theSession(other);
      const { data: { object: told } } = (await other.eventsOf(id)).find(({ type }) => type === 'session.overstay');
      expect(told.overstay.per_minute).toEqual({ currency: 'eur', amount: 10 });
      expect(Math.abs(Date.parse(told.overstay.free_until) - begun - 60 * MINUTE)).toBeLessThan(10_000);
      await other.tell();
      const texts = must(await other.provider.api.get(`/v1/sandbox/notices?driver=${driver.id}&limit=100`)).data;
      expect(texts.find(({ kind }: Json) => kind === 'overstay').text).toMatch(/Please move it until .*; afterwards each minute costs €0\.10\./);
    } finally {
      await other.close();
    }
  });
});
