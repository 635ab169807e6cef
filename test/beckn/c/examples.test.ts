/**
 * The examples that Unified Bharat e-Charge and the energy group (DEG) have published, played as one conversation over signed HTTP: each request as it stands, but for ids,
 * times and texts that name their own world; each answer with every field that theirs shows. They lie where `BECKN_SCHEMAS` says, and are not part of the project.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/api.ts';
import { faultsByCandidate, openBedC, type BedC, type Conversation } from '../../support/beckn-c-bed.ts';
import { expectCall, sample, time } from '../../support/charging-bed.ts';
import type { Charger } from '../../support/charger.ts';
import { tariffOf } from '../../support/paying.ts';
import { freePort } from '../../support/free-port.ts';
import { MINUTE, must } from '../../support/world.ts';
import { missingPaths, pathsOf } from '../paths.ts';

const folder = process.env.BECKN_SCHEMAS ?? '';
const SETS = { UBC: 'v2-rc/bhim-ubc-tsd/Example-schemas', DEG: 'v2-rc/beckn-DEG/examples-ev-charging-v2' } as const;

/** What the examples show and we do not, each with its reason in docs/beckn-ubc.md. */
const LEFT_OUT: readonly RegExp[] = [
  /beckn:longDesc$/, /itemAttributes\/minPowerKW$/, /items\[\]\/beckn:rating\//, /offers\[\]\/beckn:(validity\/|acceptedPaymentMethod)/,
  /beckn:invoice\//, /feedbackForm\/submission_id$/,
];

const isIn = (set: keyof typeof SETS): boolean => folder !== '' && existsSync(join(folder, SETS[set]));

