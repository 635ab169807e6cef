import { DomainError } from '../../platform/errors/index.ts';
import type { Context } from '../organisations/index.ts';
import { getStampedLocation, readTrees, type Coordinates, type Location } from '../stations/index.ts';
import { orBuiltIn, type PolicyInForce } from './policies.ts';
import * as store from './store-place.ts';

/** A location and the policy in force there. */
export interface Located {
  location: Location;
  inForce: PolicyInForce;
}

/** The location of a place, and the policy in force there. One that is retired is not found. */
export async function locate(ctx: Context, place: store.Place): Promise<Located> {
  const { evseId, stationId, locationId } = place;
  const id = evseId ?? stationId ?? locationId;
  if (id === undefined) {
    const errors = [{ pointer: '/evse', message: 'is required, or charging_station, or location_id' }];
    throw new DomainError('invalid_request', 'Say where: an evse, a charging_station or a location_id.', { errors });
  }
  const found = await store.findPlace(ctx.tx, { evseId, stationId, locationId });
  const location = await getStampedLocation(ctx, evseId !== undefined ? 'evse' : stationId !== undefined ? 'station' : 'location', id, found?.stamp);
  return { location, inForce: orBuiltIn(location.operatorId, found!.policy) };
}

/** The same of a connector. */
export async function locateConnector(ctx: Context, connectorId: string): Promise<Located> {
  const found = await store.findPlace(ctx.tx, { connectorId });
  const location = await getStampedLocation(ctx, 'connector', connectorId, found?.stamp);
  return { location, inForce: orBuiltIn(location.operatorId, found!.policy) };
}

/** Locations and the policies in force there, in the order of the ids; also of those that are retired. */
export async function locateAll(ctx: Context, locationIds: readonly string[]): Promise<Located[]> {
  const found = new Map((await store.findPlaces(ctx.tx, locationIds)).map((place) => [place.stamp.id, place]));
  const trees = new Map((await readTrees(ctx.tx, [...found.values()].map(({ stamp }) => stamp))).map((tree) => [tree.id, tree]));
  return locationIds.flatMap((id) => {
    const location = trees.get(id);
    return location ? [{ location, inForce: orBuiltIn(location.operatorId, found.get(id)!.policy) }] : [];
  });
}

/** Published locations around a point, the nearest first, but not the one with the id `without`. */
export async function locateAround(ctx: Context, at: Coordinates, without: string, limit: number): Promise<Located[]> {
  const found = await store.findPlacesAround(ctx.tx, ctx.network.id, at, without, limit);
  const trees = new Map((await readTrees(ctx.tx, found.map(({ stamp }) => stamp))).map((tree) => [tree.id, tree]));
  return found.map(({ stamp, policy }) => ({ location: trees.get(stamp.id)!, inForce: orBuiltIn(trees.get(stamp.id)!.operatorId, policy) }));
}
