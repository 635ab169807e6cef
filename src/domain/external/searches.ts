/** Looking for places in networks of others. */
import { randomUUID } from 'node:crypto';
import { DAY_MS, MINUTE_MS } from '../../platform/clock/index.ts';
import { notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { requireAccess, type Context } from '../organisations/index.ts';
import { getExternalNetwork, portOf } from './networks.ts';
import type { ExternalPlace, ExternalQuery, FoundPlace } from './place.ts';
import type { NetworkPorts } from './port.ts';
import * as store from './store-places.ts';

const MOST_PLACES = 500;
const MOST_CONNECTORS = 200;

/** EXT-2: has a network asked; answers come one by one. Gives the search's id. Throws `not_found`. */
export async function beginExternalSearch(ctx: Context, ports: NetworkPorts, externalNetworkId: string, query: ExternalQuery): Promise<string> {
  requireAccess(ctx, 'external_network.search');
  const network = await getExternalNetwork(ctx, externalNetworkId);
  const search = { id: newId('externalSearch'), networkId: ctx.network.id, externalNetworkId, conversationId: randomUUID(), answers: 0, found: [], createdAt: ctx.now };
  await store.insertSearch(ctx.tx, search);
  await portOf(ports, network).search(ctx, network, search.conversationId, query);
  return search.id;
}

export interface SearchSoFar {
  /** how many have answered */
  answers: number;
  /** with those of their connectors that were found by this search */
  places: ExternalPlace[];
}

export async function readExternalSearch(ctx: Context, id: string): Promise<SearchSoFar> {
  requireAccess(ctx, 'external_network.search');
  const search = await store.findSearch(ctx.tx, id);
  if (search?.networkId !== ctx.network.id) throw notFound('search', id);
  const wanted = new Map(search.found.map(({ placeId, connectorIds }) => [placeId, new Set(connectorIds)]));
  const places = await store.findPlaces(ctx.tx, [...wanted.keys()]);
  return { answers: search.answers, places: places.map((place) => ({ ...place, connectors: place.connectors.filter(({ id: one }) => wanted.get(place.id)!.has(one)) })) };
}

/** A place that was found, as it was told of last. Throws `not_found`. */
export async function getExternalPlace(ctx: Context, id: string): Promise<ExternalPlace> {
  requireAccess(ctx, 'external_network.search');
  const [place] = await store.findPlaces(ctx.tx, [id]);
  if (place?.networkId !== ctx.network.id) throw notFound('external location', id);
  return place;
}

/** The place of a connector, as it was told of last. Throws `not_found`. */
export async function placeOfConnector(ctx: Context, connectorId: string): Promise<ExternalPlace> {
  const place = await store.findPlaceOfConnector(ctx.tx, connectorId);
  if (place?.networkId !== ctx.network.id) throw notFound('external connector', connectorId);
  return place;
}

export interface Answered {
  conversationId: string;
  providerId: string;
  route: Record<string, unknown>;
  places: readonly FoundPlace[];
}

/** EXT-2, EXT-3: what a provider has answered. A search that nobody knows is nobody's. */
export async function noteFound(ctx: Context, { conversationId, providerId, route, places }: Answered): Promise<void> {
  const search = await store.lockSearch(ctx.tx, ctx.network.id, conversationId);
  if (!search) return;
  const found = [...search.found];
  const inOrder = [...places].sort((a, b) => (a.key < b.key ? -1 : 1)); // locks are taken in one order
  for (const place of inOrder.slice(0, MOST_PLACES - found.length)) {
    const kept = await keep(ctx, search.externalNetworkId, { providerId, route, place });
    found.push({ placeId: kept.id, connectorIds: kept.connectors.filter(({ itemId }) => place.connectors.some((one) => one.itemId === itemId)).map(({ id }) => id) });
  }
  await store.updateSearch(ctx.tx, { ...search, answers: search.answers + 1, found });
  await store.forgetFound(ctx.tx, { searches: ctx.now - 10 * MINUTE_MS, places: ctx.now - 30 * DAY_MS });
}

/** EXT-3: ids are ours and stay, whatever of it changes; connectors that are told of no more stay known, so that who has seen one can ask for it. */
async function keep(ctx: Context, externalNetworkId: string, { providerId, route, place }: Pick<Answered, 'providerId' | 'route'> & { place: FoundPlace }): Promise<ExternalPlace> {
  const { connectors: told, ...content } = place;
  const before = await store.lockPlace(ctx.tx, { externalNetworkId, providerId, key: place.key });
  const known = before?.connectors ?? [];
  const evseIds = new Map(known.map(({ evseKey, evseId }) => [evseKey, evseId]));
  const fresh = told.slice(0, MOST_CONNECTORS).map((connector) => {
    const evseId = evseIds.get(connector.evseKey) ?? newId('externalEvse');
    evseIds.set(connector.evseKey, evseId);
    return { ...connector, id: known.find(({ itemId }) => itemId === connector.itemId)?.id ?? newId('externalConnector'), evseId };
  });
  const gone = known.filter(({ itemId }) => !fresh.some((one) => one.itemId === itemId)).slice(0, MOST_CONNECTORS - fresh.length);
  const kept: ExternalPlace = {
    ...content, id: before?.id ?? newId('externalLocation'), networkId: ctx.network.id, externalNetworkId, providerId, route, connectors: [...fresh, ...gone], seenAt: ctx.now,
  };
  const id = await store.putPlace(ctx.tx, kept);
  if (id !== kept.id) throw new Error('the place has just been added by another answer'); // this one is taken again
  return kept;
}
