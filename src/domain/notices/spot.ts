import { findEvse, loadLocation } from '../stations/index.ts';
import type { Context } from '../organisations/index.ts';
import type { Spot } from './notice.ts';

/** How drivers are told where something is; an EVSE goes by what is written on it. Undefined for a location that nobody knows. */
export async function spotOf(ctx: Context, { locationId, evseId }: { locationId: string | null; evseId: string | null }): Promise<Spot | undefined> {
  const location = locationId === null ? undefined : await loadLocation(ctx.tx, locationId);
  if (!location) return undefined;
  const evse = evseId === null ? undefined : findEvse(location, evseId);
  return { location: location.name, evse: evse?.physicalReference ?? null, timeZone: location.timeZone };
}
