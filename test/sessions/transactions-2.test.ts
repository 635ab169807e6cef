import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCharger, addDriver, addTariff, expectCall, result, theSession, time, type ChargingBed, type ChargingDriver } from '../support/charging-bed.ts';
import { MINUTE, must, openWorld, type World } from '../support/world.ts';

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('transactions of %s', (version) => {
  let w: World;
  let bed: ChargingBed;
  let driver: ChargingDriver;
  let seqNo = 0;
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
    bed = await addCharger(w, version);
    driver = await addDriver(w, { creditMinor: 5_000 });
  });
  afterAll(() => w.close());

  const event = async (eventType: string, transactionId: string, more: { triggerReason: string; info?: object; wh?: number; at?: string } & Record<string, unknown>) => {
    const { triggerReason, info, wh, at, ...rest } = more;
    const timestamp = at ?? await time(w);
    return result(await bed.charger.call('TransactionEvent', {
      eventType, timestamp, triggerReason, seqNo: seqNo++, transactionInfo: { transactionId, ...info }, ...rest,
      ...(wh === undefined ? {} : { meterValue: [{ timestamp, sampledValue: [{ value: wh / 1000, unitOfMeasure: { unit: 'kWh' } }] }] }),
    }));
  };
  const shown = { idToken: { idToken: '', type: 'ISO14443' } };

  it('SES-9: the cable first, then the card; what was read is billed', async () => {
    shown.idToken.idToken = driver.uid;
    expect(result(await bed.charger.call('Authorize', shown)).idTokenInfo).toMatchObject({ status: 'Accepted', groupIdToken: { type: 'Central' } });
    expect(await event('Started', 'T1', { triggerReason: 'CablePluggedIn', info: { chargingState: 'EVConnected' }, evse: { id: 1, connectorId: 1 }, wh: 1_000 })).toEqual({});
    expect(await theSession(w)).toBeUndefined();
    const answer = await event('Updated', 'T1', { triggerReason: 'Authorized', info: { chargingState: 'Charging' }, ...shown, wh: 1_000 });
    expect(answer.idTokenInfo.status).toBe('Accepted');
    expect(await theSession(w)).toMatchObject({ status: 'started', evse: bed.station.evses[0], driver: driver.id });
    await w.advance(10 * MINUTE);
    expect(await event('Updated', 'T1', { triggerReason: 'MeterValuePeriodic', wh: 3_000 })).toEqual({});
    expect(must(await w.provider.api.get(`/v1/sessions/${(await theSession(w)).id}/live`))).toMatchObject({ charging_state: 'charging', cost: expect.closeTo(100, -1) });
    await event('Ended', 'T1', { triggerReason: 'EVDeparted', info: { stoppedReason: 'EVDisconnected' }, wh: 4_000 });
    expect(await theSession(w)).toMatchObject({ status: 'ended', energy_wh: 3_000, cost: { total: 150 }, ended_reason: 'EVDisconnected' });
  });

  it('SES-12: events that are told again, or whose beginning was lost, are taken once', async () => {
    const at = await time(w);
    const again = { eventType: 'Updated', timestamp: at, triggerReason: 'Authorized', seqNo: 900, transactionInfo: { transactionId: 'T2' }, evse: { id: 2 }, ...shown };
    expect(result(await bed.charger.call('TransactionEvent', again)).idTokenInfo.status).toBe('Accepted');
    expect(result(await bed.charger.call('TransactionEvent', again)).idTokenInfo.status).toBe('Accepted');
    const { id } = await theSession(w);
    await event('Updated', 'T2', { triggerReason: 'MeterValuePeriodic', wh: 500 });
    const ended = { eventType: 'Ended', timestamp: await time(w), triggerReason: 'EVDeparted', seqNo: 990, transactionInfo: { transactionId: 'T2', stoppedReason: 'Local' } };
    result(await bed.charger.call('TransactionEvent', ended));
    result(await bed.charger.call('TransactionEvent', ended));
    expect(must(await w.provider.api.get('/v1/sessions?limit=100')).data.filter((one: { status: string }) => one.status === 'started')).toEqual([]);
    expect(must(await w.provider.api.get(`/v1/sessions/${id}`)).status).toBe('ended');
  });

  it('SES-9: a session that was asked for is known by its number', async () => {
    const created = must(await w.provider.api.post('/v1/sessions', { type: 'app', connector: bed.connectors[0], driver: driver.id }));
    const call = await expectCall(bed.charger, 'RequestStartTransaction', { status: 'Accepted' });
    expect(call).toMatchObject({ evseId: 1, idToken: { type: 'Central' }, groupIdToken: { type: 'Central' } });
    await event('Started', 'T3', { triggerReason: 'RemoteStart', info: { remoteStartId: call.remoteStartId, chargingState: 'Charging' }, evse: { id: 1, connectorId: 1 }, wh: 0 });
    expect(await theSession(w)).toMatchObject({ id: created.id, status: 'started' });
    await event('Ended', 'T3', { triggerReason: 'EVDeparted', info: { stoppedReason: 'EVDisconnected' }, wh: 100 });
  });
});
