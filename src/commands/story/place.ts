/** Where the stories happen: a place of an operator, with a price and a virtual station that connects by the real socket. */
import { createSteppedClock, createStation, narrate, type SteppedClock, type VirtualStation } from '../../simulator/index.ts';
import { processNow } from '../../platform/clock/index.ts';
import type { StoryClient } from './client.ts';
import { ZONE, type Say } from './words.ts';

const MINUTE_MS = 60_000;
const TARIFF_PER_KWH = '18';

export interface StoryPlace {
  /** the operator's */
  api: StoryClient;
  station: VirtualStation;
  clock: SteppedClock;
  location: string;
  connector: string;
}

/** Makes it, with a station that has connected. */
export async function openPlace(api: StoryClient, url: string, say: Say): Promise<StoryPlace> {
  const ref = `STORY-${processNow().toString(36).toUpperCase()}`;
  const place = await api.post<PlaceAnswer>('/v1/locations', {
    ref, name: 'Gombe Plaza Highway Food Court', address: 'Bengaluru-Mysuru road', city: 'Channapatna', country: 'IND', time_zone: ZONE, facilities: ['RESTAURANT'],
    coordinates: { latitude: 12.6514, longitude: 77.2067 }, charging_stations: [{
      ref, evses: [{ uid: ref, connectors: [{
        ref: '1', standard: 'IEC_62196_T2_COMBO', format: 'CABLE', power_type: 'DC', max_voltage: 500, max_amperage: 120, max_electric_power: 60_000, tariff_ids: [ref],
      }] }],
    }],
  });
  await api.post('/v1/tariffs', { ref, name: 'Lunch', currency: 'INR', elements: [{ price_components: [{ type: 'ENERGY', price: TARIFF_PER_KWH, tax_percent: '18' }] }] });
  await api.patch(`/v1/locations/${place.id}/policy`, { payment_timing: 'pre_order', min_lead_minutes: 0, late_stop_minutes: 0, buffer_minutes: 15 });
  await requireLegalProfile(api);
  const [station0] = place.charging_stations;
  const connector = station0!.evses[0]!.connectors[0]!.id;
  const { path, password } = await api.put<{ path: string; password: string }>(`/v1/charging_stations/${station0!.id}/credentials`, { security_profile: 1, identity: ref });
  const clock = createSteppedClock(await timeOf(api));
  const station = createStation({
    url: `${url.replace(/^http/, 'ws')}${path.split('/').slice(0, -1).join('/')}`, identity: ref, password, clock, evses: [[{ maxPowerW: 60_000 }]], setsClock: false,
    settings: { MeterValueSampleInterval: '60' }, signsMeterValues: true,
  });
  station.on((event) => {
    if (!QUIET.has(event.type)) say(`    ${narrate(event)}`);
  });
  station.start();
  const scene: StoryPlace = { api, station, clock, location: place.id, connector };
  await settled(scene);
  return scene;
}

/** What of a station would only be noise in a story. */
const QUIET = new Set(['charging_state', 'frame', 'setting', 'message_dropped']);

interface PlaceAnswer {
  id: string;
  charging_stations: { id: string; evses: { connectors: { id: string }[] }[] }[];
}

async function requireLegalProfile(api: StoryClient): Promise<void> {
  await api.put('/v1/organisation/legal_profile', {
    legal_name: 'Plugtime Demo Private Limited (demo)', address: { line: '1 Demo Road', city: 'Bengaluru', postal_code: '560001', state: '29', country: 'IN' },
    gstins: ['29AAACP0000P1ZK'], small_print: 'Made up for a demo: this is no tax invoice.',
  });
}

/** Both clocks go on: the sandbox's, and the station's. */
export async function pass(scene: StoryPlace, minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i++) {
    await scene.api.post('/v1/test_clock/advance', { by_seconds: 60 });
    await scene.clock.advance(MINUTE_MS, () => settled(scene));
  }
}

/** A long time, of which the station has nothing to tell. */
export async function passUntil(scene: StoryPlace, at: number): Promise<void> {
  await scene.api.post('/v1/test_clock/advance', { to: new Date(at).toISOString() });
  await scene.clock.advance(at - scene.clock.now(), () => settled(scene));
}

const QUIET_MS = 30;
const MOST_MS = 10_000;

/** The station has said what it has to say, and has been answered. */
export async function settled({ station }: Pick<StoryPlace, 'station'>): Promise<void> {
  for (let waited = 0, quiet = 0; quiet < 2 && waited < MOST_MS; waited += QUIET_MS) {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    quiet = station.isSettled() ? quiet + 1 : 0;
  }
}

export async function timeOf(api: StoryClient): Promise<number> {
  return Date.parse((await api.get<{ now: string }>('/v1/test_clock')).now);
}
