/** Time that has become free goes first to those who have lost their EVSE, then to those who wait (CAL-14). */
import { takeFreedTime, tellFreedTimes } from '../calendar/index.ts';
import type { Context } from '../organisations/index.ts';
import { offerFreedTime } from '../reservations/index.ts';

/** Wakes the conflicts of those who have lost their EVSE; they are looked after before anybody else is offered the time. */
export async function tellAffected(ctx: Context): Promise<number> {
  return tellFreedTimes(ctx.tx, ctx.network.id, ctx.now);
}

/** Offers one freed time, which those who lost their EVSE have had their chance at, to the waitlist. Returns whether there was one. */
export async function giveFreedTime(ctx: Context): Promise<number> {
  const freed = await takeFreedTime(ctx.tx, ctx.network.id);
  if (!freed) return 0;
  await offerFreedTime(ctx, freed);
  return 1;
}
