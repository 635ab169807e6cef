/** What a driver can do with a session that goes on: pause, go on, stop, aim at something else. */
import { DomainError } from '../../platform/errors/index.ts';
import type { StationCommand } from '../chargers/index.ts';
import { requireAccess, type Context } from '../organisations/index.ts';
import { orderStop } from './check.ts';
import { noteDynamicCode } from './dynamic-codes.ts';
import { saveSession } from './events.ts';
import { noteTransactionStatus } from './forgotten.ts';
import { hasParkingTime, known } from './live.ts';
import { cancelCreated } from './make-way.ts';
import { orderLimit } from './orders.ts';
import { getSession } from './read.ts';
import { isRunning, type Session, type Targets } from './session.ts';
import * as store from './store.ts';
import { findOfSession } from './store-transactions.ts';
import type { ChargingTransaction } from './transaction.ts';

interface Controlled {
  session: Session;
  transaction: ChargingTransaction;
}

/** The session of the caller's own, locked, with the transaction that its station runs for it. */
async function lockRunning(ctx: Context, id: string): Promise<Controlled> {
  await getSession(ctx, id);
  const session = (await store.lockSession(ctx.tx, id))!;
  requireAccess(ctx, 'session.control', session);
  const transaction = await findOfSession(ctx.tx, id);
  if (!isRunning(session) || !transaction) throw new DomainError('invalid_state', 'No energy can flow in it now.', { status: session.status });
  if (session.isInterrupted) throw new DomainError('station_offline', 'Its station is not connected now.');
  return { session, transaction };
}

/** SES-18: has the station let nothing flow, as the seed has it; `paused` once that was seen. Throws `invalid_state` where its energy was ended. */
export async function pauseSession(ctx: Context, id: string): Promise<Session> {
  const { session, transaction } = await lockRunning(ctx, id);
  if (session.holdBack === 'pausing' || session.status === 'paused') return session;
  if (session.status !== 'started' || session.holdBack !== null) throw new DomainError('invalid_state', 'It can not be paused now.', { status: session.status });
  await orderLimit(ctx, session, transaction, 0);
  return saveSession(ctx, session, { holdBack: 'pausing' }, 'session.updated');
}

/** Lets energy flow again. */
export async function resumeSession(ctx: Context, id: string): Promise<Session> {
  const { session, transaction } = await lockRunning(ctx, id);
  if (session.holdBack === 'resuming' || (session.status === 'started' && session.holdBack === null)) return session;
  if (session.status !== 'paused') throw new DomainError('invalid_state', 'It is not paused.', { status: session.status });
  await orderLimit(ctx, session, transaction, null);
  return saveSession(ctx, session, { holdBack: 'resuming' }, 'session.updated');
}

/**
 * Ends a session, or takes back one that has not begun. Throws `stop_not_offered` where parking costs: then unplugging ends it (seed 003).
 */
export async function stopSession(ctx: Context, id: string): Promise<Session> {
  const found = await getSession(ctx, id);
  if (found.status === 'created') {
    const session = (await store.lockSession(ctx.tx, id))!;
    requireAccess(ctx, 'session.control', session);
    if (session.status === 'created') return cancelCreated(ctx, session, 'cancelled_by_driver');
  }
  const { session, transaction } = await lockRunning(ctx, id);
  const { pricing } = await known(ctx, session);
  if (hasParkingTime(pricing)) throw new DomainError('stop_not_offered', 'Parking costs there, so the session ends when the vehicle is unplugged.');
  await orderStop(ctx, session, transaction.ref);
  return saveSession(ctx, session, { holdBack: 'limit', limitNote: session.limitNote ?? { reason: 'stop_requested', at: ctx.now } }, 'session.updated');
}

/** Changes what it stops at; those that are reached already stop it at once. */
export async function setTargets(ctx: Context, id: string, targets: Targets): Promise<Session> {
  const { session } = await lockRunning(ctx, id);
  return saveSession(ctx, session, { targets, checkAt: ctx.now }, 'session.updated');
}

/** What became of something that a station was told for a session. */
export async function noteCommandOutcome(ctx: Context, command: StationCommand): Promise<void> {
  const { type, subject, status, result } = command;
  if (subject === null) return;
  if (type === 'set_variables') return noteDynamicCode(ctx, command);
  if (type === 'get_transaction_status' && result) return noteTransactionStatus(ctx, subject, result);
  if (status === 'accepted') return;
  if (type !== 'start_transaction' && type !== 'limit_charging') return;
  const session = await store.lockSession(ctx.tx, subject);
  if (!session) return;
  const isRefused = status === 'rejected';
  if (type === 'start_transaction' && session.status === 'created' && isRefused) return void (await cancelCreated(ctx, session, 'station_rejected'));
  if (type !== 'limit_charging' || !isRunning(session)) return;
  if (session.holdBack === 'pausing') return void (await saveSession(ctx, session, { holdBack: null }, 'session.pause_refused'));
  if (session.holdBack === 'resuming') return void (await saveSession(ctx, session, { holdBack: 'paused' }, 'session.resume_refused'));
  const transaction = await findOfSession(ctx.tx, session.id);
  if (session.holdBack === 'limit' && transaction) await orderStop(ctx, session, transaction.ref); // it can't hold back: it has to stop
}
