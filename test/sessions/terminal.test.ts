import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { issueKey, type Scope } from '../../src/domain/organisations/index.ts';
import { apiOf, type Json } from '../support/api.ts';
import { addCharger, addTariff, expectCall, result, sample, time, type ChargingBed } from '../support/charging-bed.ts';
import { payingIn } from '../support/paying.ts';
import { MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe('what a payment terminal has authorised', () => {
  let w: World;
  let bed: ChargingBed;
  let tickets = 0;
  const pay = payingIn(() => w);
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
  });
  beforeEach(async () => {
    bed = await addCharger(w, 'ocpp1.6', 1);
  });
  afterEach(() => bed.charger.close());
  afterAll(() => w.close());

  const body = (amount: number, more: object = {}) => ({
    type: 'terminal', connector: bed.connectors[0], payment: { method: 'terminal', amount, currency: 'eur', reference: `TICKET-${++tickets}`, ...more },
  });
  const keyWith = async (scopes: readonly Scope[]) => {
    const { secret } = await w.asSystem((ctx) => issueKey(ctx, w.operator.organisation.id, { name: 'terminal', kind: 'restricted', scopes: [...scopes] }));
    return apiOf(w.app.url, secret);
  };
  const charged = async (session: Json, wh: number): Promise<Json> => {
    const { idTag } = await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const { transactionId } = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(w) }));
    await w.advance(5 * MINUTE);
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: wh, timestamp: await time(w), reason: 'EVDisconnected' }));
    return must(await w.operator.api.get(`/v1/sessions/${session.id}`));
  };

  it('SES-37: starts at once; what is to be captured is told by event, and read by the terminal’s own reference', async () => {
    const terminal = await keyWith(['sessions:write', 'payments:write', 'payments:read']);
    const started = must(await terminal.post('/v1/sessions', body(2_000)));
    expect(started).toMatchObject({ type: 'terminal', status: 'created', payment: { status: 'authorized', authorized_amount_minor: 2_000, url: null } });
    expect(await charged(started, 10_000)).toMatchObject({ status: 'ended', cost: { total: 500 } });
    await w.sweep();
    const payment = must(await terminal.get(`/v1/payments/${started.payment['_id']}`));
    expect(payment).toMatchObject({ status: 'succeeded', captured_amount: 500, authorized_amount: 2_000, provider_reference: `TICKET-${tickets}`, method: 'terminal' });
    const captured = (await w.eventsOf(payment.id, w.operator)).filter(({ type }) => type === 'payment.captured');
    expect(captured).toHaveLength(1);
    expect(captured[0]!.data.object).toMatchObject({ captured_amount: 500, provider_reference: `TICKET-${tickets}` });
    expect(must(await w.operator.api.get(`/v1/bills?for=${started.id}`)).data).toHaveLength(1);
    await pay.balanced();
  });

  it('SES-37: is never exceeded', async () => {
    const started = must(await w.operator.api.post('/v1/sessions', body(500)));
    const { idTag } = await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const { transactionId } = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(w) }));
    await w.advance(5 * MINUTE);
    result(await bed.charger.call('MeterValues', sample(transactionId, 1, await time(w), { 'Energy.Active.Import.Register': 5_000, 'Power.Active.Import': 60_000 })));
    await w.advance(297_000);
    await w.sweep();
    await expectCall(bed.charger, 'RemoteStopTransaction', { status: 'Accepted' });
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 9_980, timestamp: await time(w), reason: 'Remote' }));
    expect(must(await w.operator.api.get(`/v1/sessions/${started.id}`))).toMatchObject({ limit: { reason: 'authorized_amount', overshoot: 0 }, cost: { total: 499 } });
  });

  it('SES-37: is released where nothing starts', async () => {
    const started = must(await w.operator.api.post('/v1/sessions', body(2_000)));
    await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    await w.advance(121_000);
    await w.sweep();
    expect(must(await w.operator.api.get(`/v1/payments/${started.payment['_id']}`))).toMatchObject({ status: 'cancelled', captured_amount: 0, held_amount: 0 });
    await pay.balanced();
  });

  it('PAY-54: pays for one session, however often it is told', async () => {
    const once = body(2_000);
    const started = must(await w.operator.api.post('/v1/sessions', once));
    must(await w.operator.api.post(`/v1/sessions/${started.id}/stop`));
    expect(outcome(await w.operator.api.post('/v1/sessions', once))).toBe('already_exists');
    expect((await w.operator.api.get(`/v1/payments/${started.payment['_id']}`)).status).toBe(200);
    expect((await w.otherOperator.api.get(`/v1/payments/${started.payment['_id']}`)).status).toBe(404);
  });

  it('SES-37: is believed of who collects it only, and in the currency of the price', async () => {
    const driver = await w.driver();
    expect(outcome(await driver.api.post('/v1/sessions', { ...body(2_000), driver: driver.id }))).toBe('forbidden');
    expect(outcome(await w.otherOperator.api.post('/v1/sessions', body(2_000)))).toBe('forbidden');
    expect(outcome(await (await keyWith(['sessions:write'])).post('/v1/sessions', body(2_000)))).toBe('forbidden');
    expect(outcome(await w.operator.api.post('/v1/sessions', body(2_000, { currency: 'inr' })))).toBe('invalid_request');
    expect(outcome(await w.operator.api.post('/v1/sessions', body(2_000, { reference: undefined })))).toBe('invalid_request');
    expect(outcome(await w.operator.api.post('/v1/sessions', { ...body(2_000), type: 'app' }))).toBe('invalid_request');
  });
});
