/** What an entry could be offered, whenever that is: locations, and the EVSEs of them that fit. */
import { DomainError } from '../../../platform/errors/index.ts';
import { loadVehicle, type Vehicle } from '../../drivers/index.ts';
import type { Context } from '../../organisations/index.ts';
import type { Location } from '../../stations/index.ts';
import { fittingCandidates } from '../flexible/fitting-wish.ts';
import { loadInside, type Reachable } from '../flexible/reachable.ts';
import { locate } from '../locate.ts';
import type { Place } from '../store-place.ts';
import type { Candidate } from '../target.ts';
import { WAITLIST_LIMITS, type WaitlistEntry, type WaitlistWish } from './entry.ts';

/** A location with the EVSEs that fit, each with the connector through which it would be used. */
export interface Reach extends Reachable {
  candidates: Candidate[];
}

/** The location of a place. Throws `not_found`, and `booking_not_offered` where there are walk-ins only. */
export async function reachablePlace(ctx: Context, place: Place): Promise<Reachable> {
  const { location, inForce: { policy } } = await locate(ctx, place);
  if (policy.mode === 'walk_in_only') throw new DomainError('booking_not_offered', 'This location is open to walk-ins only.');
  return { location, policy };
}

function placeOf({ evseId, stationId, locationId }: WaitlistWish): Place {
  return { evseId: evseId ?? undefined, stationId: stationId ?? undefined, locationId: locationId ?? undefined };
}

/** Of one location, what fits a wish. */
export function candidatesAt(location: Location, wish: WaitlistWish, vehicle?: Vehicle): Candidate[] {
  const { evseId, stationId } = placeOf(wish);
  return fittingCandidates(location, { evseId, stationId, connectorStandards: wish.connectorStandards }, wish.minPowerW, vehicle);
}

export const vehicleOf = async (ctx: Context, { vehicleId }: Pick<WaitlistEntry, 'vehicleId'>): Promise<Vehicle | undefined> =>
  vehicleId === null ? undefined : loadVehicle(ctx.tx, vehicleId);

/** What an entry can reach as things are now; nothing where its place is gone, or takes no bookings any more. */
export async function reachOf(ctx: Context, { wish, ...entry }: Pick<WaitlistEntry, 'wish' | 'vehicleId'>): Promise<Reach[]> {
  const vehicle = await vehicleOf(ctx, entry);
  const reachable = wish.area === null ? await reachablePlaceOrNone(ctx, wish) : await loadInside(ctx, wish.area);
  return narrowed(reachable, wish, vehicle);
}

/** As many of them as one entry may wait for. */
export function narrowed(reachable: readonly Reachable[], wish: WaitlistWish, vehicle?: Vehicle): Reach[] {
  let room: number = WAITLIST_LIMITS.evses;
  return reachable.flatMap((one): Reach[] => {
    const candidates = candidatesAt(one.location, wish, vehicle).slice(0, room);
    room -= candidates.length;
    return candidates.length === 0 ? [] : [{ ...one, candidates }];
  });
}

export const evseIdsOf = (reach: readonly Reach[]): string[] => reach.flatMap(({ candidates }) => candidates.map(({ evse }) => evse.id));

async function reachablePlaceOrNone(ctx: Context, wish: WaitlistWish): Promise<Reachable[]> {
  try {
    return [await reachablePlace(ctx, placeOf(wish))];
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}
