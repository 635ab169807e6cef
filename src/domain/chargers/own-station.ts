import { notFound } from '../../platform/errors/index.ts';
import { requireAccess, type Context } from '../organisations/index.ts';
import { findStation, getLocationOf, type Location, type Station } from '../stations/index.ts';

/** A charging station of the caller's own, with where it stands. Throws `not_found`, `forbidden`. */
export async function getOwnStation(
  ctx: Context, stationId: string, action: 'station.read' | 'station.provision' | 'station.command',
): Promise<{ location: Location; station: Station }> {
  const location = await getLocationOf(ctx, 'station', stationId);
  requireAccess(ctx, action, location);
  const station = findStation(location, stationId);
  if (!station) throw notFound('charging station', stationId);
  return { location, station };
}
