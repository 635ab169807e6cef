import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueKey } from '../../src/domain/organisations/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { trackingPage, trackingView, type TrackedState } from '../../src/protocols/rest/tracking-page.ts';
import { apiOf } from '../support/api.ts';
import { addCharger, addDriver, addTariff, result, sample, theSession, time, type ChargingBed, type ChargingDriver } from '../support/charging-bed.ts';
import { readSse } from '../support/sse.ts';
import { DAY, MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

const STATE: TrackedState = {
  status: 'started', connection: 'online', energy_wh: 12_340, power_w: 48_200, soc_percent: 62, charging_state: 'charging', cost: 52_000, currency: 'inr',
  started_at: '2026-11-21T06:30:00.000Z', ended_at: null, estimated_end: '2026-11-21T07:10:00.000Z', read_at: '2026-11-21T06:52:00.000Z',
  location: { name: 'Plaza </script><b>&', address: 'MG Road 1', city: 'Bengaluru', time_zone: 'Asia/Kolkata', evse: 'A 1' },
};

describe('a link by which a session is followed', () => {
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

  const begin = async (connector: number): Promise<{ id: string; transactionId: number; stop(): Promise<void> }> => {
    const { transactionId } = result(await bed.charger.call('StartTransaction', { connectorId: connector, idTag: driver.uid, meterStart: 0, timestamp: await time(w) }));
    const { id } = await theSession(w);
    const stop = async () => void result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 3_000, timestamp: await time(w), reason: 'EVDisconnected' }));
    return { id, transactionId, stop };
  };
  const linkTo = async (id: string): Promise<{ url: string; token: string }> => {
    const { secret_url: url } = must(await w.provider.api.post(`/v1/sessions/${id}/tracking`));
    return { url, token: url.split('/').at(-1) };
  };
  const stored = async () => (await w.db.database.query<{ all: string }>(sql`SELECT s::text AS all FROM sessions s`)).map(({ all }) => all).join('\n');

  it('SES-24: shows the session and nothing of its driver, as it changes, until a week after its end', async () => {
    const { id, transactionId, stop } = await begin(1);
    const { url, token } = await linkTo(id);
    expect(await stored()).not.toContain(token);
    await w.advance(10 * MINUTE);
    result(await bed.charger.call('MeterValues', sample(transactionId, 1, await time(w), { 'Energy.Active.Import.Register': 2_000, 'Power.Active.Import': 12_000, SoC: 40 })));
    const shown = must(await w.anybody.get(`/v1/track/${token}`));
    expect(shown).toMatchObject({
      status: 'started', connection: 'online', energy_wh: expect.closeTo(2_000, -2), power_w: 12_000, soc_percent: 40, cost: expect.closeTo(100, -1), currency: 'eur',
      valid_until: null,
    });
    for (const secret of [id, driver.id, driver.uid, w.provider.organisation.id, w.operator.organisation.id]) expect(JSON.stringify(shown)).not.toContain(secret);
    const stream = await readSse(`${w.app.url}/v1/track/${token}/stream`);
    await stream.until('state', ({ energy_wh: wh }) => wh >= 2_000);
    const html = await (await fetch(url)).text();
    expect(html).toContain('Charging');
    await stop();
    await stream.ended;
    expect(stream.messages('state').at(-1)).toMatchObject({ status: 'ended', energy_wh: 3_000, cost: 150 });
    expect(await (await fetch(url)).text()).toMatch(/Finished.*€1\.50/s);
    await w.advance(7 * DAY - MINUTE);
    expect((await w.anybody.get(`/v1/track/${token}`)).status).toBe(200);
    await w.advance(2 * MINUTE);
    expect(outcome(await w.anybody.get(`/v1/track/${token}`))).toBe('not_found');
    const gone = await fetch(url);
    expect(gone.status).toBe(404);
    expect(await gone.text()).toContain('not valid');
    expect(outcome(await w.provider.api.post(`/v1/sessions/${id}/tracking`))).toBe('invalid_state');
  });

  it('SES-24: another link, or none, ends the one before, also where somebody is just reading', async () => {
    const { id, stop } = await begin(2);
    const first = await linkTo(id);
    const stream = await readSse(`${w.app.url}/v1/track/${first.token}/stream`);
    await stream.until('state', () => true);
    const second = await linkTo(id);
    await stream.ended;
    expect(stream.messages('ended')).toEqual([]); // it goes on, but not for this reader
    expect(outcome(await w.anybody.get(`/v1/track/${first.token}`))).toBe('not_found');
    expect((await w.anybody.get(`/v1/track/${second.token}`)).status).toBe(200);
    expect(outcome(await w.otherProvider.api.post(`/v1/sessions/${id}/tracking`))).toBe('not_found');
    expect(outcome(await w.otherProvider.api.delete(`/v1/sessions/${id}/tracking`))).toBe('not_found');
    must(await w.provider.api.delete(`/v1/sessions/${id}/tracking`));
    expect(outcome(await w.anybody.get(`/v1/track/${second.token}`))).toBe('not_found');
    expect(outcome(await w.anybody.get('/v1/track/short'))).toBe('invalid_request');
    expect((await fetch(`${w.app.url}/track/short`)).status).toBe(404);
    await stop();
  });

  it('SES-24: asked for twice with one key it is one link, whose secret is stored in no answer', async () => {
    const { id, stop } = await begin(1);
    const { secret } = await w.asSystem((ctx) => issueKey(ctx, w.provider.organisation.id, { name: 'till', kind: 'secret' }));
    const api = apiOf(w.app.url, secret);
    const ask = async (): Promise<string> => must(await api.post(`/v1/sessions/${id}/tracking`, undefined, { 'idempotency-key': 'one-link' })).secret_url;
    const first = await ask();
    expect(await ask()).toBe(first);
    expect((await fetch(first)).status).toBe(200);
    const answers = await w.db.database.query<{ all: string }>(sql`SELECT k::text AS all FROM idempotency_keys k`);
    expect(answers).not.toHaveLength(0);
    expect(JSON.stringify(answers)).not.toContain(first.split('/').at(-1)!);
    await stop();
  });

  it('SES-24: one link has so many readers at a time, and no more', async () => {
    const { id, stop } = await begin(1);
    const { token } = await linkTo(id);
    const streams = await Promise.all(Array.from({ length: 21 }, () => readSse(`${w.app.url}/v1/track/${token}/stream`)));
    expect(streams.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(streams.filter(({ status }) => status === 429)).toHaveLength(1);
    await stop();
    await Promise.all(streams.map(({ ended }) => ended));
  });

  it('the page is safe, and says the same in the script as without one', async () => {
    const html = trackingPage(STATE, { nonce: 'n', streamUrl: '../v1/track/x/stream' });
    expect(html).not.toContain('</script><b>');
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).toContain('₹520.00');
    expect(html).toContain('12:00');
    const source = /<script type="module"[^>]*>(.*?)\nconst \{ state/s.exec(html)![1]!;
    const inBrowser = runInNewContext(`${source}; trackingView`) as typeof trackingView;
    const reader = { locale: 'de', digits: 2, timeZone: 'Asia/Kolkata' };
    expect(inBrowser(STATE, reader)).toEqual(trackingView(STATE, reader));
    expect(inBrowser({ ...STATE, connection: 'interrupted' }, reader).banner).toContain('only actual energy will be billed');
  });

  it('the log has the route, not the secret', async () => {
    const { id, stop } = await begin(2);
    const { url, token } = await linkTo(id);
    const answer = await fetch(url);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    const metrics = await (await fetch(`${w.app.url}/metrics`)).text();
    expect(metrics).toContain('/track/:token');
    expect(metrics).not.toContain(token);
    await stop();
  });
});
