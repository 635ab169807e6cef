import type { Queryable } from '../../platform/database/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, may, requireAccess, type Context, type ContextEvent } from '../organisations/index.ts';
import type { EvseStatus } from './enums.ts';
import type { TreeStamp } from './known-trees.ts';
import { contentHashOf } from './import/index.ts';
import type { Evse, Location, LocationInput, Station } from './location.ts';
import * as store from './store.ts';
import { buildLocation, requireUniqueRefs } from './tree.ts';

/** A location as the caller may see it; one that is not published is there for its operator only (STA-2). */
export async function getLocation(ctx: Context, id: string): Promise<Location> {
  requireAccess(ctx, 'location.read');
  const location = await store.findLocation(ctx.tx, id);
  if (!location || !isVisible(ctx, location)) throw notFound('location', id);
  return location;
}

function isVisible(ctx: Context, location: Location): boolean {
  if (location.networkId !== ctx.network.id) return false;
  return location.publish || may(ctx, 'location.read_unpublished', location);
}

/** The location around an EVSE, station or connector, for who wants to read it. */
export async function readLocationOf(ctx: Context, kind: 'station' | 'evse' | 'connector', id: string): Promise<Location> {
  requireAccess(ctx, 'location.read');
  return getLocationOf(ctx, kind, id);
}

type PlaceKind = 'location' | 'station' | 'evse' | 'connector';

/** The same, or the location itself, for use cases that check what they do there; it must be visible to the caller. Retired ones are not found. */
export async function getLocationOf(ctx: Context, kind: PlaceKind, id: string): Promise<Location> {
  return getStampedLocation(ctx, kind, id, await store.findTreeStamp(ctx.tx, kind, id));
}

/** The same, where the stamp of its location (none, if there is no such place) has just been read with something else. */
export async function getStampedLocation(ctx: Context, kind: PlaceKind, id: string, stamp: TreeStamp | undefined): Promise<Location> {
  const [location] = stamp === undefined ? [] : await store.readTrees(ctx.tx, [stamp]);
  if (!location || location.retiredAt !== undefined || !isVisible(ctx, location)) throw notFound(kind, id);
  return location;
}

/** Which of these are locations of the caller's own. */
export async function findOwnLocations(ctx: Context, ids: readonly string[]): Promise<Set<string>> {
  return ids.length === 0 ? new Set() : store.findLocationsOf(ctx.tx, actingOrganisation(ctx) ?? '', ids);
}

export async function listLocations(ctx: Context, page: { operatorId?: string; after?: string; before?: string; limit: number }): Promise<Location[]> {
  requireAccess(ctx, 'location.read');
  const own = actingOrganisation(ctx);
  const unpublishedOf = own !== undefined && may(ctx, 'location.read_unpublished', { operatorId: own }) ? own : undefined;
  return store.listLocations(ctx.tx, { ...page, networkId: ctx.network.id, unpublishedOf });
}

/** Adds a location with all that stands there to the caller's own. Fails with `already_exists` when the ref is taken. */
export async function createLocation(ctx: Context, input: LocationInput): Promise<Location> {
  const operatorId = actingOrganisation(ctx);
  requireAccess(ctx, 'location.write', { operatorId });
  requireUniqueRefs(input);
  const [known] = await store.lockKnownLocations(ctx.tx, operatorId!, [input.ref]);
  if (known) throw new DomainError('already_exists', `You have a location with the ref "${input.ref}" already.`, { location: known.id });
  const location = buildLocation({ id: newId('location'), networkId: ctx.network.id, operatorId: operatorId!, version: 1, createdAt: ctx.now }, input, ctx.now);
  await store.saveLocations(ctx.tx, [location]);
  await ctx.emit(locationEvent('location.created', location));
  await audit(ctx, 'location.create', 'location', location.id, { ref: input.ref });
  return location;
}

/**
 * Changes a location as a whole: `change` gets the input form of what is there and returns what shall be. Children keep
 * their ids as long as their refs stay; those that are missing afterwards are retired.
 */
export async function changeLocation(ctx: Context, id: string, change: (input: LocationInput) => LocationInput): Promise<Location> {
  const location = await lockOwnLocation(ctx, id);
  const input = change(toInput(location));
  requireUniqueRefs(input);
  const children = await store.childIds(ctx.tx, [id]);
  const { networkId, operatorId, createdAt, version } = location;
  const changed = buildLocation({ id, networkId, operatorId, createdAt, version: version + 1 }, { ...input, ref: location.ref }, ctx.now, children);
  await store.saveLocations(ctx.tx, [changed]);
  await ctx.emit(locationEvent('location.updated', changed, location));
  await audit(ctx, 'location.update', 'location', id);
  return changed;
}

/** Takes a location out of the network for good; what was promised there is the calendar's to resolve. */
export async function retireLocation(ctx: Context, id: string): Promise<Location> {
  const location = await lockOwnLocation(ctx, id);
  const retired: Location = { ...location, stations: [], version: location.version + 1, updatedAt: ctx.now, retiredAt: ctx.now };
  await store.saveLocations(ctx.tx, [retired]);
  await ctx.emit(locationEvent('location.retired', retired, location));
  await audit(ctx, 'location.retire', 'location', id);
  return retired;
}

export async function lockOwnLocation(ctx: Context, id: string): Promise<Location> {
  const location = await store.lockLocation(ctx.tx, id);
  if (!location || location.retiredAt !== undefined || !isVisible(ctx, location)) throw notFound('location', id);
  requireAccess(ctx, 'location.write', location);
  return location;
}

