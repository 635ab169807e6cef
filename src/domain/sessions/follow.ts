/** What becomes of sessions while nobody asks: their stations come and go (SES-19), deadlines pass. One at a time, each in a transaction of its own. */
import { HOUR_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import { checkDueSession } from './check.ts';
import { saveSession } from './events.ts';
import { askWhatBecameOf, finishWithWhatIsKnown } from './forgotten.ts';
import { estimatedRefund } from './limits.ts';
import { known } from './live.ts';
import { repriceSession } from './past.ts';
import { isRunning, type Session } from './session.ts';
import { cancelUnpaid, cancelUnstarted, startPaidSession } from './start.ts';
import * as store from './store.ts';

/** A station that stays away so long has its sessions closed with what is known; what it tells later corrects them. */
const GIVEN_UP_MS = 12 * HOUR_MS;

const STEPS = [followConnection, startPaidSession, cancelUnpaid, cancelUnstarted, checkDueSession, giveUpInterrupted, repriceSession];

/** Does what is due of one session; how many. */
export async function sweepChargingSessions(ctx: Context): Promise<number> {
  for (const step of STEPS) if (await step(ctx) > 0) return 1;
  return 0;
}

/** A session goes on while its station is away; it is told at once, and once more when it is back. */
async function followConnection(ctx: Context): Promise<number> {
  const found = await store.findWithOtherConnection(ctx.tx, ctx.network.id);
  const session = found && await store.lockSession(ctx.tx, found.id);
  if (!session || !isRunning(session) || session.isInterrupted !== found.online) return found ? 1 : 0;
  if (!found.online) await interrupt(ctx, session);
  else await askWhatBecameOf(ctx, await saveSession(ctx, session, { isInterrupted: false, interruptedAt: null, checkAt: ctx.now }, 'session.reconnected'));
  return 1;
}

/** SES-25: who waits is told at once what may be given back. */
async function interrupt(ctx: Context, session: Session): Promise<void> {
  const interrupted: Session = { ...session, isInterrupted: true, interruptedAt: ctx.now, checkAt: null };
  const refund = estimatedRefund((await known(ctx, interrupted)).limitCase);
  const news = refund && { estimatedRefund: { currency: refund.currency, amountMinor: Number(refund.amountMinor) } };
  await saveSession(ctx, session, interrupted, 'session.interrupted', news);
}

async function giveUpInterrupted(ctx: Context): Promise<number> {
  const id = await store.findGivenUp(ctx.tx, ctx.network.id, ctx.now - GIVEN_UP_MS);
  if (id === undefined) return 0;
  const { isInterrupted } = (await store.findSession(ctx.tx, id))!;
  await finishWithWhatIsKnown(ctx, id, isInterrupted ? 'connection_lost' : 'no_news');
  return 1;
}

/** The next instant at which something of a session is due. */
export async function nextChargingDeadline(ctx: Context): Promise<EpochMs | undefined> {
  return store.nextDue(ctx.tx, ctx.network.id, ctx.now, GIVEN_UP_MS);
}
