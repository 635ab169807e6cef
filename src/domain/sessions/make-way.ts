/** SES-34: who has scanned a code and has not paid yet stands in nobody's way who is there. */
import type { Context } from '../organisations/index.ts';
import { paymentsOf } from '../payments/index.ts';
import { billNothing } from './bill.ts';
import { saveSession } from './events.ts';
import type { Session } from './session.ts';
import * as store from './store.ts';

/** Whether a session is a guest's that waits for its payment. */
export function givesWay({ status, guestHash, remoteStartId }: Pick<Session, 'status' | 'guestHash' | 'remoteStartId'>): boolean {
  return status === 'created' && guestHash !== null && remoteStartId === null;
}

/** Cancels what gives way at an EVSE, which is locked. Money that is there already stays, and so does its session. */
export async function makeWay(ctx: Context, evseId: string): Promise<void> {
  const found = await store.findLiveAt(ctx.tx, evseId);
  if (!found || !givesWay(found)) return;
  const session = (await store.lockSession(ctx.tx, found.id))!;
  if (givesWay(session) && !(await isPaid(ctx, session))) await cancelCreated(ctx, session, 'gave_way');
}

/** Whether its money is there, though its station has not been told yet. */
export async function isPaid(ctx: Context, { id }: Session): Promise<boolean> {
  return (await paymentsOf(ctx, id)).some(({ status }) => status === 'authorized' || status === 'succeeded');
}

/** Nothing has started, or nothing can: what was held is released, and what is still to be paid is withdrawn. The session is locked and `created`. */
export async function cancelCreated(ctx: Context, session: Session, reason: string): Promise<Session> {
  const cancelled = await saveSession(ctx, session, { status: 'cancelled', endedAt: ctx.now, endedReason: reason, startBy: null }, 'session.cancelled');
  if (session.paymentId !== null) await billNothing(ctx, cancelled);
  return cancelled;
}
