import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCharger, addTariff, expectCall, result, time, WITH_PARKING, type ChargingBed } from '../support/charging-bed.ts';
import { openTestEmbedded } from '../support/databases.ts';
import { payingIn } from '../support/paying.ts';
import { MINUTE, must, openWorld, type World } from '../support/world.ts';

interface Shown {
  status: number;
  html: string;
  url: string;
}

/** A browser without scripts. */
async function browse(url: string, form?: Record<string, string>, language = 'en-IE'): Promise<Shown> {
  const answer = await fetch(url, { headers: { 'accept-language': language }, ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}) });
  return { status: answer.status, html: await answer.text(), url: answer.url };
}

const plain = (html: string): string => html.replaceAll(/<(script|style)[^>]*>.*?<\/\1>/gs, '').replaceAll(/<[^>]+>/g, ' ')
  .replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code))).replaceAll(/\s+/g, ' ');

describe('the pages of who scans the code at a connector', () => {
  let w: World;
  let bed: ChargingBed;
  const pay = payingIn(() => w);
  beforeAll(async () => {
    w = await openWorld(openTestEmbedded, { PLUGTIME_GUEST_STARTS_PER_HOUR: '12' });
    await addTariff(w);
  });
  beforeEach(async () => {
    bed = await addCharger(w, 'ocpp1.6', 2);
  });
  afterEach(() => bed.charger.close());
  afterAll(() => w.close());

  const address = (query = '', connector = bed.connectors[0]): string => `${w.app.url}/charge/${connector}${query}`;
  const begin = async (form: Record<string, string> = { want: 'full' }): Promise<{ paymentUrl: string }> => {
    const answer = await fetch(address(), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
    expect(answer.status).toBe(303);
    return { paymentUrl: answer.headers.get('location')! };
  };
  /** Pays, and follows to where the payment page leads. */
  const payAt = async (url: string, choice = 'pay'): Promise<Shown> => browse(url, { choice });
  const until = (page: string, text: string): Promise<Shown> => pay.until(async () => {
    const shown = await browse(page);
    return plain(shown.html).includes(text) && shown;
  });

  it('SES-33: lead from the code to the plug, the receipt and back, without a script', async () => {
    const first = await browse(address());
    expect(first.status).toBe(200);
    expect(plain(first.html)).toMatch(/Place \d+ .*CCS 2.*60 kW.*Ready.*€0\.50 per kWh.*How much do you want\?/i);
    const second = await browse(address('?want=energy&amount=&energy=20&minutes=&step=pay'));
    expect(plain(second.html)).toMatch(/€11\.00 is held now.*Only what you use is taken.*20 kWh.*20 min.*Expected cost €10\.00.*simulator/);
    const german = await browse(address('?want=energy&energy=2,5&step=pay'), undefined, 'de-DE,de;q=0.9');
    expect(plain(german.html)).toMatch(/1,38\s€ is held now.*2,5 kWh/);
    const { paymentUrl } = await begin({ want: 'energy', energy: '20' });
    expect(await (await fetch(paymentUrl)).text()).toContain('This is a simulator');
    const back = await payAt(paymentUrl);
    expect(back.url).toMatch(/\/charging\/[\w-]{43}$/);
    await until(back.url, 'Paid. Plug in now');
    await w.sweep();
    const { idTag } = await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const { transactionId } = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(w) }));
    expect(plain((await until(back.url, 'Charging')).html)).toContain('Stop charging');
    expect(plain((await browse(address())).html)).toContain('In use');
    expect((await browse(address())).html).toContain(`href="./${bed.connectors[1]}"`);
    await w.advance(10 * MINUTE);
    const stopped = browse(back.url, { do: 'stop' });
    await expectCall(bed.charger, 'RemoteStopTransaction', { status: 'Accepted' });
    expect((await stopped).status).toBe(200);
    result(await bed.charger.call('StopTransaction', { transactionId, meterStop: 10_000, timestamp: await time(w), reason: 'Remote' }));
    const done = await until(back.url, 'Receipt (PDF)');
    expect(plain(done.html)).toMatch(/Finished.*10\.00 kWh.*You pay €5\.00 of the €11\.00 that were held/);
    const pdf = await fetch(/href="([^"]+receipt)"/.exec(done.html)![1]!);
    expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  });

  it('SES-33: say what is wrong with what was filled in, and keep it', async () => {
    for (const [query, text] of [['want=amount&amount=', 'Fill in the amount'], ['want=energy&energy=x', 'Fill in the energy'], ['want=time&minutes=0', 'Fill in the time']]) {
      const shown = await browse(address(`?${query}&step=pay`));
      expect([shown.status, plain(shown.html).includes(text!)]).toEqual([400, true]);
      expect(shown.html).toContain('role="alert"');
    }
    expect((await browse(address('?want=energy&energy=%22%3E%3Cb%3E&step=pay'))).html).not.toContain('"><b>');
    const wrong = await browse(address(), { want: 'energy', energy: '5', email: 'a@b.example', phone: '12' });
    expect([wrong.status, plain(wrong.html).includes('no phone number')]).toEqual([400, true]);
    expect(wrong.html).toContain('value="a@b.example"');
    expect((await browse(`${w.app.url}/charge/con_nothing`)).status).toBe(404);
    expect((await browse(`${w.app.url}/charging/nothing`)).status).toBe(404);
  });

  it('SES-35: tell who was declined, or gave up, that nothing is taken', async () => {
    const { paymentUrl } = await begin();
    const back = await payAt(paymentUrl, 'decline');
    const cancelled = await until(back.url, 'did not go through');
    expect(plain(cancelled.html)).toContain('You pay nothing');
    expect(cancelled.html).toContain(`href="../charge/${bed.connectors[0]}"`);
    const again = await begin();
    const page = await payAt(again.paymentUrl);
    const gone = await browse(page.url, { do: 'stop' });
    expect(plain(gone.html)).toContain('You have cancelled it');
  });

  it('SES-36: say that unplugging ends it where standing there costs', async () => {
    const by = await w.addOrganisation({ roles: ['operator'] });
    must(await by.api.post('/v1/tariffs', { ref: 'parking', name: 'P', is_default: true, currency: 'EUR', elements: WITH_PARKING,
      tariff_alt_text: [{ language: 'en', text: 'Half a euro per kWh' }] }));
    const other = await addCharger(w, 'ocpp1.6', 1, by);
    const shown = await browse(address('', other.connectors[0]));
    expect(plain(shown.html)).toMatch(/Half a euro per kWh.*per hour of standing there without charging/);
    const answer = await fetch(address('', other.connectors[0]), { method: 'POST', body: new URLSearchParams({ want: 'time', minutes: '30' }), redirect: 'manual' });
    const page = await payAt(answer.headers.get('location')!);
    await until(page.url, 'Paid. Plug in now');
    await w.sweep();
    const { idTag } = await expectCall(other.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    result(await other.charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(w) }));
    await until(page.url, 'Stop charging');
    const refused = await browse(page.url, { do: 'stop' });
    expect([refused.status, plain(refused.html).includes('ends when you unplug')]).toEqual([409, true]);
    other.charger.close();
  });

  it('SES-33: too many starts from one address are refused, in words', async () => {
    let shown: Shown | undefined;
    for (let i = 0; i < 14; i++) shown = await browse(address('', bed.connectors[i % 2]), { want: 'energy', energy: '1' });
    expect(plain(shown!.html)).toMatch(/Too many have begun|being started/);
    const answer = await w.anybody.post('/v1/guest_sessions', { connector: bed.connectors[0] });
    expect(answer.status).toBe(429);
  });

  it('are closed to other scripts, and kept nowhere', async () => {
    const answer = await fetch(address());
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect([answer.headers.get('cache-control'), answer.headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
  });
});
