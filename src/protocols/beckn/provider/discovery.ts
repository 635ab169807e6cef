/** discover: from what is looked for to places of the live network (BKB-2, BKB-3). */
import type { Area } from '../../../domain/geography/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { connectorStandardOf, type ConnectorStandard } from '../../../domain/stations/index.ts';
import { findCatalogue, type CatalogueWish, type OfferedConnector, type OfferedEvse, type OfferedPlace, type Services } from '../catalogue.ts';
import { DAY_MS, HOUR_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { BusinessError, isFields, parseMoment, type Fields } from '../wire/index.ts';
import { at, numberOf, textOf } from './fields.ts';
import { matches, parseFilter, requirementsOf, type Expr } from './filter.ts';

/** What is looked for, as it was sent. */
export interface Search {
  text?: unknown;
  filters?: unknown;
  spatial?: unknown;
  /** free time is told whole, not in slots of an hour */
  isWhole?: boolean;
}

/** A plug in the words that filters are about. */
export type ItemWords = (place: OfferedPlace, evse: OfferedEvse, connector: OfferedConnector) => Fields;

export interface Page {
  skip: number;
  limit: number;
}

export interface Found {
  places: OfferedPlace[];
  total: number;
}

/** Within which a filter's times are looked at. */
const MOST_DAYS = 7;
const MOST_PLACES = 100;
/** Places that are looked at for one answer, at most. */
const MOST_LOOKED_AT = 500;

/** Throws `filter_invalid`. */
export async function placesFor(ctx: Context, services: Services, { text, filters, spatial, isWhole = false }: Search, words: ItemWords, page: Page): Promise<Found> {
  const expression = textOf(filters) ?? textOf(at(filters, 'expression'));
  const filter = expression === undefined ? undefined : parseFilter(expression);
  return fitting(ctx, services, { isWhole, ...textWish(textOf(text)), ...filterWish(filter, ctx.now), ...spatialWish(spatial) }, { filter, words, page });
}

interface Judging {
  filter: Expr | undefined;
  words: ItemWords;
  page: Page;
}

/** A place with those of its plugs that fit. */
async function fitting(ctx: Context, services: Services, wish: CatalogueWish, { filter, words, page: { skip, limit } }: Judging): Promise<Found> {
  const places: OfferedPlace[] = [];
  let [found, looked, cursor, total] = [0, 0, undefined as string | undefined, 0];
  const most = filter ? MOST_PLACES : Math.min(MOST_PLACES, skip + limit);
  do {
    const page = await findCatalogue(ctx, services, { ...wish, limit: most, ...(cursor === undefined ? {} : { cursor }) });
    [cursor, total] = [page.nextCursor, page.total];
    for (const place of page.places) {
      looked += 1;
      const kept = filter ? keep(place, filter, words) : place;
      if (kept.evses.length === 0) continue;
      found += 1;
      if (found > skip && places.length < limit) places.push(kept);
    }
  } while (cursor !== undefined && places.length < limit && looked < MOST_LOOKED_AT);
  return { places, total: filter && cursor === undefined ? found : total };
}

function keep(place: OfferedPlace, filter: Expr, words: ItemWords): OfferedPlace {
  const evses = place.evses.map((evse) => ({ ...evse, connectors: evse.connectors.filter((connector) => matches(filter, words(place, evse, connector))) }));
  return { ...place, evses: evses.filter(({ connectors }) => connectors.length > 0) };
}

/** Words that name plugs are plugs. */
function textWish(text: string | undefined): CatalogueWish {
  if (text === undefined) return {};
  const words = text.split(/\s+/).filter((word) => !/^(connectors?|plugs?)$/i.test(word));
  const standards = words.flatMap((word) => connectorStandardOf(word) ?? []);
  const others = words.filter((word) => connectorStandardOf(word) === undefined);
  return { ...(others.length > 0 ? { text: others.join(' ') } : {}), ...(standards.length > 0 ? { connectorStandards: standards } : {}) };
}

/** What the index can look for of a filter: plugs, a box of coordinates, and when. */
function filterWish(filter: Expr | undefined, now: EpochMs): CatalogueWish {
  if (!filter) return {};
  const required = requirementsOf(filter);
  const standards = required.filter(({ name, op }) => name === 'connectortype'
    && op === '==').flatMap(({ value }): readonly ConnectorStandard[] => [connectorStandardOf(String(value)) ?? []].flat());
  const bound = (name: string, ops: string[], outermost: number): number => {
    const values = required.filter((one) => one.name === name && ops.includes(one.op) && typeof one.value === 'number').map(({ value }) => value as number);
    return values.length === 0 ? outermost : ops.includes('>=') ? Math.max(...values) : Math.min(...values);
  };
  const [south, north] = [bound('latitude', ['>=', '>'], -90), bound('latitude', ['<=', '<'], 90)];
  const [west, east] = [bound('longitude', ['>=', '>'], -180), bound('longitude', ['<=', '<'], 180)];
  const isBox = west > -180 && east < 180 && south > -90 && north < 90 && south < north && west < east && east - west < 180;
  return { ...(standards.length > 0 ? { connectorStandards: standards } : {}), ...(isBox ? { area: boxOf(south, west, north, east) } : {}), ...timeWish(required, now) };
}

/** An hour beside, since what is free before and after is part of what the filter judges; nothing where it is over. */
function timeWish(required: ReturnType<typeof requirementsOf>, now: EpochMs): CatalogueWish {
  const times = required.filter(({ name }) => /^(start|end)(time|date)$/.test(name)).flatMap(({ value }) => parseMoment(value) ?? []);
  const [start, end] = [Math.min(...times) - HOUR_MS, Math.max(...times) + HOUR_MS];
  return times.length === 0 || end <= now || end - start > MOST_DAYS * DAY_MS ? {} : { window: { start, end } };
}

function boxOf(south: number, west: number, north: number, east: number): Area {
  return { type: 'polygon', polygon: { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] } };
}

/** CQL2 operators on the place: so far from a point or a line, or inside a polygon; positions are longitude, latitude. */
function spatialWish(spatial: unknown): CatalogueWish {
  if (spatial === undefined) return {};
  const [one, ...others] = (Array.isArray(spatial) ? spatial : [spatial]) as unknown[];
  const wrong = (why: string) => new BusinessError('filter_invalid', `That spatial filter can not be followed: ${why}.`, '/spatial');
  if (!isFields(one) || others.length > 0) throw wrong('there must be one');
  const op = (textOf(one['op']) ?? '').toLowerCase();
  const geometry = one['geometry'];
  const coordinates = at(geometry, 'coordinates');
  const metres = numberOf(one['distanceMeters'] ?? one['distance_meters']);
  const type = textOf(at(geometry, 'type'));
  if (op === 's_dwithin' && type === 'Point' && metres !== undefined && Array.isArray(coordinates) && coordinates.every((part) => typeof part === 'number')) {
    return { area: { type: 'circle', longitude: coordinates[0] as number, latitude: coordinates[1] as number, radiusM: metres } };
  }
  if (op === 's_dwithin' && type === 'LineString' && metres !== undefined) return { area: { type: 'corridor', line: geometry as never, widthM: metres } };
  if ((op === 's_within' || op === 's_intersects') && type === 'Polygon') return { area: { type: 'polygon', polygon: geometry as never } };
  throw wrong(`${op || 'it'} of a ${type ?? 'geometry without type'} is not known`);
}
