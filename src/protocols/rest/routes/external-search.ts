/** Places of other networks, beside those of ours in one answer. */
import type { FastifyRequest } from 'fastify';
import { beginExternalSearch, readExternalSearch, type ExternalPlace, type ExternalQuery, type NetworkPorts } from '../../../domain/external/index.ts';
import { areaShape, type Area } from '../../../domain/geography/index.ts';
import type { SearchQuery } from '../../../domain/search/index.ts';
import { encodeToldPrice } from '../encode/external.ts';
import type { Encoding } from '../encode/encoding.ts';
import { contextOf, type RestOptions } from '../route.ts';

export interface ExternalSearchOptions extends RestOptions {
  networkPorts: NetworkPorts;
}

/** How long answers are waited for, and how long for another one once one has come. */
const PATIENCE_MS = 4_000;
const QUIET_MS = 600;
const LOOK_MS = 60;
const DEFAULT_LIMIT = 50;

/** Asks the networks, all at once, and gives what has been answered in time. Throws `not_found` for a network that there is not. */
export async function searchElsewhere(options: ExternalSearchOptions, request: FastifyRequest, networkIds: readonly string[], query: Omit<SearchQuery, 'networkId'>) {
  const { database } = options.runtime;
  const asked: ExternalQuery = {
    ...(query.text === undefined ? {} : { text: query.text }), ...(query.area?.type === 'circle' ? { circle: query.area } : {}),
    ...(query.connectorStandards ? { connectorStandards: query.connectorStandards } : {}), limit: Math.min(100, query.limit ?? DEFAULT_LIMIT),
  };
  const found = await Promise.all([...new Set(networkIds)].map(async (networkId) => {
    const id = await database.transaction(async (tx) => beginExternalSearch(await contextOf(options, request, tx), options.networkPorts, networkId, asked));
    return answersTo(id);
  }));
  return found.flat().filter((place) => fits(place, query)).slice(0, asked.limit);

  async function answersTo(id: string): Promise<ExternalPlace[]> {
    for (let waited = 0, quiet = 0, answers = 0; ; waited += LOOK_MS, quiet += LOOK_MS) {
      const so = await database.transaction(async (tx) => readExternalSearch(await contextOf(options, request, tx), id));
      if (so.answers > answers) [answers, quiet] = [so.answers, 0];
      if (waited >= PATIENCE_MS || (answers > 0 && quiet >= QUIET_MS)) return so.places;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** What providers answer is looked at again: one may answer to another question. */
function fits(place: ExternalPlace, { area }: Pick<SearchQuery, 'area'>): boolean {
  return area === undefined || place.coordinates === null || distanceOf(place, area) !== undefined;
}

const distanceOf = ({ coordinates }: ExternalPlace, area: Area): number | undefined => coordinates! && areaShape(area).distanceM(coordinates.latitude, coordinates.longitude);

/** A place in the form of a search result of ours. */
export function encodeElsewhere(place: ExternalPlace, { area, window, connectorStandards }: Omit<SearchQuery, 'networkId'>, { time }: Encoding) {
  const distanceM = area && place.coordinates ? distanceOf(place, area) : undefined;
  const fitting = place.connectors.filter(({ standard }) => !connectorStandards || standard === null || connectorStandards.includes(standard));
  const firstOf = (slots: ExternalPlace['connectors'][number]['slots']) => {
    const slot = slots.find(({ start, end }) => !window || (start < window.end && end > window.start));
    return slot ? { start: time(slot.start), end: time(slot.end) } : null;
  };
  return {
    object: 'search_result' as const, network: place.externalNetworkId, location_id: place.id, name: place.name, address: place.address, city: place.city, country: place.country,
    coordinates: place.coordinates, time_zone: null, operator_id: null, operator_name: place.operator.name, facilities: place.facilities, green: place.isGreen,
    distance_m: distanceM === undefined ? null : Math.round(distanceM), detour_m: null, along_m: null, rating: null,
      first_slot: firstOf(place.connectors.flatMap(({ slots }) => slots)),
    free_minutes: null,
    evses: [...Map.groupBy(fitting, ({ evseId }) => evseId)].map(([id, connectors]) => ({
      id, charging_station: null, status: connectors[0]!.status, first_slot: firstOf(connectors[0]!.slots), free_minutes: null,
      connectors: connectors.map((c) => {
        const price = encodeToldPrice(c.price);
        return {
          id: c.id, standard: c.standard, power_type: c.powerType, max_electric_power: c.maxPowerW, format: null, price: price && { ...price, per_parked_hour: null },
        };
      }),
    })),
  };
}
