/** Settings by which stations start without asking us: set at boot, and read back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/database/index.ts';
import type { Json } from '../support/api.ts';
import type { Charger } from '../support/charger.ts';
import { addCharger } from '../support/charging-bed.ts';
import { openWorld, type World } from '../support/world.ts';

describe('settings of stations', () => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(undefined, { PLUGTIME_ADJUST_STATIONS: 'true' });
  });
  afterAll(() => w.close());

  /** Answers what comes next; gives its action and payload. */
  async function hear(charger: Charger, answer: (payload: Json) => object): Promise<[string, Json]> {
    await w.sweep();
    const [, id, action, payload] = await charger.next();
    charger.answer(id, answer(payload as Json));
    return [action as string, payload as Json];
  }
  const PROFILES = { key: 'SupportedFeatureProfiles', readonly: true, value: 'Core,SmartCharging' };

  it('ARM-8: of 1.6 are read in one message, changed where they can be, read back, and what stands against is shown; once a boot', async () => {
    const { charger, station } = await addCharger(w);
    const held: Record<string, string> = { LocalPreAuthorize: 'true', AuthorizationCacheEnabled: 'true', LocalAuthorizeOffline: 'FALSE', StopTransactionOnInvalidId: 'false' };
    const all = () => ({
      configurationKey: [PROFILES, ...Object.entries(held).map(([key, value]) => ({ key, readonly: key === 'AuthorizationCacheEnabled', value }))],
      unknownKey: ['AllowOfflineTxForUnknownId'],
    });
    await w.advance(6_000);
    const [action, asked] = await hear(charger, all);
    expect([action, asked.key]).toEqual(['GetConfiguration', expect.arrayContaining(['LocalPreAuthorize', 'AllowOfflineTxForUnknownId', 'SupportedFeatureProfiles'])]);
    const changes: string[] = [];
    for (let n = 0; n < 2; n++) {
      await expect.poll(async () => (await w.sweep(), (await w.asSystem(async ({ tx }) => tx.query<{ n: number }>(count(station.id))))[0]!.n)).toBeGreaterThan(n);
      await hear(charger, ({ key, value }) => {
        changes.push(`${key}=${value}`);
        if (key === 'LocalPreAuthorize') held[key] = value as string;
        return { status: key === 'LocalPreAuthorize' ? 'Accepted' : 'Rejected' };
      });
    }
    expect(changes).toEqual(['LocalPreAuthorize=false', 'StopTransactionOnInvalidId=true']);
    await expect.poll(async () => (await w.sweep(), await waiting(station.id))).toContain('get_configuration');
    expect((await hear(charger, all))[0]).toBe('GetConfiguration');
    await expect.poll(async () => (await w.sweep(), (await station.connection()).enforcement)).toMatchObject({
      result: 'not_enforceable', against: [{ key: 'AuthorizationCacheEnabled', wanted: 'false', actual: 'true' }],
    });
    await w.advance(600_000);
    expect(await waiting(station.id)).toEqual([]);
  });

  const count = (id: string) => sql`SELECT count(*)::int AS n FROM station_commands WHERE station_id = ${id} AND type = 'set_configuration'`;
  const waiting = async (id: string): Promise<string[]> => (await w.asSystem(async ({ tx }) => tx.query<{ type: string }>(
    sql`SELECT type FROM station_commands WHERE station_id = ${id} AND status IN ('queued', 'sent')`))).map(({ type }) => type);

  it('ARM-8: of 2.0.1 are read and changed in one message each', async () => {
    const { charger, station } = await addCharger(w, 'ocpp2.0.1');
    const held: Record<string, string> = { 'AuthCtrlr.LocalPreAuthorize': 'true', 'AuthCacheCtrlr.Enabled': 'true', 'ReservationCtrlr.Enabled': 'true' };
    const nameOf = ({ component, variable }: Json): string => `${component.name}.${variable.name}`;
    const values = ({ getVariableData }: Json) => ({
      getVariableResult: (getVariableData as Json[]).map(({ component, variable }) => {
        const value = held[nameOf({ component, variable })];
        return { component, variable, ...(value === undefined ? { attributeStatus: 'UnknownVariable' } : { attributeStatus: 'Accepted', attributeValue: value }) };
      }),
    });
    await w.advance(6_000);
    expect((await hear(charger, values))[0]).toBe('GetVariables');
    await expect.poll(async () => (await w.sweep(), await waiting(station.id))).toEqual(['set_variables']);
    await hear(charger, ({ setVariableData }) => ({
      setVariableResult: (setVariableData as Json[]).map(({ component, variable, attributeValue }) => {
        held[nameOf({ component, variable })] = attributeValue as string;
        return { component, variable, attributeStatus: 'Accepted' };
      }),
    }));
    await expect.poll(async () => (await w.sweep(), await waiting(station.id))).toEqual(['get_configuration']);
    await hear(charger, values);
    await expect.poll(async () => (await w.sweep(), (await station.connection()).enforcement)).toMatchObject({ result: 'enforceable', against: [] });
  });

  it('ARM-8: a station that knows none of them is left alone', async () => {
    const { charger, station } = await addCharger(w);
    await w.advance(6_000);
    await hear(charger, () => ({ unknownKey: ['LocalPreAuthorize'] }));
    await expect.poll(async () => (await w.sweep(), await waiting(station.id))).toEqual([]);
    expect((await station.connection()).enforcement).toBeNull();
  });
});
