import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { addCharger, addTariff, expectCall, result, time, type ChargingBed } from '../support/charging-bed.ts';
import { payingIn } from '../support/paying.ts';
import { MINUTE, must, openWorld, type World } from '../support/world.ts';

describe('a payment terminal of the station’s own', () => {
  let w: World;
  let bed: ChargingBed;
  let payments = 0;
  const pay = payingIn(() => w);
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
  });
  beforeEach(async () => {
    bed = await addCharger(w, 'ocpp2.1', 1);
    payments += 1;
  });
  afterEach(() => bed.charger.close());
  afterAll(() => w.close());

  const reference = (): string => `psp-Ref-${payments}`;
  const event = async (eventType: string, seqNo: number, more: object = {}, info: object = {}, ref = `TX-${payments}`): Promise<Json> => (
    result(await bed.charger.call('TransactionEvent', {
      eventType, seqNo, timestamp: await time(w), triggerReason: 'Authorized', transactionInfo: { transactionId: ref, chargingState: 'Charging', ...info }, ...more,
    })));
  const meter = async (wh: number, powerW = 60_000) => ({ meterValue: [{ timestamp: await time(w), sampledValue: [
    { value: wh, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } }, { value: powerW, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } },
  ] }] });
  const begin = async (info: object = {}, ref?: string): Promise<Json> => event('Started', 0, {
    evse: { id: 1, connectorId: 1 }, idToken: { idToken: reference(), type: 'DirectPayment' }, ...await meter(0) }, info, ref);
  const settle = async (amount: number, status = 'Settled'): Promise<Json> => result(await bed.charger.call('NotifySettlement', {
    pspRef: reference(), transactionId: `TX-${payments}`, status, settlementAmount: amount, settlementTime: await time(w), receiptId: 'R-1',
  }));
  const newest = async (): Promise<Json> => must(await w.operator.api.get('/v1/sessions?limit=1')).data[0];
  const paymentOf = async ({ payment }: Json): Promise<Json> => must(await w.operator.api.get(`/v1/payments/${payment}`));

  it('SES-41: begins by what it has authorised; the station is told what it comes to, and what it settles is written down', async () => {
    expect((await begin({ transactionLimit: { maxCost: 20 } })).idTokenInfo.status).toBe('Accepted');
    const session = await newest();
    expect(session).toMatchObject({ type: 'terminal', status: 'started', driver: null });
    expect(await paymentOf(session)).toMatchObject({ status: 'authorized', authorized_amount: 2_000, provider_reference: reference(), currency: 'eur' });
    await w.advance(10 * MINUTE);
    expect(await event('Ended', 1, await meter(10_000), { stoppedReason: 'EVDisconnected' })).toMatchObject({ totalCost: 5 });
    expect(await newest()).toMatchObject({ id: session.id, status: 'ended', cost: { total: 500 } });
    expect(await settle(5)).toEqual({});
    await settle(5); // told again
    expect(await paymentOf(session)).toMatchObject({ status: 'succeeded', captured_amount: 500, settlement: { status: 'settled', amount: 500, receipt_id: 'R-1' } });
    expect(must(await w.operator.api.get(`/v1/charging_stations/${bed.station.id}/reports?limit=1`)).data[0]).toMatchObject({ action: 'NotifySettlement' });
    await pay.balanced();
  });

  it('SES-41: is stopped before it costs more than was authorised', async () => {
    await begin({ transactionLimit: { maxCost: 5 } });
    await w.advance(5 * MINUTE);
    await event('Updated', 1, await meter(5_000));
    await w.advance(297_000);
    await w.sweep();
    await expectCall(bed.charger, 'RequestStopTransaction', { status: 'Accepted' });
    expect((await newest()).limit).toMatchObject({ reason: 'authorized_amount', amount: 500 });
  });

  it('SES-41: without a limit, what was settled has paid it', async () => {
    await begin();
    const session = await newest();
    expect(session.payment).toBeNull();
    await w.advance(10 * MINUTE);
    await event('Ended', 1, await meter(10_000), { stoppedReason: 'EVDisconnected' });
    await settle(5);
    await w.sweep();
    await w.sweep();
    expect(await paymentOf(await newest())).toMatchObject({ status: 'succeeded', captured_amount: 500, refunded_amount: 0 });
    expect(must(await w.operator.api.get(`/v1/bills?for=${session.id}`)).data[0]).toMatchObject({ total: 500, outstanding: 0 });
    await pay.balanced();
  });

  it('PAY-54: a payment begins one session, and is judged by what is promised there like anybody else', async () => {
    await begin({ transactionLimit: { maxCost: 20 } });
    await event('Ended', 1, await meter(100), { stoppedReason: 'EVDisconnected' });
    expect((await begin({ transactionLimit: { maxCost: 20 } }, 'ANOTHER')).idTokenInfo.status).toBe('Invalid');
    await expectCall(bed.charger, 'RequestStopTransaction', { status: 'Accepted' });
    payments += 1;
    const { location_id: location } = must(await w.anybody.get(`/v1/evses/${bed.station.evses[0]}`));
    must(await w.operator.api.patch(`/v1/locations/${location}/policy`, { mode: 'booking_only' }));
    expect((await begin({ transactionLimit: { maxCost: 20 } }, 'BOOKED')).idTokenInfo.status).toBe('Invalid');
  });

  it('SES-41: tells the station whether a VAT number can be one', async () => {
    const ask = async (vatNumber: string): Promise<string> => result(await bed.charger.call('VatNumberValidation', { vatNumber, evseId: 1 })).status;
    expect([await ask('DE136695976'), await ask('DE136695977'), await ask('nonsense')]).toEqual(['Accepted', 'Rejected', 'Rejected']);
  });
});
