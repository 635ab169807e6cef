/** Looks after a session that goes on: what its driver, its slot and its authorisation allow (SES-16, SES-17), and what its station has done of what it was told. */
import { HOUR_MS, MINUTE_MS, SECOND_MS, type EpochMs } from '../../platform/clock/index.ts';
import { orderStation } from '../chargers/index.ts';
import type { Context } from '../organisations/index.ts';
import { emitSession, saveSession } from './events.ts';
import { STOP_TAKES_MS, firstLimit, parkingAhead, type ReachedLimit } from './limits.ts';
import { known, type Known } from './live.ts';
import { orderLimit } from './orders.ts';
import { endOfItsSlot } from './sandbox.ts';
import { isRunning, type LimitNote, type Session } from './session.ts';
import * as store from './store.ts';
import { setCheckEnergy } from './store-transactions.ts';

/** It is looked at again at least so often. */
const LOOK_AGAIN_MS = 5 * MINUTE_MS;
const SOONEST_MS = SECOND_MS;
const STOP_EXPIRES_SECONDS = 600;

/** Looks after one session whose time has come; how many. */
export async function checkDueSession(ctx: Context): Promise<number> {
  const id = await store.findToCheck(ctx.tx, ctx.network.id, ctx.now);
  if (id !== undefined) await checkSession(ctx, id);
  return id === undefined ? 0 : 1;
}

/** Looks after a session now. Nothing happens to one that is over. */
export async function checkSession(ctx: Context, id: string): Promise<void> {
  const found = (await store.findSession(ctx.tx, id))!;
  const slotEnd = await endOfItsSlot(ctx, found); // locks the reservation, before the session
  const locked = (await store.lockSession(ctx.tx, id))!;
  if (!isRunning(locked)) return;
  const session = { ...locked, endsBy: locked.reservationId === null ? locked.endsBy : slotEnd ?? ctx.now };
  const state = await known(ctx, session);
  const observed = observe(session, state, ctx.now);
  const next = session.holdBack === 'limit' ? undefined : firstLimit(state.limitCase);
  if (next && next.at - STOP_TAKES_MS <= ctx.now && session.holdBack !== 'limit') return endEnergy(ctx, { ...session, ...observed.change }, state, next);
  const checkAt = nextCheck(session, state, next?.at, ctx.now);
  await setCheckEnergy(ctx.tx, state.transaction!.number, energyToCheck(state, next));
  const change = { ...observed.change, endsBy: session.endsBy, energyWh: Math.round(state.limitCase.energyWh), checkAt, ...overstay(session, state, ctx.now) };
  const saved = await saveSession(ctx, locked, change, observed.event ?? 'session.updated');
  if (saved.overstayToldAt !== locked.overstayToldAt) await emitSession(ctx, 'session.overstay', saved, { overstay: parkingAhead(state.limitCase) });
}

/** Half of the time that is left, so that a change of power is seen in time; the seldomer, the longer nothing has been told of it. */
function nextCheck(session: Session, { transaction }: Known, limitAt: EpochMs | undefined, now: EpochMs): EpochMs {
  const silentMs = now - Math.max(session.startedAt, transaction?.readAt ?? 0);
  const latest = now + Math.min(HOUR_MS, Math.max(LOOK_AGAIN_MS, silentMs / 2));
  if (limitAt === undefined) return session.endsBy !== null && session.endsBy > now ? Math.min(latest, session.endsBy) : latest;
  const left = limitAt - STOP_TAKES_MS - now;
  return Math.min(latest, now + Math.max(SOONEST_MS, left < 20 * SECOND_MS ? left : Math.floor(left / 2)));
}

/** And after half of the energy that is left, or as soon as any flows where none does. */
function energyToCheck({ transaction, limitCase }: Known, next: ReachedLimit | undefined): number | null {
  if (limitCase.powerW === 0) return (transaction?.energyWh ?? 0) + 1;
  if (!next || transaction?.energyWh == null) return null;
  const leftWh = (limitCase.powerW * (next.at - limitCase.now)) / 3_600_000;
  return Math.floor(transaction.energyWh + Math.max(1, leftWh / 2));
}

interface Observed {
  change: Partial<Session>;
  event?: string;
}

/** What the station has done of what it was told, and whether the vehicle still takes energy: said once it was seen (SES-18). */
function observe(session: Session, { transaction }: Known, now: EpochMs): Observed {
  const { holdBack, parkedSince } = session;
  const { chargingState, powerW } = transaction ?? { chargingState: null, powerW: null };
  const isHeld = chargingState === 'suspended_evse' || (chargingState !== 'charging' && powerW === 0);
  if (holdBack === 'pausing' && isHeld) return { change: { status: 'paused', holdBack: 'paused' }, event: 'session.paused' };
  const flowsAgain = chargingState === 'suspended_ev' || (chargingState !== 'suspended_evse' && (powerW ?? 0) > 0) || chargingState === 'charging';
  if (holdBack === 'resuming' && flowsAgain) return { change: { status: 'started', holdBack: null }, event: 'session.resumed' };
  const isParked = chargingState === 'suspended_ev' || (holdBack === 'limit' && isHeld);
  if (isParked && parkedSince === null) return { change: { parkedSince: now }, event: 'session.charging_complete' };
  if (parkedSince !== null && chargingState === 'charging') return { change: { parkedSince: null } };
  return { change: {} };
}

/** Told once, when its slot is over and the vehicle is still there. */
function overstay({ endsBy, overstayToldAt, parkedSince }: Session, { limitCase }: Known, now: EpochMs): Partial<Session> {
  const isLate = (endsBy !== null && now >= endsBy) || (limitCase.hasParkingTime && parkedSince !== null && now - parkedSince >= LOOK_AGAIN_MS);
  return isLate && overstayToldAt === null ? { overstayToldAt: now } : {};
}

/** Somebody else's slot has begun where this vehicle stands: its driver is told, once. */
export async function tellOverstay(ctx: Context, id: string): Promise<void> {
  const session = await store.lockSession(ctx.tx, id);
  if (!session || !isRunning(session) || session.overstayToldAt !== null) return;
  const { limitCase } = await known(ctx, session);
  await saveSession(ctx, session, { overstayToldAt: ctx.now }, 'session.overstay', { overstay: parkingAhead(limitCase) });
}

/**
 * Ends the energy of a session, which is locked: where parking costs, the transaction goes on until the vehicle is unplugged, so that overstaying is
 * counted (seed 003); else it is stopped.
 */
export async function endEnergy(ctx: Context, session: Session, state: Known, { reason, limitMinor, foreseenMinor }: ReachedLimit): Promise<void> {
  const limitNote: LimitNote = {
    reason, at: ctx.now, ...(limitMinor === undefined ? {} : { limitMinor: Number(limitMinor) }), ...(foreseenMinor === undefined ? {} : { foreseenMinor: Number(foreseenMinor) }),
  };
  await setCheckEnergy(ctx.tx, state.transaction!.number, null);
  if (state.limitCase.hasParkingTime) await orderLimit(ctx, session, state.transaction!, 0);
  else await orderStop(ctx, session, state.transaction!.ref);
  await saveSession(ctx, session, { holdBack: 'limit', limitNote: session.limitNote ?? limitNote, checkAt: ctx.now + MINUTE_MS }, 'session.limit_reached');
}

export async function orderStop(ctx: Context, { id, stationId, operatorId }: Session, transaction: string): Promise<void> {
  await orderStation(ctx, { stationId: stationId!, operatorId }, 'stop_transaction', { transaction }, { expiresInSeconds: STOP_EXPIRES_SECONDS, subject: id });
}
