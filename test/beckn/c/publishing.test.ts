/** The catalogue of the network, published to the stand-in of a catalogue service. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becknCatalogues } from '../../../src/commands/beckn-catalogues.ts';
import { EXIT } from '../../../src/commands/command.ts';
import { listCatalogs, startStandIns, type PublishedCatalog, type StandIns } from '../../../src/protocols/beckn/index.ts';
import { openSchemas } from '../../../src/protocols/beckn/conformance/index.ts';
import type { Json } from '../../support/api.ts';
import { initBody, openBedC, selectBody, type BedC } from '../../support/beckn-c-bed.ts';
import { BAP_ID, BPP_ID } from '../../support/beckn-bed.ts';
import { addStation } from '../../support/charger-bed.ts';
import { tariffOf } from '../../support/paying.ts';
import { HOUR, must } from '../../support/world.ts';

describe('publishing', () => {
  let bed: BedC;
  let standIns: StandIns;
  let locationId: string;
  const told: string[] = [];
  beforeAll(async () => {
    standIns = await startStandIns({ port: 0, tell: (line) => void told.push(line) });
    bed = await openBedC({ settings: {
      PLUGTIME_BECKN_REGISTRY_FILE: '', PLUGTIME_BECKN_REGISTRY_URL: standIns.url, PLUGTIME_BECKN_CATALOG_URL: `${standIns.url}/catalog/publish`,
      PLUGTIME_BECKN_CATALOG_ID: standIns.gatewayId, PLUGTIME_BECKN_CATALOG_SECONDS: '1',
    } });
    standIns.list({ subscriberId: BPP_ID, keyId: 'k1', type: 'BPP', url: `${bed.w.app.url}/beckn`, signingPublicKey: bed.bpp.publicKey, status: 'SUBSCRIBED' });
    standIns.list({ subscriberId: BAP_ID, keyId: 'k1', type: 'BAP', url: bed.callbacks.url, signingPublicKey: bed.bap.publicKey, status: 'SUBSCRIBED' });
    ({ location_id: locationId } = must(await bed.w.anybody.get(`/v1/evses/${bed.station.evses[0]}`)));
  });
  afterAll(async () => {
    await bed.close();
    await standIns.stop();
  });

  const shelf = (id = locationId): Json => standIns.catalogs.get(`catalog-${id}`);
  const row = async (id = locationId): Promise<PublishedCatalog | undefined> => (await listCatalogs(bed.w.db.database)).find((one) => one.locationId === id);
  const eventually = (look: () => unknown): { toEqual(value: unknown): Promise<void> } => expect.poll(async () => {
    await bed.w.sweep();
    return look();
  }, { timeout: 30_000, interval: 200 });
  const windowsOf = (connectorId: string): [number, number][] => (shelf()?.['beckn:items'] ?? []).filter((item: Json) => item['beckn:id'] === connectorId)
    .flatMap((item: Json) => item['beckn:availabilityWindow'].map((one: Json) => [Date.parse(one['schema:startDate']), Date.parse(one['schema:endDate'])]));
  const isFree = (connectorId: string, at: number): boolean => windowsOf(connectorId).some(([start, end]) => start <= at && at < end);

  it('BKC-20, BKC-22: what is there is published, and what the service says of it is known', async () => {
    await eventually(() => shelf()?.['beckn:items'].map((item: Json) => item['beckn:id'])).toEqual(bed.connectors);
    expect(shelf()).toMatchObject({ 'beckn:bppId': BPP_ID, 'beckn:isActive': true, 'beckn:offers': [{ 'beckn:price': { value: 18 } }, {}] });
    await eventually(async () => (await row())?.status).toEqual('accepted');
    expect(await row()).toMatchObject({ itemCount: 2, report: {} });
  });

  it('BKC-20, check 44: a slot that is booked leaves what is published', async () => {
    const start = Math.ceil((await bed.w.now()) / HOUR) * HOUR + 3 * HOUR;
    expect(isFree(bed.connectors[0]!, start)).toBe(true);
    const slot = { start: new Date(start).toISOString(), end: new Date(start + HOUR).toISOString() };
    const wish = { item: bed.connectors[0]!, seller: bed.cpo.organisation.id, slot };
    const talk = bed.converse();
    await talk.ask('select', selectBody(wish));
    expect((await talk.ask('init', initBody(wish))).error).toBeUndefined(); // held is as good as booked
    await eventually(() => isFree(bed.connectors[0]!, start)).toEqual(false);
    expect([isFree(bed.connectors[0]!, start + HOUR), isFree(bed.connectors[1]!, start)]).toEqual([true, true]);
  });

  it('BKC-20: so is a price that changes', async () => {
    must(await bed.cpo.api.post('/v1/tariffs', { ...tariffOf('21', '10'), ref: 'dearer' }));
    await eventually(() => shelf()['beckn:offers'][0]['beckn:price'].value).toEqual(21);
  });

  it('BKC-20, BKN-64: so is what drivers think of a plug', async () => {
    const { id } = must(await bed.w.provider.api.post('/v1/sandbox/sessions', { evse: bed.station.evses[1] }));
    must(await bed.w.provider.api.post(`/v1/sandbox/sessions/${id}/end`));
    must(await bed.w.provider.api.post(`/v1/sessions/${id}/ratings`, { ratings: [{ category: 'overall', stars: 4 }] }));
    const ratingOf = (): Json => shelf()['beckn:items'].find((item: Json) => item['beckn:id'] === bed.connectors[1])?.['beckn:rating'];
    await eventually(ratingOf).toEqual({ '@type': 'beckn:Rating', 'beckn:ratingValue': 4, 'beckn:ratingCount': 1 });
  });

  it('BKC-21, check 45: what is the same is not sent again', async () => {
    await eventually(async () => (await row())?.status).toEqual('accepted');
    const count = told.length;
    const { sentAt } = (await row())!;
    await bed.w.db.database.raw('UPDATE beckn_catalogs SET due_at = now() - interval \'1 minute\'');
    await eventually(async () => ((await row())?.dueAt ?? 0) > Date.now() + HOUR).toEqual(true);
    expect([told.length, (await row())!.sentAt]).toEqual([count, sentAt]);
  });

  it('BKC-22, check 45: what is refused is reported, item by item', async () => {
    const other = await bed.w.addOrganisation({ slug: 'free.example', name: 'Free of charge', roles: ['operator'] });
    const station = await addStation(bed.w, { security_profile: 0 }, { evses: 1, by: other });
    const { location_id: id, connectors: [connector] } = must(await bed.w.anybody.get(`/v1/evses/${station.evses[0]}`));
    await eventually(async () => (await row(id))?.status).toEqual('rejected');
    expect((await row(id))!.report).toMatchObject({ error: { code: 'NO_OFFER', details: { items: [{ path: 'catalogs[0].items[0]', id: connector.id }] } } });
    const lines: string[] = [];
    const io = { out: (line: string) => void lines.push(line), note: (line: string) => void lines.push(line) };
    expect(await becknCatalogues(bed.w.app.runtime, {}, io as never, undefined as never)).toBe(EXIT.failed);
    expect(lines[0]).toMatch(new RegExp(`^${id}\trejected\t0\t.*NO_OFFER.*${connector.id}`));
    expect(lines.at(-1)).toBe('2 locations, 1 of them refused in whole or in part');
  });

  it('BKC-20: a location that is gone is told to be', async () => {
    must(await bed.cpo.api.patch(`/v1/locations/${locationId}`, { publish: false }));
    await eventually(() => [shelf()['beckn:isActive'], shelf()['beckn:items']]).toEqual([false, []]);
  });

  it('BKC-17, check 48: what is published passes the published schema', async ({ skip }) => {
    const folder = process.env.BECKN_SCHEMAS;
    if (folder === undefined) return skip('BECKN_SCHEMAS names no folder with the published schemas');
    const schemas = await openSchemas(folder);
    const { rows } = await bed.w.db.database.raw('SELECT action, body FROM beckn_sent WHERE action = \'catalog_publish\' UNION ALL SELECT action, body FROM beckn_received');
    expect(rows.length).toBeGreaterThan(4);
    for (const { action, body } of rows) expect(schemas.message('C', String(action), JSON.parse(String(body))), String(action)).toEqual([]);
  });
});
