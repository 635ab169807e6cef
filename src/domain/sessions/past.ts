/** Bills what has come late (SES-15). */
import { MINUTE_MS } from '../../platform/clock/index.ts';
import { loadLocation, type Location } from '../stations/index.ts';
import type { Context } from '../organisations/index.ts';
import { getReservation } from '../reservations/index.ts';
import { billSession, meteredOf } from './bill.ts';
import { saveSession } from './events.ts';
import { withOvershoot } from './life.ts';
import { energyOf } from './metered.ts';
import type { Session } from './session.ts';
import * as store from './store.ts';
import { findOfSession } from './store-transactions.ts';

/** After something that came late, so long for more of it to come: the bill is corrected once. */
const QUIET_MS = 5 * MINUTE_MS;

/** Something came of a session that is over: it is priced once more when no more has come for a while (SES-15). */
export async function repriceLater(ctx: Context, sessionId: string): Promise<void> {
  const session = (await store.lockSession(ctx.tx, sessionId))!;
  if (session.status === 'ended') await store.updateSession(ctx.tx, { ...session, repriceAt: ctx.now + QUIET_MS });
}

/** Prices a session that is over by all that is known of it by now: the difference is settled, where there is one. */
export async function billPast(ctx: Context, session: Session, location: Location, event = 'session.ended'): Promise<Session> {
  const transaction = await findOfSession(ctx.tx, session.id);
  const endedAt = transaction?.endedAt ?? session.endedAt!;
  const metered = await meteredOf(ctx, session, endedAt);
  const known: Session = { ...session, endedAt, endedReason: transaction?.stopReason ?? session.endedReason, energyWh: metered ? energyOf(metered) : session.energyWh };
  const reservation = session.reservationId === null ? undefined : await getReservation(ctx.as({ actor: { kind: 'system' } }), session.reservationId);
  const cost = await billSession(ctx, known, location, reservation);
  return saveSession(ctx, session, { ...withOvershoot({ ...known, cost }), repriceAt: null, version: session.version, updatedAt: session.updatedAt }, event);
}

/** Corrects the bill of one session for which something came late; how many. */
export async function repriceSession(ctx: Context): Promise<number> {
  const id = await store.findToReprice(ctx.tx, ctx.network.id, ctx.now);
  if (id === undefined) return 0;
  const session = await store.lockSession(ctx.tx, id);
  if (session?.repriceAt == null || session.repriceAt > ctx.now) return 1;
  await billPast(ctx, session, (await loadLocation(ctx.tx, session.locationId))!, 'session.updated');
  return 1;
}
