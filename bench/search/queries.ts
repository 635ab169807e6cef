/** The full-filter query: 5 km around a point in or near a town, a connector type, a power, an hour that is free. */
import type { SearchQuery } from '../../src/domain/search/index.ts';
import type { BareQuery } from './bare.ts';
import { randomFrom, type Generated } from './generate.ts';

const HOUR_MS = 3_600_000;
const RADIUS_M = 5_000;
const SEED = 7;

export function queriesAround({ drawTown }: Generated, now: number, count: number): BareQuery[] {
  const random = randomFrom(SEED);
  return Array.from({ length: count }, () => {
    const centre = drawTown(random);
    const start = now + Math.floor(random() * 6 * 96) * (HOUR_MS / 4) + 2 * HOUR_MS;
    return {
      latitude: centre.latitude + (random() - 0.5) * 0.1,
      longitude: centre.longitude + (random() - 0.5) * 0.1,
      radiusM: RADIUS_M,
      standard: random() < 0.5 ? 'IEC_62196_T2_COMBO' : 'IEC_62196_T2',
      minPowerW: random() < 0.5 ? 11_000 : 50_000,
      start,
      end: start + HOUR_MS,
    };
  });
}

export function toSearchQuery({ latitude, longitude, radiusM, standard, minPowerW, start, end }: BareQuery, networkId: string): SearchQuery {
  return { networkId, area: { type: 'circle', latitude, longitude, radiusM }, connectorStandards: [standard], minPowerW, window: { start, end } };
}

/** The same as a body of `POST /v1/search`. */
export function toSearchBody({ latitude, longitude, radiusM: radius, standard, minPowerW, start, end }: BareQuery): string {
  return JSON.stringify({
    area: { type: 'circle', latitude, longitude, radius }, connector_type: [standard], min_power: minPowerW,
    window: { start: new Date(start).toISOString(), end: new Date(end).toISOString() },
  });
}