/** Sets what an EVSE is doing now, as its operator (later its charger) reports. */
export async function setEvseStatus(ctx: Context, evseId: string, status: EvseStatus): Promise<{ location: Location; evse: Evse }> {
  const location = await getLocationOf(ctx, 'evse', evseId);
  requireAccess(ctx, 'location.write', location);
  return reportEvseStatus(ctx, evseId, status);
}

/** The same without an access check, for use cases that change the status on the way (a session that starts). */
export async function reportEvseStatus(ctx: Context, evseId: string, status: EvseStatus): Promise<{ location: Location; evse: Evse }> {
  const locationId = await store.findLocationIdOf(ctx.tx, 'evse', evseId);
  const location = locationId === undefined ? undefined : await store.lockEvseAndLocation(ctx.tx, evseId, locationId);
  const evse = location && findEvse(location, evseId);
  if (!location || !evse) throw notFound('EVSE', evseId);
  if (evse.status === status) return { location, evse };
  const version = await store.updateEvseStatus(ctx.tx, evseId, location.id, status, ctx.now);
  const changed: Evse = { ...evse, status, statusAt: ctx.now };
  await ctx.emit({
    type: 'evse.status_changed', object: 'evse', objectId: evseId, objectVersion: version, isPublic: location.publish, audience: [location.operatorId], touches: [evseId],
    data: { ...changed, previousStatus: evse.status },
  });
  return { location: { ...location, version }, evse: changed };
}

export interface UpsertCounts {
  created: number;
  updated: number;
  unchanged: number;
}

/**
 * Brings a batch of an operator's locations up to date with what a source tells (STA-6): new ones are added, changed ones
 * replaced, equal ones left alone, retired ones brought back. Ids are kept, so running it again changes nothing.
 */
export async function upsertLocations(ctx: Context, operatorId: string, inputs: readonly LocationInput[]): Promise<UpsertCounts> {
  requireAccess(ctx, 'location.write', { operatorId });
  const known = new Map((await store.lockKnownLocations(ctx.tx, operatorId, inputs.map((input) => input.ref))).map((row) => [row.ref, row]));
  const hashes = new Map<string, string>();
  const fresh: LocationInput[] = [];
  const stale: LocationInput[] = [];
  for (const input of inputs) {
    requireUniqueRefs(input);
    const row = known.get(input.ref);
    if (!row) fresh.push(input);
    else if (row.retiredAt !== null || row.contentHash !== contentHashOf(input)) stale.push(input);
  }
  const before = new Map((await loadByIds(ctx, stale.map((input) => known.get(input.ref)!.id))).map((location) => [location.id, location]));
  const children = await store.childIds(ctx.tx, [...before.keys()]);
  const trees = [
    ...fresh.map((input) => buildLocation({ id: newId('location'), networkId: ctx.network.id, operatorId, version: 1, createdAt: ctx.now }, input, ctx.now)),
    ...stale.map((input) => {
      const old = before.get(known.get(input.ref)!.id)!;
      return buildLocation({ id: old.id, networkId: old.networkId, operatorId, version: old.version + 1, createdAt: old.createdAt }, input, ctx.now, children);
    }),
  ];
  [...fresh, ...stale].forEach((input, i) => hashes.set(trees[i]!.id, contentHashOf(input)));
  await store.saveLocations(ctx.tx, trees, hashes);
  await ctx.emit(...trees.map((tree) => locationEvent(tree.version === 1 ? 'location.created' : 'location.updated', tree, before.get(tree.id))));
  return { created: fresh.length, updated: stale.length, unchanged: inputs.length - trees.length };
}

async function loadByIds(ctx: Context, ids: string[]): Promise<Location[]> {
  return ids.length === 0 ? [] : store.loadLocationsByIds(ctx.tx, ids);
}

function locationEvent(type: string, location: Location, before?: Location): ContextEvent {
  const touched = new Set([location.id, ...[location, before].flatMap((tree) => tree?.stations.flatMap((s) => s.evses.map((evse) => evse.id)) ?? [])]);
  return {
    type, object: 'location', objectId: location.id, objectVersion: location.version, isPublic: location.publish || (before?.publish ?? false),
    audience: [location.operatorId], touches: [...touched], data: location,
  };
}

/** The input form of a location: what its operator could have sent. */
export function toInput(location: Location): LocationInput {
  const { id: _id, networkId: _n, operatorId: _o, version: _v, createdAt: _c, updatedAt: _u, retiredAt: _r, stations, ...rest } = location;
  return {
    ...rest,
    stations: stations.map(({ id: _sid, locationId: _sl, retiredAt: _sr, evses, ...station }) => ({
      ...station,
      evses: evses.map(({ id: _eid, locationId: _el, stationId: _es, statusAt: _sa, retiredAt: _er, connectors, ...evse }) => ({
        ...evse,
        connectors: connectors.map(({ id: _cid, evseId: _ce, ...connector }) => connector),
      })),
    })),
  };
}

/** The location of a charging station that is not retired, whoever may see it. */
export async function loadLocationOfStation(db: Queryable, stationId: string): Promise<Location | undefined> {
  const locationId = await store.findLocationIdOf(db, 'station', stationId);
  return locationId === undefined ? undefined : store.findLocation(db, locationId);
}

export function evsesOf(location: Location): Evse[] {
  return location.stations.flatMap((station) => station.evses);
}

export function findEvse(location: Location, evseId: string): Evse | undefined {
  return evsesOf(location).find((evse) => evse.id === evseId);
}

export function findStation(location: Location, stationId: string): Station | undefined {
  return location.stations.find((station) => station.id === stationId);
}
