import type { EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import type { Session } from './session.ts';
import * as store from './store.ts';

/** Money in an event. */
export interface EventMoney {
  currency: string;
  amountMinor: number;
}

/** What some events of sessions tell besides the session; what is not known is left out. */
export interface SessionNews {
  /** of what is held or paid for it, what would be given back if it ended so (`session.interrupted`) */
  estimatedRefund?: EventMoney;
  /** until when the vehicle may stand there for nothing, and what each minute costs afterwards (`session.overstay`) */
  overstay?: { freeUntil: EpochMs; perMinute: EventMoney };
}

export async function emitSession(ctx: Context, type: string, session: Session, news: SessionNews = {}): Promise<void> {
  await ctx.emit({
    type, object: 'session', objectId: session.id, objectVersion: session.version, isPublic: false, audience: [...new Set([session.organisationId, session.operatorId])],
    touches: [session.evseId], data: { ...session, ...news },
  });
}

/** Changes a session, which is locked, and tells it. */
export async function saveSession(ctx: Context, session: Session, change: Partial<Session>, event: string, news?: SessionNews): Promise<Session> {
  const changed: Session = { ...session, ...change, version: session.version + 1, updatedAt: ctx.now };
  await store.updateSession(ctx.tx, changed);
  await emitSession(ctx, event, changed, news);
  return changed;
}
