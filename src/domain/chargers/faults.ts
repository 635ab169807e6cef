/** EVSEs that their stations say do not work: after a while that is an outage, and what is booked there is looked after (CHS-13). */
import type { EpochMs } from '../../platform/clock/index.ts';
import { startReportedOutage } from '../calendar/index.ts';
import type { Context } from '../organisations/index.ts';
import { findFaulted } from './store-faults.ts';

/** Begins the outage of one EVSE that has been out of order for long enough; returns 0 when there is none. */
export async function sweepFaults(ctx: Context): Promise<number> {
  const evse = await findFaulted(ctx.tx, ctx.network.id);
  if (evse === undefined || evse.since + ctx.settings.faultMs > ctx.now) return 0;
  await startReportedOutage(ctx, evse.locationId, evse.evseId);
  return 1;
}

/** When the next outage begins, as far as stations have told of faults. */
export async function nextFault(ctx: Context): Promise<EpochMs | undefined> {
  const evse = await findFaulted(ctx.tx, ctx.network.id);
  return evse && evse.since + ctx.settings.faultMs;
}
