import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { totpAt } from '../../src/domain/sessions/totp.ts';
import { sql } from '../../src/platform/database/index.ts';
import type { Json } from '../support/api.ts';
import { until } from '../support/charger-bed.ts';
import { addCharger, addTariff, expectCall, time, type ChargingBed } from '../support/charging-bed.ts';
import { MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

describe('a code that changes on a screen', () => {
  let w: World;
  let bed: ChargingBed;
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
  });
  beforeEach(async () => {
    bed = await addCharger(w, 'ocpp2.1', 2);
  });
  afterEach(() => bed.charger.close());
  afterAll(() => w.close());

  const path = (n = 0): string => `/v1/evses/${bed.station.evses[n]}/dynamic_code`;
  /** The station takes what it is told, and makes its codes as a station does. */
  const set = async (settings: object = {}, status = 'Accepted'): Promise<Record<string, string>> => {
    expect(must(await w.operator.api.send('PUT', path(), settings))).toMatchObject({ status: 'setting' });
    const { setVariableData: data } = await sent(status);
    expect(data.map(({ component }: Json) => component)).toEqual(data.map(() => ({ name: 'WebPaymentsCtrlr', evse: { id: 1 } })));
    await until(async () => expect(must(await w.operator.api.get(path())).status).not.toBe('setting'));
    return Object.fromEntries(data.map(({ variable, attributeValue }: Json) => [variable.name, attributeValue]));
  };
  const sent = async (status: string): Promise<Json> => {
    for (;;) {
      const [, id, action, payload] = await bed.charger.next();
      if (action !== 'SetVariables') {
        bed.charger.answer(id, { status: 'Accepted' });
        continue;
      }
      const { setVariableData } = payload as Json;
      bed.charger.answer(id, { setVariableResult: setVariableData.map(({ component, variable }: Json) => ({ attributeStatus: status, component, variable })) });
      return payload as Json;
    }
  };
  const shownBy = async ({ SharedSecret: secret, ValidityTime, Length }: Record<string, string>, seconds = 0): Promise<string> => (
    totpAt({ secret: secret!, validitySeconds: Number(ValidityTime), length: Number(Length) }, Date.parse(await time(w, seconds))));
  const start = (more: object = {}) => w.anybody.post('/v1/guest_sessions', { connector: bed.connectors[0], energy_wh: 5_000, ...more });
  const page = async (query: string): Promise<string> => (await fetch(`${w.app.url}/charge/${bed.connectors[0]}?${query}`)).text();

  it('SES-38: the station is given a secret and the address, which nobody is shown', async () => {
    must(await w.operator.api.send('PUT', `/v1/charging_stations/${bed.station.id}/frame_log`, { enabled: true }));
    const settings = await set({ validity_seconds: 30, length: 8 });
    expect(settings).toMatchObject({ Enabled: 'true', ValidityTime: '30', Length: '8', URLTemplate: `${w.app.url}/charge/${bed.connectors[0]}?totp={totp}` });
    expect(settings.SharedSecret).toMatch(/^[0-9A-Za-z]{32}$/);
    const told = must(await w.operator.api.get(path()));
    expect(told).toMatchObject({ status: 'set', validity_seconds: 30, length: 8, required: false });
    const command = must(await w.operator.api.get(`/v1/station_commands/${told.command}`));
    for (const shown of [told, command, must(await w.operator.api.get(`/v1/charging_stations/${bed.station.id}/frames`))]) {
      expect(JSON.stringify(shown)).not.toContain(settings.SharedSecret);
    }
    const commands = await w.db.database.query<{ all: string }>(sql`SELECT c::text AS all FROM station_commands c WHERE finished_at IS NOT NULL`);
    expect(JSON.stringify(commands)).not.toContain(settings.SharedSecret);
    expect(outcome(await w.otherOperator.api.send('PUT', path(), {}))).toBe('forbidden');
    expect(outcome(await w.provider.api.get(path()))).toBe('forbidden');
  });

  it('SES-38: a station that refuses it, or speaks an older version, has none', async () => {
    await set({ required: true }, 'UnknownComponent');
    expect(must(await w.operator.api.get(path())).status).toBe('refused');
    expect((await start()).status).toBe(201); // it is not required, since nobody could show it
    const old = await addCharger(w, 'ocpp2.0.1', 1);
    expect(outcome(await w.operator.api.send('PUT', `/v1/evses/${old.station.evses[0]}/dynamic_code`, {}))).toBe('not_supported');
    old.charger.close();
  });

  it('SES-39: where it is required, only who has just scanned it starts, and once', async () => {
    const settings = await set({ validity_seconds: 30, required: true });
    expect(outcome(await start())).toBe('otp_wrong');
    expect(outcome(await start({ totp: 'aaaaaaaaaaaa' }))).toBe('otp_wrong');
    expect(outcome(await start({ totp: await shownBy(settings, -90) }))).toBe('otp_wrong');
    const totp = await shownBy(settings);
    const guest = must(await start({ totp }));
    must(await w.anybody.post(`/v1/guest_sessions/${guest.secret_url.split('/').at(-1)}/stop`));
    expect(outcome(await start({ totp }))).toBe('otp_expired');
    expect((await start({ totp: await shownBy(settings, 30) })).status).toBe(201);
  });

  it('SES-39: the page takes it when it is opened, and lets who has scanned choose in peace', async () => {
    const settings = await set({ required: true });
    expect(await page('')).toContain('scan the code on the screen');
    expect(await page('')).not.toContain('<form');
    expect(await page('totp=aaaaaaaaaaaa')).toContain('Please scan the one on the screen');
    const opened = await page(`totp=${await shownBy(settings)}`);
    const scan = /name="scan" value="([^"]+)"/.exec(opened)![1]!;
    await w.advance(10 * MINUTE);
    expect(await page(`want=energy&energy=5&step=pay&scan=${encodeURIComponent(scan)}`)).toContain('Pay and charge');
    const post = (fields: Record<string, string>) => fetch(`${w.app.url}/charge/${bed.connectors[0]}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
    const forged = await post({ want: 'full', scan: scan.replace(/.$/, (sign) => (sign === 'A' ? 'B' : 'A')) });
    expect([forged.status, await forged.text()]).toEqual([200, expect.stringContaining('too old')]);
    expect((await post({ want: 'full', scan })).status).toBe(303);
    await w.advance(6 * MINUTE);
    expect(await (await post({ want: 'full', scan })).text()).toContain('Please scan the one on the screen');
  });

  it('SES-40: the station is told that somebody pays, and until when', async () => {
    must(await start());
    expect(await expectCall(bed.charger, 'NotifyWebPaymentStarted', {})).toEqual({ evseId: 1, timeout: 300 });
  });

  it('SES-38: is taken off the screen again', async () => {
    const settings = await set({ required: true });
    const removing = w.operator.api.delete(path());
    const { setVariableData } = await sent('Accepted');
    expect(setVariableData).toEqual([expect.objectContaining({ attributeValue: 'false', variable: { name: 'Enabled' } })]);
    must(await removing);
    expect(outcome(await w.operator.api.get(path()))).toBe('not_found');
    expect((await start({ totp: await shownBy(settings) })).status).toBe(201);
  });
});
