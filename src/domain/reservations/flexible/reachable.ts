/** What lies in the areas of wishes: whole locations with their policies, loaded once for many wishes. */
import { DomainError } from '../../../platform/errors/index.ts';
import { areaShape, type Area, type Box } from '../../geography/index.ts';
import type { Context } from '../../organisations/index.ts';
import { evsesOf, isBookable, loadLocationsByIds, type Location } from '../../stations/index.ts';
import { DEFAULT_POLICY, type BookingPolicy, type PolicyVersion } from '../policy.ts';
import { listCurrentPolicies } from '../store.ts';
import * as store from './store-flexible.ts';
import { areaPointer, FLEXIBLE_LIMITS } from './wish.ts';

export interface Reachable {
  location: Location;
  policy: BookingPolicy;
}

/** More locations than any area may hold; what is beyond is not looked at. */
const MOST_PLACES = 50_000;
const COARSE_PER_DEGREE = 10;

/**
 * The locations that take bookings in or around these areas, by id. What lies around them is no use to anybody, but cheaper to load
 * than to tell apart here: the assignment looks closer.
 */
export async function loadAround(ctx: Context, areas: readonly Area[]): Promise<Map<string, Reachable>> {
  const boxes = coarse(areas.flatMap((area) => areaShape(area).boxes));
  const places = await store.listPlaces(ctx.tx, ctx.network.id, boxes, MOST_PLACES);
  return loadReachable(ctx, places.map(({ id }) => id));
}

/** Boxes on a grid that hold these: of thousands of wishes in one town there are only a few. */
function coarse(boxes: readonly Box[]): Box[] {
  const down = (degrees: number) => Math.floor(degrees * COARSE_PER_DEGREE) / COARSE_PER_DEGREE;
  const up = (degrees: number) => Math.ceil(degrees * COARSE_PER_DEGREE) / COARSE_PER_DEGREE;
  const wider = boxes.map((box): Box => ({
    minLatitude: down(box.minLatitude), maxLatitude: up(box.maxLatitude), minLongitude: down(box.minLongitude), maxLongitude: up(box.maxLongitude),
  }));
  return [...new Map(wider.map((box) => [Object.values(box).join(' '), box])).values()];
}

async function loadReachable(ctx: Context, locationIds: readonly string[]): Promise<Map<string, Reachable>> {
  const locations = await loadLocationsByIds(ctx.tx, locationIds);
  const policies = policiesBy(await listCurrentPolicies(ctx.tx, [...new Set(locations.map(({ operatorId }) => operatorId))]));
  const reachable = locations.map((location): Reachable => {
    const version = policies.get(location.id) ?? policies.get(location.operatorId);
    return { location, policy: version?.policy ?? DEFAULT_POLICY };
  });
  return new Map(reachable.filter(({ policy }) => policy.mode !== 'walk_in_only').map((one) => [one.location.id, one]));
}

/** RSV-P3: by location, and by operator where that is the default. */
function policiesBy(versions: readonly PolicyVersion[]): Map<string, PolicyVersion> {
  return new Map(versions.map((version) => [version.locationId ?? version.operatorId, version]));
}

/** The locations of one area, as many as one wish may be chosen from. */
export async function loadInside(ctx: Context, area: Area): Promise<Reachable[]> {
  const inside = await listInside(ctx, area);
  return [...(await loadReachable(ctx, inside.slice(0, FLEXIBLE_LIMITS.evses))).values()];
}

async function listInside(ctx: Context, area: Area): Promise<string[]> {
  const shape = areaShape(area);
  const places = await store.listPlaces(ctx.tx, ctx.network.id, shape.boxes, MOST_PLACES);
  return places.filter(({ latitude, longitude }) => shape.distanceM(latitude, longitude) !== undefined).map(({ id }) => id);
}

/** The locations of one area. Throws `area_too_large` when it holds more EVSEs than one reservation may be chosen from. */
export async function requireReachable(ctx: Context, area: Area): Promise<Reachable[]> {
  const inside = await listInside(ctx, area);
  if (inside.length > FLEXIBLE_LIMITS.evses) throw tooLarge(area); // each has an EVSE at least, or is no use
  const reachable = [...(await loadReachable(ctx, inside)).values()];
  const evses = reachable.reduce((sum, { location }) => sum + evsesOf(location).filter(isBookable).length, 0);
  if (evses > FLEXIBLE_LIMITS.evses) throw tooLarge(area);
  if (evses === 0) throw emptyArea(area);
  return reachable;
}

function emptyArea(area: Area): DomainError {
  const errors = [{ pointer: areaPointer(area), message: 'holds no EVSE that can be booked' }];
  return new DomainError('evse_not_bookable', 'There is no EVSE in that area that can be booked.', { errors });
}

function tooLarge(area: Area): DomainError {
  const message = `holds more than ${FLEXIBLE_LIMITS.evses} EVSEs; make it smaller`;
  return new DomainError('area_too_large', 'The area holds too many EVSEs to choose from.', { errors: [{ pointer: areaPointer(area), message }] });
}
