/** Wake-ups over NATS: who hears them, and what is left of them when the server is killed, comes back, or lets nobody in. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { natsWakeUps, type NatsWakeUps } from '../../src/platform/events/index.ts';
import type { Json } from '../support/api.ts';
import { openTestPostgres, type TestDatabase } from '../support/databases.ts';
import { readEventStream, type EventReader } from '../support/event-reader.ts';
import { canKillNats, hasNats, startNats, type NatsServer } from '../support/nats.ts';
import { DEMO_KEY, startServerProcesses, temporaryFolder, type ServerProcess } from '../support/server-process.ts';

const SOON_MS = 10_000;
const PASSWORD = 'hush:/@1,2';

describe.runIf(inject('postgresUrl') !== '' && hasNats())('wake-ups over NATS', () => {
  let [one, other]: TestDatabase[] = [];
  let nats: NatsServer;
  const opened: NatsWakeUps[] = [];
  const strictOnes: NatsServer[] = [];
  beforeAll(async () => {
    [one, other] = [await openTestPostgres(), await openTestPostgres()];
    nats = await startNats({ password: PASSWORD });
  });
  afterAll(async () => {
    for (const wakeUps of opened) await wakeUps.stop();
    for (const server of [nats, ...strictOnes]) await server.remove();
    await Promise.all([one!.close(), other!.close()]);
  });

  interface Listening {
    wakeUps: NatsWakeUps;
    heard: number;
    said: string[];
  }
  const listen = async ({ database }: TestDatabase, url = nats.url): Promise<Listening> => {
    const said: string[] = [];
    const wakeUps = await natsWakeUps(database, url, (isConnected, reason) => void said.push(isConnected ? 'connected' : `lost: ${reason}`));
    opened.push(wakeUps);
    const listening: Listening = { wakeUps, heard: 0, said };
    await wakeUps.listen(() => void (listening.heard += 1));
    return listening;
  };
  const announce = ({ wakeUps }: Listening, { database }: TestDatabase, isUndone = false): Promise<void> => database.transaction(async (tx) => {
    await wakeUps.announce(tx);
    if (isUndone) throw new Error('undone');
  });

  it('reach every process of the database once the transaction is committed, and no process of another database', async () => {
    const [teller, reader, strangers] = [await listen(one!), await listen(one!), [await listen(other!), await listen(other!)]] as const;
    await expect(announce(teller, one!, true)).rejects.toThrow('undone');
    await announce(teller, one!);
    await expect.poll(() => reader.heard, { timeout: SOON_MS }).toBe(1);
    expect(teller.heard).toBe(1);
    await announce(strangers[0], other!);
    await expect.poll(() => strangers[1].heard, { timeout: SOON_MS }).toBe(1); // had it been sent what the teller said, that would have come before
    expect(reader.heard).toBe(1);
    expect([teller, reader, ...strangers].every(({ wakeUps, said }) => wakeUps.isConnected() && said.length === 0)).toBe(true);
  });

  it.runIf(canKillNats())('are given up while the server is gone, and heard again once it is back', async () => {
    const [teller, reader] = [await listen(one!), await listen(one!)];
    await nats.kill();
    await expect.poll(() => [teller, reader].map(({ said }) => said.length), { timeout: SOON_MS }).toEqual([1, 1]);
    expect(reader.wakeUps.isConnected()).toBe(false);
    await announce(teller, one!); // its own readers are woken all the same
    expect([teller.heard, reader.heard]).toEqual([1, 0]);
    await nats.restart();
    await expect.poll(() => [teller, reader].map(({ said }) => said.at(-1)), { timeout: SOON_MS }).toEqual(['connected', 'connected']);
    const before = reader.heard;
    expect(before).toBe(1); // coming back is a reason to look
    await announce(teller, one!);
    await expect.poll(() => reader.heard, { timeout: SOON_MS }).toBe(before + 1);
  });

  it.runIf(canKillNats())('do without a server that lets nobody in or is not there, and never tell a password', async () => {
    const wrong = await listen(one!, nats.url.replace('plugtime:', 'plugtime:secret-'));
    expect(wrong.wakeUps.isConnected()).toBe(false);
    expect(wrong.said).toEqual([expect.stringMatching(/^lost: .*authorization/i)]);
    const nobody = await listen(one!, 'nats://plugtime:secret-1@127.0.0.1:1');
    expect(nobody.wakeUps.isConnected()).toBe(false);
    expect([...wrong.said, ...nobody.said].join()).not.toContain('secret');
    await expect(listen(one!, 'nats://plugtime:secret-1@:99999')).rejects.toThrow(/^NATS_URL holds something that is no URL$/);
  });

  it.runIf(canKillNats()).each(['publish', 'subscribe'])('say so when the server does not let them %s, since nobody would miss them', async (denied) => {
    const strict = await startNats({ password: PASSWORD, permissions: `{ ${denied}: { deny: ["plugtime.>"] } }` });
    strictOnes.push(strict);
    const { wakeUps, said } = await listen(one!, strict.url);
    await one!.database.transaction((tx) => wakeUps.announce(tx));
    await expect.poll(() => said[0], { timeout: SOON_MS }).toMatch(new RegExp(`^lost: .*permissions violation for ${denied === 'publish' ? 'publish' : 'subscription'}`, 'i'));
    await wakeUps.stop();
  });
});

describe.runIf(inject('postgresUrl') !== '' && canKillNats())('two processes while NATS is killed and comes back', () => {
  const folder = temporaryFolder();
  let db: TestDatabase;
  let nats: NatsServer;
  let servers: ServerProcess[];
  let reader: EventReader;
  let evses: string[];

  beforeAll(async () => {
    [db, nats] = [await openTestPostgres(), await startNats({ password: PASSWORD })];
    servers = await startServerProcesses(2, { DATABASE_URL: db.url!, NATS_URL: nats.url, PLUGTIME_DATA: folder.path });
    reader = readEventStream(async () => servers[1]!.url, DEMO_KEY);
    const locations = (await servers[1]!.anybody.get('/v1/locations?limit=100')).body.data;
    const stations = locations.find(({ ref }: Json) => ref === 'HAK-BID-01').charging_stations;
    evses = stations.flatMap((station: Json) => station.evses).filter(({ bookable }: Json) => bookable).map(({ id }: Json) => id);
  }, 120_000);
  afterAll(async () => {
    await nats.remove();
    folder.remove();
    await db.close();
  });

  const slot = (day: number) => {
    const start = Temporal.Now.zonedDateTimeISO('Asia/Kolkata').add({ days: day }).withPlainTime('12:45').toInstant();
    return { start: start.toString(), end: start.add({ minutes: 45 }).toString() };
  };
  const isFree = async ({ start, end }: ReturnType<typeof slot>): Promise<boolean> => {
    const { data } = (await servers[1]!.anybody.get(`/v1/search?text=Thatte&start=${start}&end=${end}`)).body;
    return data.some((hit: Json) => hit.evses.some(({ id }: Json) => id === evses[0]));
  };
  const areConnected = async (): Promise<string[]> => Promise.all(servers.map(async ({ anybody }) => {
    const { body } = await anybody.get('/metrics');
    return /^plugtime_nats_connected (\d)$/m.exec(body)![1]!;
  }));
  /** Booked in the first process, and seen by the second's search and streams. */
  const bookAndSee = async (day: number): Promise<void> => {
    const then = slot(day);
    expect(await isFree(then)).toBe(true);
    const { status, body } = await servers[0]!.demo.post('/v1/reservations', { evse: evses[0], ideal_start: then.start, ideal_end: then.end, confirm: true });
    expect(status).toBe(201);
    await expect.poll(() => reader.events.filter((event) => event.object_id === body.id).map(({ type }) => type), { timeout: SOON_MS }).toEqual(['reservation.confirmed']);
    await expect.poll(() => isFree(then), { timeout: SOON_MS }).toBe(false);
  };

  it('what happens in one is seen in the other all along; both stay ready, tell of it, and stop as ever', async () => {
    expect(await areConnected()).toEqual(['1', '1']);
    await bookAndSee(1);
    await nats.kill();
    await expect.poll(areConnected, { timeout: SOON_MS }).toEqual(['0', '0']);
    await bookAndSee(2);
    expect(await Promise.all(servers.map(async ({ anybody }) => (await anybody.get('/readyz')).status))).toEqual([200, 200]);
    await nats.restart();
    await expect.poll(areConnected, { timeout: SOON_MS }).toEqual(['1', '1']);
    await bookAndSee(3);
    await reader.stop();
    expect(await Promise.all(servers.map((server) => server.stop()))).toEqual([0, 0]);
    for (const server of servers) {
      expect(server.failures()).toEqual([]);
      const warnings = server.warnings();
      expect(warnings).toEqual([expect.stringContaining("NATS can't be used"), expect.stringContaining('NATS is connected again')]);
      expect(warnings.join()).not.toContain('hush');
    }
  });
});
