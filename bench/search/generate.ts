import type { EvseEntry, SearchEntry } from '../../src/domain/search/index.ts';

export interface Generated {
  connectors: number;
  locations: number;
  /** a town, large ones more often than small ones: near it queries are made */
  drawTown(draw: () => number): { latitude: number; longitude: number };
  /** the same entries each time, made on the way, so that they do not count as memory of the index */
  entries(): Generator<SearchEntry>;
  busy(): Generator<{ evseId: string; intervals: { start: number; end: number }[] }>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const TOWNS = 800;

/** Mulberry32: small, fast, and the same everywhere for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const PLUGS = [
  { standard: 'IEC_62196_T2', powerType: 'AC_3_PHASE', maxPowerW: 11_000 },
  { standard: 'IEC_62196_T2', powerType: 'AC_3_PHASE', maxPowerW: 22_000 },
  { standard: 'IEC_62196_T2_COMBO', powerType: 'DC', maxPowerW: 50_000 },
  { standard: 'IEC_62196_T2_COMBO', powerType: 'DC', maxPowerW: 150_000 },
  { standard: 'CHADEMO', powerType: 'DC', maxPowerW: 50_000 },
] as const;

const STREETS = ['Brigade Road', 'Hauptstraße', 'Mysuru Highway', 'Rue de la Gare', 'High Street', 'Atatürk Caddesi', 'Station Road', 'Ring Road'];

/** Random towns, some large, most small, over Europe and India; half of all EVSEs have bookings in the coming week. */
export function generate(wanted: number, now: number, seed: number): Generated {
  const random = randomFrom(seed);
  const centres = Array.from({ length: TOWNS }, (_, i) => ({
    latitude: i % 2 === 0 ? 8 + random() * 22 : 40 + random() * 18,
    longitude: i % 2 === 0 ? 72 + random() * 16 : -5 + random() * 30,
    // a few towns hold a good part of everything
    weight: 1 / (1 + i * 0.02),
  }));
  const totalWeight = centres.reduce((sum, { weight }) => sum + weight, 0);
  const bounds: number[] = [];
  for (const { weight } of centres) bounds.push((bounds.at(-1) ?? 0) + weight / totalWeight);
  const counts = { connectors: 0, locations: 0 };
  const drawTown = (draw: () => number): number => {
    const at = draw();
    return bounds.findIndex((bound) => at <= bound);
  };
  for (const entry of entriesOf()) {
    counts.locations++;
    counts.connectors += entry.evses.reduce((sum, { connectors }) => sum + connectors.length, 0);
  }
  return { ...counts, drawTown: (draw) => centres[drawTown(draw)]!, entries: entriesOf, busy: () => busyOf(entriesOf(), now, seed) };

  function* entriesOf(): Generator<SearchEntry> {
    const draw = randomFrom(seed + 1);
    for (let made = 0, number = 0; made < wanted; number++) {
      const town = drawTown(draw);
      const entry = entryOf(number, town, centres[town]!, draw);
      made += entry.evses.reduce((sum, { connectors }) => sum + connectors.length, 0);
      yield entry;
    }
  }
}

function entryOf(number: number, town: number, centre: { latitude: number; longitude: number }, draw: () => number): SearchEntry {
  const operator = Math.floor(draw() * 40);
  const evses = Array.from({ length: 1 + Math.floor(draw() * 4) }, (_, i) => evseOf(idOf('evse', number * 8 + i), number * 8 + i, draw));
  const hours = draw() < 0.7 ? 0 : 1 + Math.floor(draw() * 20);
  return {
    networkId: 'net_bench',
    locationId: idOf('loc', number),
    name: `Charge ${STREETS[Math.floor(draw() * STREETS.length)]} ${number}`,
    address: `${1 + Math.floor(draw() * 200)} ${STREETS[Math.floor(draw() * STREETS.length)]}`,
    city: `Town ${town}`,
    operatorId: idOf('org', operator),
    operatorName: `Operator ${operator}`,
    latitude: centre.latitude + bell(draw) * 0.06,
    longitude: centre.longitude + bell(draw) * 0.06,
    timeZone: centre.longitude > 60 ? 'Asia/Kolkata' : 'Europe/Berlin',
    facilities: draw() < 0.5 ? ['RESTAURANT'] : ['WIFI', 'CAFE'],
    greenEnergy: draw() < 0.3,
    openingTimes: {
      twentyFourSeven: hours === 0,
      regularHours: hours === 0 ? [] : [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
        weekday, periodBegin: '06:00', periodEnd: `${hours > 14 ? 23 : 20}:${String(hours * 2).padStart(2, '0')}`,
      })),
      exceptionalOpenings: [],
      exceptionalClosings: [],
    },
    publish: true,
    bookable: {
      mode: 'mixed', gridMinutes: 15, bufferMinutes: operator % 2 === 0 ? 0 : 15, minDurationMinutes: 15, maxDurationMinutes: 240, minLeadMinutes: 0,
      maxLeadMinutes: 14 * 24 * 60,
    },
    evses,
  };
}

function evseOf(evseId: string, number: number, draw: () => number): EvseEntry {
  const connectors = Array.from({ length: 1 + Math.floor(draw() * 1.3) }, (_, i) => ({
    connectorId: idOf('con', number * 4 + i), ...PLUGS[Math.floor(draw() * PLUGS.length)]!, format: 'CABLE' as const,
  }));
  return { evseId, stationId: idOf('chst', number >> 1), status: draw() < 0.6 ? 'AVAILABLE' : 'CHARGING', capabilities: ['RESERVABLE'], connectors };
}

function* busyOf(entries: Generator<SearchEntry>, now: number, seed: number): Generator<{ evseId: string; intervals: { start: number; end: number }[] }> {
  const draw = randomFrom(seed + 2);
  for (const { evses } of entries) {
    for (const { evseId } of evses) {
      if (draw() < 0.5) continue;
      const intervals = Array.from({ length: 1 + Math.floor(draw() * 8) }, () => {
        const start = now + Math.floor((draw() * 7 * DAY_MS) / (15 * MINUTE_MS)) * 15 * MINUTE_MS;
        return { start, end: start + (1 + Math.floor(draw() * 6)) * 15 * MINUTE_MS };
      });
      yield { evseId, intervals };
    }
  }
}

function idOf(prefix: string, number: number): string {
  // By way of a buffer, since a string that is put together keeps its parts; those from a database are in one piece.
  return Buffer.from(`${prefix}_01k${number.toString(36).padStart(23, '0')}`).toString('latin1');
}

function bell(draw: () => number): number {
  return (draw() + draw() + draw() + draw() - 2) / 1.2;
}
