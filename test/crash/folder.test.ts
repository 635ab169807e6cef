/** One process at a time on a data folder, and commands that reach the one that has it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/platform/database/index.ts';
import type { Json } from '../support/api.ts';
import { report } from '../support/random.ts';
import { runCommandProcess, startServerProcess, temporaryFolder, type ServerProcess } from '../support/server-process.ts';

describe('a data folder', () => {
  const folder = temporaryFolder();
  const settings = { PLUGTIME_DATA: folder.path };
  const run = (...args: string[]) => runCommandProcess(args, settings);
  let server: ServerProcess;
  let importFile: string;

  beforeAll(async () => {
    importFile = join(folder.path, 'locations.json');
    writeFileSync(importFile, JSON.stringify([locationOf('ONE', 'Kere Dadi Charging'), locationOf('TWO', 'Bettada Thudi Charging')]));
    server = await startServerProcess(settings);
  });
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });

  it('is refused to a second server, which says why and what to do', async () => {
    const { code, out, err } = await run('serve', '--demo');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(`plugtime: another process uses the data folder ${folder.path}. Stop it, or set PLUGTIME_DATA to another folder.\n`);
    expect((await server.anybody.get('/readyz')).status).toBe(200);
  });

  it('is worked on by commands while a server has it', async () => {
    const listed = await run('keys', 'organisations');
    expect(listed.code).toBe(0);
    expect(listed.out.split('\n').filter((line) => /^org_\w+\tsandbox\tdemo\toperator\+provider\tPlugtime Demo$/.test(line))).toHaveLength(1);

    const made = await run('keys', 'create', 'daari', '--name', 'from the command line');
    expect(made.code).toBe(0);
    const [id, secret] = made.out.trim().split('\t') as [string, string];
    const asMade = () => fetch(`${server.url}/v1/organisation`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await asMade()).status).toBe(200);
    expect((await run('keys', 'revoke', id)).code).toBe(0);
    expect((await asMade()).status).toBe(401);
    const unknown = await run('keys', 'revoke', 'key_01jq8y3k5wf0xr7q1m3zs5c9tb');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('No key has the id');
  });

  it('takes an import while a server has it, and the server finds what came', async () => {
    const search = async (text: string): Promise<Json[]> => (await server.anybody.get(`/v1/search?text=${text}`)).body.data;
    expect(await search('Thudi')).toEqual([]);
    const first = await run('import', importFile, '--format', 'ocpi', '--operator', 'hakki-charge');
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('"created":2') });
    await expect.poll(() => search('Thudi'), { timeout: 10_000 }).toMatchObject([{ name: 'Bettada Thudi Charging' }]);

    const again = await run('import', importFile, '--format', 'ocpi', '--operator', 'hakki-charge');
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('"created":0,"updated":0,"unchanged":2') });

    const broken = join(folder.path, 'broken.json');
    writeFileSync(broken, JSON.stringify([locationOf('THREE', 'Halli Mara Charging'), { ...locationOf('FOUR', 'Nowhere'), coordinates: { latitude: '0', longitude: '0' } }]));
    const partly = await run('import', broken, '--format', 'ocpi', '--operator', 'hakki-charge');
    expect(partly).toMatchObject({ code: 3, out: expect.stringContaining('"refused":1') });

    const missing = await run('import', join(folder.path, 'no-such-file.json'), '--format', 'ocpi', '--operator', 'hakki-charge');
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('no-such-file.json');
    expect((await server.anybody.get('/readyz')).status).toBe(200);
  });

  it('is free again the moment its server is killed, for commands and for another server', async () => {
    await server.kill();
    const listed = await run('keys', 'organisations'); // the dead server's address still lies there
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toContain('\tdemo\t');
    server = await startServerProcess(settings);
    report(`start-up on a folder that a killed server left: ${Math.round(server.startedMs)} ms`);
    expect((await server.demo.get('/v1/locations?limit=100')).body.data.map(({ name }: Json) => name)).toContain('Bettada Thudi Charging');
    expect((await run('keys', 'organisations')).code).toBe(0);
  });

  it('says so when another process has it that takes no commands', async () => {
    await server.stop();
    const lock = lockFolder(folder.path)!;
    try {
      const { code, err } = await run('keys', 'organisations');
      expect(code).toBe(1);
      expect(err).toContain(`another process uses the data folder ${folder.path}, and it can not be reached`);
    } finally {
      lock.release();
    }
    expect((await run('keys', 'organisations')).code).toBe(0);
  });
});

/** An OCPI 2.2.1 location with one EVSE. */
function locationOf(id: string, name: string): object {
  const at = '2026-01-01T00:00:00Z';
  const connector = {
    id: '1', standard: 'IEC_62196_T2_COMBO', format: 'CABLE', power_type: 'DC', max_voltage: 500, max_amperage: 125, max_electric_power: 50_000, last_updated: at,
  };
  return {
    country_code: 'IN', party_id: 'TST', id, publish: true, name, address: 'Main Road', city: 'Ramanagara', country: 'IND', coordinates: { latitude: '12.71', longitude: '77.27' },
    evses: [{ uid: `${id}-1`, status: 'AVAILABLE', connectors: [connector], last_updated: at }], time_zone: 'Asia/Kolkata', last_updated: at,
  };
}