describe.each((Object.keys(SETS) as (keyof typeof SETS)[]).map((set) => ({ set })))('the examples of $set', ({ set }) => {
  let bed: BedC;
  let talk: Conversation;
  let charger: Charger;
  let orderId = '';
  let slot: { start: string; end: string };
  beforeAll(async () => {
    if (!isIn(set)) return;
    const port = String(await freePort());
    bed = await openBedC({ settings: {
      PORT: port, PLUGTIME_PUBLIC_URL: `http://127.0.0.1:${port}`, PLUGTIME_BECKN_SUPPORT_PHONE: '18001080', PLUGTIME_BECKN_SUPPORT_EMAIL: 'help@example.com',
    } });
    const rate = tariffOf('45', '10');
    const [{ price_components: components }] = rate.elements as [{ price_components: object[] }];
    components.push({ type: 'PARKING_TIME', price: '120', step_size: 60 });
    must(await bed.cpo.api.post('/v1/tariffs', rate));
    must(await bed.cpo.api.patch('/v1/organisation', { support_contact: { phone: '1800 1080', url: 'https://cpo.example/help', hours: 'all day' } }));
    talk = bed.converse();
    slot = await bed.newSlot();
    charger = await bed.plug();
    const { location_id: id } = must(await bed.w.anybody.get(`/v1/evses/${bed.station.evses[0]}`));
    must(await bed.cpo.api.patch(`/v1/locations/${id}`, { parking_type: 'PARKING_LOT', facilities: ['WIFI'], state: 'Karnataka', postal_code: '560076' }));
    await bed.w.app.runtime.events.settled();
  });
  afterAll(() => bed?.close());

  const files = (pattern: string): string[] => globSync(join(folder, SETS[set], pattern)).sort();
  const read = (file: string): Json => JSON.parse(readFileSync(file, 'utf8'));
  const example = (pattern: string): Json => read(files(pattern)[0]!);

  /** As it stands, with our ids and times. */
  const ours = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((one) => ours(one, key));
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, ours(inner, name)]));
    if (key === 'startTime') return slot.start;
    if (key === 'endTime') return slot.end;
    if (key === 'beckn:seller' || key === 'beckn:provider') return bed.cpo.organisation.id;
    if (typeof value === 'string' && (value.startsWith('IND*') || key === 'beckn:orderedItem')) return bed.connectors[0];
    if (value === 'order-ev-charging-001') return orderId;
    return value;
  };

  /** Their context, but for who speaks to whom and when. */
  const contextOf = ({ context }: Json): object => ({
    ...Object.fromEntries(Object.entries(context as object).filter(([name]) => !/^(bap|bpp|transaction|message)_|timestamp/.test(name))), message_id: randomUUID(),
    timestamp: new Date().toISOString(), location: undefined,
  });
  const askAs = (body: Json): Promise<Json> => talk.ask(body.context.action, { message: ours(body.message), error: body.error }, contextOf(body));
  const sendAs = (body: Json): Promise<unknown> => talk.send(body.context.action, { message: ours(body.message), error: body.error }, contextOf(body));
  const expectFields = (pattern: string, answer: Json): void => {
    expect(answer.error).toBeUndefined();
    const missing = missingPaths(pathsOf(example(pattern).message).map((path) => `/message${path}`), answer);
    const left = missing.filter((path) => LEFT_OUT.some((one) => one.test(path)));
    expect(missing.filter((path) => !left.includes(path)), pattern).toEqual([]);
  };
  const orderOf = (answer: Json): Json => answer.message.order;
  const here = (name: string, work: () => Promise<void>): void => it(name, async ({ skip }) => {
    if (!isIn(set)) return skip('BECKN_SCHEMAS names no folder with the examples');
    await work();
  }, 60_000);

  here('BKC-3, BKC-19: each discover is answered, and what a code says finds its plug', async () => {
    for (const file of files('01_discover/*.json')) {
      const answer = await askAs(read(file));
      expect([file, answer.error]).toEqual([file, undefined]);
    }
    const found = await askAs(example('01_discover/discovery-within-boundary-with-connection-spec.json'));
    expectFields('02_on_discover/*specific*.json', found);
    expect(found.message.catalogs[0]['beckn:items'].map((item: Json) => item['beckn:id'])).toEqual(bed.connectors);
    const { qrIdentifier } = found.message.catalogs[0]['beckn:items'][1]['beckn:itemAttributes'];
    const scanned = await talk.ask('discover', { message: { filters: { type: 'jsonpath', expression: `$[?(@.beckn:itemAttributes.qrIdentifier == '${qrIdentifier}')]` } } });
    expect(scanned.message.catalogs[0]['beckn:items'].map((item: Json) => item['beckn:id'])).toEqual([bed.connectors[1]]);
  });

  here('BKC-4, BKC-7, BKC-9: select, init, paid, confirm', async () => {
    expectFields('04_on_select/*.json', await askAs(example('03_select/*.json')));
    const answer = await askAs(example('05_init/*bpp*.json'));
    expectFields('06_on_init/*bpp*.json', answer);
    orderId = orderOf(answer)['beckn:id'];
    await bed.pay(orderOf(answer)['beckn:payment']['beckn:paymentURL']);
    expectFields('06_on_status_1/*.json', await talk.got('on_status'));
    const confirmed = await askAs(example('07_confirm/*.json'));
    expectFields('08_00_on_confirm/*.json', confirmed);
    expect([orderOf(confirmed)['beckn:orderStatus'], orderOf(confirmed)['beckn:id']]).toEqual(['CONFIRMED', orderId]);
  });

  here('BKC-10, BKC-11, BKC-12: the plug, start, track, stop', async () => {
    expectFields('08_02_on_status/*.json', await askAs(example('08_01_status/*.json')));
    await bed.w.advanceTo(Date.parse(slot.start) + MINUTE);
    await sendAs(example('09_update/*.json'));
    const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const started = await charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: await time(bed.w) });
    const { transactionId } = started[2] as { transactionId: number };
    expectFields('10_on_update/*.json', await talk.got('on_update'));
    await bed.w.advance(MINUTE);
    await charger.call('MeterValues', sample(transactionId, 1, await time(bed.w), {
      'Energy.Active.Import.Register': 1_000, 'Power.Active.Import': 60_000, SoC: 63, 'Current.Import': 150, Voltage: 400,
    }));
    await bed.w.sweep();
    if (set === 'UBC') expectFields('12_on_track/*.json', await askAs(example('11_track/*.json')));
    else {
      await talk.ask('track', { message: { order: { 'beckn:id': orderId } } }); // the link is there once somebody has tracked
      expectFields('12_on_status/*.json', await askAs(example('11_status/*.json')));
    }
    const before = talk.count('on_update');
    expect(orderOf(await askAs(example('14_01_update/*.json')))['beckn:orderStatus']).toBe('INPROGRESS'); // parking costs there: nothing flows, and unplugging ends it
    const flow = expectCall(charger, 'SetChargingProfile', { status: 'Accepted' });
    await bed.w.sweep();
    await flow;
    await charger.call('StopTransaction', { transactionId, meterStop: 2_000, timestamp: await time(bed.w), reason: 'Remote' });
    const final = await talk.got('on_update', before + 1);
    for (const file of ['14_02_on_update/*complete*.json', ...(set === 'UBC' ? ['14_02_on_update/*undercharge*.json'] : [])]) expectFields(file, final);
    expect(orderOf(final)['beckn:orderStatus']).toBe('COMPLETED');
  });

  here('BKC-15, BKC-16: rating and support', async () => {
    const rated = await askAs(example('15_rating/*.json'));
    expect([rated.error, rated.message?.received]).toEqual([undefined, true]);
    if (set === 'DEG') expectFields('16_on_rating/*.json', rated);
    for (const file of files('17_support/*.json')) expectFields('18_on_support/*on*support.json', await askAs(read(file)));
  });

  here('BKC-14: cancel, before charging', async () => {
    const cancelled = files('19_cancel/*.json');
    if (cancelled.length === 0) return; // UBC shows none
    talk = bed.converse();
    slot = await bed.newSlot();
    await askAs(example('03_select/*.json'));
    const answer = await askAs(example('05_init/*bpp*.json'));
    orderId = orderOf(answer)['beckn:id'];
    await bed.pay(orderOf(answer)['beckn:payment']['beckn:paymentURL']);
    await talk.got('on_status');
    await askAs(example('07_confirm/*.json'));
    const told = await askAs(read(cancelled[0]!));
    expectFields('20_on_cancel/*.json', told);
    expect([orderOf(told)['beckn:orderStatus'], orderOf(told)['beckn:payment']['beckn:beneficiary']]).toEqual(['CANCELLED', 'BUYER']);
  });

  here('BKC-17, check 48: all that went out passes the published schema', async () => {
    expect(await faultsByCandidate(bed)).toEqual([]);
  });
});
