/** Two real processes on one PostgreSQL: whichever holds a station's socket, both can tell it something, and one may die. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { plugIn, type Charger } from '../support/charger.ts';
import { BOOT_16 } from '../support/charger-bed.ts';
import { openTestPostgres, type TestDatabase } from '../support/databases.ts';
import { hasNats, startNats, type NatsServer } from '../support/nats.ts';
import { startServerProcess, startServerProcesses, type ServerProcess } from '../support/server-process.ts';
import { must } from '../support/world.ts';

/** Well below the ten seconds after which a process looks for what it was not told of. */
const SOON_MS = 5_000;
/** A lease, and the turn of whoever finds it expired. */
const LEASE_MS = 45_000;
const KINDS = [{ over: 'database' }, ...(hasNats() ? [{ over: 'NATS' }] : [])];

describe.runIf(inject('postgresUrl') !== '').each(KINDS)('charging stations of two processes, over the $over', ({ over }) => {
  let db: TestDatabase;
  let nats: NatsServer | undefined;
  let settings: Record<string, string>;
  let [a, b]: ServerProcess[] = [];
  beforeAll(async () => {
    db = await openTestPostgres();
    nats = over === 'NATS' ? await startNats() : undefined;
    settings = { DATABASE_URL: db.url!, PLUGTIME_OCPP_CONNECTS_PER_MINUTE: '10000', ...(nats ? { NATS_URL: nats.url } : {}) };
    [a, b] = await startServerProcesses(2, settings);
  }, 120_000);
  afterAll(async () => {
    await a?.kill();
    await b?.kill();
    await nats?.remove();
    await db.close();
  });

  let last = 0;
  interface Station {
    id: string;
    path: string;
  }
  const addStation = async (): Promise<Station> => {
    const location = must(await a!.demo.post('/v1/locations', {
      ref: `P-${++last}`, name: 'Two', address: 'x', city: 'Berlin', country: 'DEU', time_zone: 'Europe/Berlin', coordinates: { latitude: 52.5, longitude: 13.3 },
      charging_stations: [{ ref: 'S', evses: [{ uid: `P-${last}-1`, connectors: [
        { ref: '1', standard: 'IEC_62196_T2_COMBO', format: 'CABLE', power_type: 'DC', max_voltage: 500, max_amperage: 100 },
      ] }] }],
    }));
    const { id } = location.charging_stations[0];
    return { id, path: must(await a!.demo.put(`/v1/charging_stations/${id}/credentials`, { security_profile: 0, identity: `P-${last}` })).path };
  };
  const plug = async (server: ServerProcess, { path }: Station): Promise<Charger> => {
    const charger = await plugIn(server.url, path);
    expect((await charger.call('BootNotification', BOOT_16))[0]).toBe(3);
    return charger;
  };
  const tell = async (server: ServerProcess, { id }: Station, body: object) => must(await server.demo.post(`/v1/charging_stations/${id}/commands`, body)).id as string;
  const command = async (server: ServerProcess, id: string): Promise<Json> => must(await server.demo.get(`/v1/station_commands/${id}`));
  const connection = async (server: ServerProcess, { id }: Station): Promise<Json> => must(await server.demo.get(`/v1/charging_stations/${id}/connection`));

  it('CHS-5 a command that one process is given goes over the socket that the other one holds, at once', async () => {
    const station = await addStation();
    const charger = await plug(b!, station);
    for (const [server, type] of [[a!, 'clear_cache'], [b!, 'get_local_list_version'], [a!, 'clear_cache']] as const) {
      const start = performance.now();
      const id = await tell(server, station, { type });
      const [, frame] = await charger.next();
      expect(performance.now() - start).toBeLessThan(SOON_MS);
      charger.answer(frame, type === 'clear_cache' ? { status: 'Accepted' } : { listVersion: 0 });
      await expect.poll(async () => (await command(a!, id)).status, { timeout: SOON_MS }).toBe('accepted');
    }
    charger.close();
  });

  it('OCPP-4 the newest connection wins, whichever process holds it, and what an older one still says changes nothing', async () => {
    const station = await addStation();
    const status = (said: string) => ({ connectorId: 1, errorCode: 'NoError', status: said });
    let older = await plug(a!, station);
    expect((await older.call('StatusNotification', status('Available')))[0]).toBe(3);
    const said = async () => (await connection(a!, station)).connectors.map((each: Json) => each.status);
    for (const server of [b!, a!, b!]) {
      const newer = await plug(server, station);
      if (older.isOpen()) older.send(JSON.stringify([2, 'late', 'StatusNotification', status('Faulted')]));
      expect(await older.closed).toBe(4001);
      expect((await newer.call('Heartbeat', {}))[0]).toBe(3);
      expect(await said()).toEqual(['AVAILABLE']);
      older = newer;
    }
    expect([(await connection(a!, station)).online, older.isOpen()]).toEqual([true, true]);
    older.close();
    await expect.poll(async () => (await connection(a!, station)).online, { timeout: SOON_MS }).toBe(false);
  });

  it.runIf(over === 'database')('CHS-2 CHS-6 the stations of a killed process are lost after its lease, what was sent is not sent again, and what waited is', async () => {
    const station = await addStation();
    const charger = await plug(b!, station);
    const sent = await tell(a!, station, { type: 'reset' });
    expect((await charger.next())[2]).toBe('Reset');
    const stale = await tell(a!, station, { type: 'clear_cache', expires_in_seconds: 1 });
    const waiting = await tell(a!, station, { type: 'get_local_list_version', expires_in_seconds: 600 });
    await b!.kill();
    expect((await connection(a!, station)).online).toBe(true);
    await expect.poll(async () => (await connection(a!, station)).online, { timeout: LEASE_MS, interval: 500 }).toBe(false);
    const told = must(await a!.demo.get(`/v1/events?object_id=${station.id}&limit=100`)).data as Json[];
    expect(told.map(({ type }) => type)).toContain('station.offline');
    b = await startServerProcess(settings);
    const back = await plug(b, station);
    const [, frame, action] = await back.next();
    expect(action).toBe('GetLocalListVersion');
    back.answer(frame, { listVersion: 0 });
    await expect.poll(async () => (await command(a!, waiting)).status, { timeout: SOON_MS }).toBe('accepted');
    expect(await command(a!, sent)).toMatchObject({ status: 'failed', failure: 'no_answer' });
    expect((await command(b, stale)).status).toBe('expired');
    back.close();
  }, 120_000);
});
