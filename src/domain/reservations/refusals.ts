/** Requests that were refused for lack of room or by a rule of the policy: kept a while, so that a policy can be tried on what drivers asked for. */
import { DAY_MS } from '../../platform/clock/index.ts';
import { DomainError, type ErrorCode } from '../../platform/errors/index.ts';
import { actingOrganisation, type Context } from '../organisations/index.ts';
import type { Location } from '../stations/index.ts';
import type { AskedFor } from './asked-for.ts';
import type { Refusal } from './refusal.ts';
import * as store from './store-refusals.ts';

/** The kind of their notes. */
export const REFUSAL_NOTES = 'refusals';

/** Refusals that another policy, or more room, could have spared the driver. */
export const KEPT_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'slot_unavailable', 'walk_in_share_reached', 'lead_time_not_allowed', 'duration_not_allowed', 'off_grid', 'outside_opening_hours', 'booking_not_offered',
  'too_many_active_reservations', 'driver_banned', 'hold_limit_reached',
]);

export const REFUSALS_KEPT_MS = 92 * DAY_MS;
const PURGED_AT_ONCE = 5_000;

/** Does the work; when it refuses, that is noted, whatever becomes of the transaction (SIM-2). */
export async function notingRefusal<T>(
  ctx: Context, location: Pick<Location, 'id' | 'operatorId'>, driverId: string | undefined, asked: AskedFor, work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError && KEPT_REFUSALS.has(error.code)) {
      const refusal: Refusal = {
        networkId: ctx.network.id, operatorId: location.operatorId, locationId: location.id, driverId: driverId ?? null, code: error.code, askedAt: ctx.now, asked,
      };
      ctx.notes.add(REFUSAL_NOTES, actingOrganisation(ctx) ?? 'system', refusal);
    }
    throw error;
  }
}

/** Removes refusals of the network that are too old (SIM-3). */
export async function purgeRefusals(ctx: Context): Promise<number> {
  return store.deleteRefusalsBefore(ctx.tx, ctx.network.id, ctx.now - REFUSALS_KEPT_MS, PURGED_AT_ONCE);
}
