import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { periodsOf } from '../../src/domain/sessions/charging-periods.ts';
import { exact } from '../../src/domain/pricing/index.ts';
import type { Json } from '../support/api.ts';
import { addCharger, addDriver, addTariff, result, sample, theSession, time, type ChargingBed, type ChargingDriver } from '../support/charging-bed.ts';
import { MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe('what was metered in a session', () => {
  let w: World;
  let bed: ChargingBed;
  let driver: ChargingDriver;
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
    bed = await addCharger(w);
    driver = await addDriver(w, { creditMinor: 5_000 });
  });
  afterAll(() => w.close());

  const get = async (path: string): Promise<Json> => must(await w.provider.api.get(path));
  const OCMF = 'OCMF|{"FV":"1.0","GI":"SEAL AG","RD":[{"TM":"2026-11-21T12:00:00,000+0000 S","TX":"B","RV":1000,"RI":"01-00:01.08.00*FF","RU":"Wh"}]}|{"SD":"3045 \\" ü"}';

  it('SES-22, SES-23: it is told in periods as OCPI has them, as it was read, and as it was signed', async () => {
    const { charger } = bed;
    const { transactionId } = result(await charger.call('StartTransaction', { connectorId: 1, idTag: driver.uid, meterStart: 0, timestamp: await time(w) }));
    const { id } = await theSession(w);
    expect((await get(`/v1/sessions/${id}/charging_periods`)).data).toEqual([]);
    for (const wh of [1_000, 2_000, 3_000, 4_000]) {
      await w.advance(5 * MINUTE);
      result(await charger.call('MeterValues', sample(transactionId, 1, await time(w), { 'Energy.Active.Import.Register': wh, SoC: wh / 100 })));
    }
    await w.advance(30 * MINUTE);
    const end = await time(w);
    result(await charger.call('StopTransaction', {
      transactionId, meterStop: 4_000, timestamp: end, reason: 'EVDisconnected',
      transactionData: [{ timestamp: end, sampledValue: [{ value: OCMF, context: 'Transaction.End', format: 'SignedData' }] }],
    }));
    const { data: periods } = await get(`/v1/sessions/${id}/charging_periods`);
    const kinds = periods.map(({ dimensions }: Json) => dimensions.map(({ type }: Json) => type).join(' '));
    expect(kinds).toEqual(['ENERGY TIME POWER STATE_OF_CHARGE', 'ENERGY TIME POWER STATE_OF_CHARGE', 'PARKING_TIME']);
    const sum = (wanted: string) => periods.flatMap(({ dimensions }: Json) => dimensions).filter(({ type }: Json) => type === wanted)
      .reduce((all: number, { volume }: Json) => all + volume, 0);
    expect(sum('ENERGY')).toBeCloseTo(4, 3);
    expect(sum('TIME')).toBeCloseTo(1 / 3, 2);
    expect(sum('PARKING_TIME')).toBeCloseTo(0.5, 2);
    const first = await get(`/v1/sessions/${id}/meter_values?limit=3`);
    expect(first.data).toMatchObject([{ register_wh: 1_000, soc_percent: 10, is_signed: false }, { register_wh: 2_000 }, { register_wh: 3_000 }]);
    const rest = await get(first.next_page_url);
    expect(rest).toMatchObject({ has_more: false, data: [{ register_wh: 4_000 }, { register_wh: null, is_signed: true }] });
    const strange = ['x', Buffer.from('7\0').toString('base64url')];
    for (const after of strange) expect(outcome(await w.provider.api.get(`/v1/sessions/${id}/meter_values?after=${after}`))).toBe('invalid_request');
    const bill = await get(`/v1/bills/${(await theSession(w)).cost.bill}`);
    expect(bill.signed_meter_values).toBe(`/v1/sessions/${id}/signed_meter_values`);
    expect((await get(bill.signed_meter_values)).data).toEqual([
      { read_at: end, encoding_method: 'OCMF', signing_method: null, public_key: null, signed_data: OCMF },
    ]);
    for (const path of ['charging_periods', 'meter_values', 'signed_meter_values']) expect(outcome(await w.otherProvider.api.get(`/v1/sessions/${id}/${path}`))).toBe('not_found');
  });

  it('SES-22: signed values of OCPP 2.x come out as they went in', async () => {
    const { charger, station } = await addCharger(w, 'ocpp2.0.1');
    const signedMeterValue = { signedMeterData: Buffer.from(OCMF).toString('base64'), signingMethod: 'ECDSA-secp256r1-SHA256', encodingMethod: 'OCMF', publicKey: 'MFkw' };
    const event = async (eventType: string, seqNo: number, more: object) => result(await charger.call('TransactionEvent', {
      eventType, timestamp: await time(w), triggerReason: 'Authorized', seqNo, transactionInfo: { transactionId: 'S1' }, evse: { id: 1, connectorId: 1 }, ...more,
    }));
    await event('Started', 0, { idToken: { idToken: driver.uid, type: 'ISO14443' } });
    const { id, charging_station: at } = await theSession(w);
    expect(at).toBe(station.id);
    await event('Ended', 1, { meterValue: [{ timestamp: await time(w), sampledValue: [{ value: 5, signedMeterValue, context: 'Transaction.End' }] }] });
    expect((await get(`/v1/sessions/${id}/signed_meter_values`)).data).toMatchObject([
      { encoding_method: 'OCMF', signing_method: 'ECDSA-secp256r1-SHA256', public_key: 'MFkw', signed_data: signedMeterValue.signedMeterData },
    ]);
  });

  it('SES-23: no period is longer than a quarter of an hour unless its reading is, and none mixes charging with parking', () => {
    const at = (minute: number, minutes: number, state: 'charging' | 'parking', wh: number) => (
      { start: minute * MINUTE, end: (minute + minutes) * MINUTE, state, energyWh: exact(wh), minPowerW: 0, maxPowerW: 0 });
    const intervals = [at(0, 10, 'charging', 1_000), at(10, 5, 'charging', 500), at(15, 60, 'charging', 6_000), at(75, 1, 'parking', 0)];
    const periods = periodsOf(intervals, [{ at: 5 * MINUTE, socPercent: 7 }]);
    expect(periods).toEqual([
      { start: 0, dimensions: [{ type: 'ENERGY', volume: 1.5 }, { type: 'TIME', volume: 0.25 }, { type: 'POWER', volume: 6 }, { type: 'STATE_OF_CHARGE', volume: 7 }] },
      { start: 15 * MINUTE, dimensions: [{ type: 'ENERGY', volume: 6 }, { type: 'TIME', volume: 1 }, { type: 'POWER', volume: 6 }] },
      { start: 75 * MINUTE, dimensions: [{ type: 'PARKING_TIME', volume: 0.0167 }] },
    ]);
  });
});
