/** The demo network's own stations: a server that is started with the simulator has them online, also after a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { apiOf, type Json } from '../support/api.ts';
import { runCommandProcess, startServerProcess } from '../support/server-process.ts';
import { must } from '../support/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'plugtime-demo-simulator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the demo network', () => {
  it('has stations online that a simulator connects as, and again after a restart; those that are planned or broken stay so', async () => {
    const settings = { PLUGTIME_DATA: folder };
    for (let start = 1; start <= 2; start++) {
      const server = await startServerProcess({ ...settings, PLUGTIME_DEMO_SIMULATOR: 'true' });
      const { out } = await runCommandProcess(['keys', 'create', 'hakki-charge'], settings);
      const operator = apiOf(server.url, /pt_sk_test_\w+/.exec(out)![0]);
      const { id } = must(await operator.get('/v1/organisation'));
      const locations = must(await operator.get(`/v1/locations?limit=100&operator_id=${id}`)).data as Json[];
      const stations = locations.flatMap(({ charging_stations: list }) => list as { id: string; evses: { status: string }[] }[]);
      const [working, others] = [true, false].map((works) => stations.filter(({ evses }) => evses.every(({ status }) => !/PLANNED|OUTOFORDER/.test(status)) === works));
      expect([working!.length > 15, others!.length]).toEqual([true, 2]);
      const online = async (list: { id: string }[]): Promise<number> => {
        const told = await Promise.all(list.map(async (station) => must(await operator.get(`/v1/charging_stations/${station.id}/connection`))));
        return told.filter((one) => one.online === true && one.boot?.model === 'Simulator').length;
      };
      await vi.waitFor(async () => expect(await online(working!)).toBe(working!.length), { timeout: 30_000, interval: 200 });
      expect(await online(others!)).toBe(0);
      expect(server.failures()).toEqual([]);
      expect(await server.stop()).toBe(0);
    }
  }, 180_000);
});
