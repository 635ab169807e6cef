import type { startClock, StationOptions, VirtualStation } from '../../src/simulator/index.ts';
import type { Api } from '../support/api.ts';
import { MINUTE, must } from '../support/world.ts';
import { FAULTS } from './faults.ts';

const STATIONS_A_PLACE = 50;
const DRAIN_MS = 120_000;

/** Places with stations of two EVSEs, how each connects, and their ids by their identities. */
export async function provision(api: Api, url: string, count: number): Promise<{ stations: StationOptions[]; ids: Map<string, string> }> {
  const ids = new Map<string, string>();
  const options: StationOptions[] = [];
  for (let first = 0; first < count; first += STATIONS_A_PLACE) {
    const names = Array.from({ length: Math.min(STATIONS_A_PLACE, count - first) }, (_, i) => `DAY-${first + i}`);
    const location = must(await api.post('/v1/locations', {
      ref: `DAY-${first}`, name: 'A day', address: 'Main Road', city: 'Town', country: 'DEU', coordinates: { latitude: 50 + first / 1000, longitude: 8 },
      time_zone: 'Europe/Berlin',
      charging_stations: names.map((ref) => ({
        ref, evses: [1, 2].map((n) => ({
          uid: `${ref}*${n}`,
          connectors: [{ ref: '1', standard: 'IEC_62196_T2_COMBO', format: 'CABLE', power_type: 'DC', max_voltage: 1000, max_amperage: 200, max_electric_power: 60_000 }],
        })),
      })),
    }));
    for (const { id, ref } of location.charging_stations as { id: string; ref: string }[]) {
      const { path } = must(await api.send('PUT', `/v1/charging_stations/${id}/credentials`, { security_profile: 0, identity: ref }));
      ids.set(ref, id);
      const at = options.length;
      const operator = (path as string).slice(0, (path as string).lastIndexOf('/'));
      options.push({
        url: `${url.replace('http', 'ws')}${operator}`, identity: ref, evses: [[{ maxPowerW: 60_000 }], [{ maxPowerW: 60_000 }]],
        faults: { ...FAULTS[at % FAULTS.length] }, settings: at % 3 === 0 ? { MeterValueSampleInterval: '300' } : { 'SampledDataCtrlr.TxUpdatedInterval': '300' },
      });
    }
  }
  return { stations: options, ids };
}

/** Whoever is there leaves, and what stations still have to tell they tell. */
export async function endAll(stations: readonly VirtualStation[], clock: ReturnType<typeof startClock>): Promise<void> {
  for (const station of stations) station.goOnline();
  await clock.sleep(10 * MINUTE);
  for (const station of stations) for (const { number, isPluggedIn } of station.state().connectors) if (isPluggedIn) station.unplug(number);
  const until = performance.now() + DRAIN_MS;
  while (stations.some((station) => station.state().waiting > 0) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 250));
}
