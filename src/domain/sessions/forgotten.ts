/** Sessions whose end nobody tells: their stations are asked, where they can be, and they are closed with what is known (SES-19, SES-28). */
import { orderStation, protocolOf } from '../chargers/index.ts';
import type { Context } from '../organisations/index.ts';
import { meteredOf } from './bill.ts';
import { finish } from './life.ts';
import { energyOf } from './metered.ts';
import { isRunning, type Session } from './session.ts';
import * as store from './store.ts';
import { findOfSession } from './store-transactions.ts';

const ASKED_EXPIRES_SECONDS = 300;

/** Closes a session as of what was read last; what is told of it later corrects it. */
export async function finishWithWhatIsKnown(ctx: Context, id: string, reason: 'connection_lost' | 'no_news' | 'forgotten_by_station'): Promise<void> {
  const session = (await store.findSession(ctx.tx, id))!;
  const readAt = Math.max(session.startedAt, (await findOfSession(ctx.tx, id))?.readAt ?? session.interruptedAt ?? session.startedAt);
  const metered = await meteredOf(ctx, session, readAt);
  await finish(ctx, id, { at: readAt, reason, energyWh: metered ? energyOf(metered) : 0 });
}

/** A station that is back is asked whether a transaction still goes on, which 2.x can tell. */
export async function askWhatBecameOf(ctx: Context, { id, stationId, operatorId }: Session): Promise<void> {
  const transaction = await findOfSession(ctx.tx, id);
  if (!transaction || !(await protocolOf(ctx, stationId!))?.startsWith('ocpp2')) return;
  await orderStation(ctx, { stationId: stationId!, operatorId }, 'get_transaction_status', { ocppTransactionId: transaction.ref }, {
    expiresInSeconds: ASKED_EXPIRES_SECONDS, subject: id,
  });
}

/** Neither does it go on, nor is there anything of it that is still to be told: its end was lost. */
export async function noteTransactionStatus(ctx: Context, sessionId: string, { ongoingIndicator, messagesInQueue }: Record<string, unknown>): Promise<void> {
  const session = await store.findSession(ctx.tx, sessionId);
  if (session && isRunning(session) && ongoingIndicator === false && messagesInQueue === false) await finishWithWhatIsKnown(ctx, sessionId, 'forgotten_by_station');
}
