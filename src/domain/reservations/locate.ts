import { DomainError } from '../../platform/errors/index.ts';
import type { Context } from '../organisations/index.ts';
import { getLocationOf, type Location } from '../stations/index.ts';

/** One of these says where. */
export interface Place {
  evseId?: string;
  stationId?: string;
  locationId?: string;
}

/** The location of a place. One that is retired is not found. */
export async function locate(ctx: Context, place: Place): Promise<Location> {
  if (place.evseId !== undefined) return getLocationOf(ctx, 'evse', place.evseId);
  if (place.stationId !== undefined) return getLocationOf(ctx, 'station', place.stationId);
  if (place.locationId !== undefined) return getLocationOf(ctx, 'location', place.locationId);
  const errors = [{ pointer: '/evse', message: 'is required, or charging_station, or location_id' }];
  throw new DomainError('invalid_request', 'Say where: an evse, a charging_station or a location_id.', { errors });
}
