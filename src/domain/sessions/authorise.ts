/**
 * Who may charge at an EVSE now: every start is judged here, whoever asks for it (SES-9, SES-10). What a station says has begun is a fact; whether it is
 * a session is decided by promises, tokens and money.
 */
import { DomainError } from '../../platform/errors/index.ts';
import { listBookings, lockEvses } from '../calendar/index.ts';
import { findTokenByUid, loadDriver, lockDriver, normalUid, type Token } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { beginPayment, listWallets, requireStartBalance } from '../payments/index.ts';
import { findToStart, lockForChange, policyInForce, requireCovered, requirePossible, type Reservation } from '../reservations/index.ts';
import { findStation, loadLocationOfStation, type Location } from '../stations/index.ts';
import { rulesOfWalkIn } from './bill.ts';
import { saveSession } from './events.ts';
import { tellAsSeed } from './seed-events.ts';
import { addSession, endOfSlot, finish, newSession, occupy, requireItsTime, requireRoomToWalkIn } from './life.ts';
import { givesWay, isPaid, makeWay } from './make-way.ts';
import type { Session } from './session.ts';
import { beginOfTerminal, type StationPayment } from './station-terminal.ts';
import * as store from './store.ts';

/** A place where a vehicle is plugged in, and what its driver has shown. */
export interface StartAttempt {
  location: Location;
  stationId: string;
  evseId: string;
  connectorId: string;
  tokenUid: string;
  remoteStartId: number | null;
  /** when it began, by the station's clock, as far as that can be */
  at: number;
  /** it was paid for at the station's own terminal */
  terminal?: StationPayment | undefined;
}

export type Verdict = { isAccepted: true; session: Session } | { isAccepted: false; refusal: string };

/** What is told of a token where nobody knows yet at which EVSE. */
export type TokenStatus = 'accepted' | 'blocked' | 'invalid';

/** SES-29: somebody shows a token. Where the station has one EVSE, that is the one that is meant, and whoever can't begin or end there now is refused. */
export async function judgeToken(ctx: Context, uid: string, stationId: string): Promise<{ status: TokenStatus; groupUid: string | null }> {
  const token = await findTokenByUid(ctx, uid);
  if (token) return { status: token.isBlocked ? 'blocked' : (await isKeptFrom(ctx, token, stationId)) ? 'invalid' : 'accepted', groupUid: token.groupUid };
  return { status: (await store.isTokenOfCreated(ctx.tx, ctx.network.id, uid)) ? 'accepted' : 'invalid', groupUid: null };
}

/** Whether the station's only EVSE is promised to somebody else now. Who charges there is let off, and who is about to is let on. */
async function isKeptFrom(ctx: Context, { driverId, uid }: Token, stationId: string): Promise<boolean> {
  const location = await loadLocationOfStation(ctx.tx, stationId);
  const [evse, ...others] = (location && findStation(location, stationId))?.evses ?? [];
  if (!location || !evse || others.length > 0) return false;
  const live = await store.findLiveAt(ctx.tx, evse.id);
  if (live && (live.tokenUid === normalUid(uid) || live.driverId === driverId)) return false;
  const own = await findToStart(ctx, { evseId: evse.id, driverId });
  if (own && await isItsTime(ctx, own)) return false;
  const now = await listBookings(ctx.tx, location.id, [evse.id], ctx.now, ctx.now + 1);
  return now.some(({ kind, holdExpiresAt, startsAt, endsAt }) => startsAt <= ctx.now && endsAt > ctx.now && (kind !== 'hold' || holdExpiresAt! > ctx.now));
}

/** Judges a start that a station tells, and begins its session. All locks are taken in order: reservation, driver, EVSE, session. */
export async function judgeStart(ctx: Context, attempt: StartAttempt): Promise<Verdict> {
  const token = await findTokenByUid(ctx, attempt.tokenUid);
  if (token?.isBlocked) return refused('token_blocked');
  const waiting = await store.findLiveAt(ctx.tx, attempt.evseId);
  try {
    return await ctx.tx.savepoint(async () => {
      if (waiting?.status === 'created' && !(await isOvertaken(ctx, waiting))) return { isAccepted: true, session: await beginCreated(ctx, waiting.id, attempt, token) };
      if (waiting && waiting.status !== 'created' && !(await isOver(ctx, waiting, attempt))) return refused('evse_occupied');
      const { terminal } = attempt;
      if (!token) return terminal ? { isAccepted: true, session: await beginOfTerminal(ctx, { ...attempt, terminal }) } : refused('token_unknown');
      return { isAccepted: true, session: await beginOfToken(ctx, attempt, token) };
    });
  } catch (error) {
    if (error instanceof DomainError) return refused(error.code);
    throw error;
  }
}

const refused = (refusal: string): Verdict => ({ isAccepted: false, refusal });

/** SES-34: a guest has not paid yet, and somebody else's card is shown. Their session makes way once the EVSE is locked. */
async function isOvertaken(ctx: Context, session: Session): Promise<boolean> {
  return givesWay(session) && !(await isPaid(ctx, session));
}

/** A new transaction began later than the one before: that one is over, though nobody has told so yet. What comes of it late corrects its bill. */
async function isOver(ctx: Context, session: Session, { at }: StartAttempt): Promise<boolean> {
  if (at < session.startedAt) return false;
  return (await finish(ctx, session.id, { at, reason: 'superseded' })) !== undefined;
}

/** A session that was asked for before: its own number, its own token, or another of its driver's. */
async function beginCreated(ctx: Context, id: string, attempt: StartAttempt, token: Token | undefined): Promise<Session> {
  const found = (await store.findSession(ctx.tx, id))!;
  const reservation = found.reservationId === null ? undefined : await lockForChange(ctx, found.reservationId);
  if (found.driverId !== null) await lockDriver(ctx.tx, found.driverId);
  await lockEvses(ctx.tx, [found.evseId]);
  const session = (await store.lockSession(ctx.tx, id))!;
  const isItsNumber = session.remoteStartId !== null && session.remoteStartId === attempt.remoteStartId; // SES-31
  const isIts = isItsNumber || session.tokenUid === attempt.tokenUid || (token !== undefined && token.driverId === session.driverId);
  if (session.status !== 'created' || !isIts) throw new DomainError('evse_occupied', 'Somebody else is about to charge there.');
  if (reservation) {
    requirePossible(reservation, 'session_start');
    if (reservation.sessionId !== null) throw new DomainError('invalid_state', 'A session has been started on it already.');
  }
  return start(ctx, session, attempt, reservation);
}

async function start(ctx: Context, session: Session, { at, connectorId }: StartAttempt, reservation: Reservation | undefined): Promise<Session> {
  const started: Session = {
    ...session, status: 'started', connectorId: session.connectorId ?? connectorId, startedAt: Math.max(at, session.createdAt), startBy: null, checkAt: ctx.now,
    version: session.version + 1, updatedAt: ctx.now,
  };
  await store.updateSession(ctx.tx, started);
  await occupy(ctx, started, reservation);
  return started;
}

/** Somebody shows a card: on their reservation when it is its time, else as a walk-in. */
async function beginOfToken(ctx: Context, attempt: StartAttempt, token: Token): Promise<Session> {
  const found = await findToStart(ctx, { evseId: attempt.evseId, driverId: token.driverId });
  const reservation = found && await lockForChange(ctx, found.id);
  await lockDriver(ctx.tx, token.driverId);
  await lockEvses(ctx.tx, [attempt.evseId]);
  await makeWay(ctx, attempt.evseId);
  const given = {
    organisationId: token.organisationId, stationId: attempt.stationId, evseId: attempt.evseId, connectorId: attempt.connectorId, driverId: token.driverId,
    tokenUid: attempt.tokenUid, type: token.kind === 'rfid' ? 'rfid' : 'app', status: 'started', startedAt: attempt.at, checkAt: ctx.now,
  } as const;
  if (reservation?.sessionId === null && reservation.status === 'confirmed' && await isItsTime(ctx, reservation)) {
    await requireCovered(ctx, reservation);
    const session = newSession(ctx, attempt.location, { ...given, reservationId: reservation.id, endsBy: endOfSlot(reservation) });
    await addSession(ctx, session);
    await occupy(ctx, session, reservation);
    return session;
  }
  const endsBy = await requireRoomToWalkIn(ctx, attempt.location, attempt.evseId);
  const session = newSession(ctx, attempt.location, { ...given, reservationId: null, endsBy });
  await addSession(ctx, session);
  await occupy(ctx, session, undefined);
  return holdForWalkIn(ctx, session, attempt.location);
}

async function isItsTime(ctx: Context, reservation: Reservation): Promise<boolean> {
  return requireItsTime(ctx, reservation).then(() => true, (error: unknown) => {
    if (error instanceof DomainError) return false;
    throw error;
  });
}

/**
 * SES-11: what somebody who walks in with a card charges for is held in their wallet, where that has enough to begin; where the place is paid before, only then
 * they may. Others are billed afterwards.
 */
async function holdForWalkIn(ctx: Context, session: Session, location: Location): Promise<Session> {
  const inForce = await rulesOfWalkIn(ctx, session, location);
  if (!inForce) return session;
  const { policy } = await policyInForce(ctx, location);
  const { currency } = inForce.rules.tariff;
  const hasEnough = await requireStartBalance(ctx, session.driverId!, currency).then(() => true, (error: unknown) => {
    if (policy.paymentTiming !== 'pre_fulfillment' && policy.paymentTiming !== 'pre_order' && error instanceof DomainError) return false;
    throw error;
  });
  return hasEnough ? holdWallet(ctx, session, currency) : session;
}

/** Holds all that is in the driver's wallet for the session (seed 003: authorized_amount = balance). Throws `insufficient_funds` for an empty one. */
export async function holdWallet(ctx: Context, session: Session, currency: string): Promise<Session> {
  const driver = (await loadDriver(ctx.tx, session.driverId!))!;
  const wallet = (await listWallets(ctx.as({ actor: { kind: 'system' } }), driver.id)).find((one) => one.currency === currency);
  const availableMinor = wallet ? wallet.balanceMinor - wallet.heldMinor : 0n;
  if (availableMinor <= 0n) throw new DomainError('insufficient_funds', 'There is nothing in the wallet.');
  const payment = await beginPayment(ctx, {
    organisationId: driver.organisationId, driverId: driver.id, object: 'session', objectId: session.id, method: 'wallet', timing: 'pre_fulfillment', currency,
    amountMinor: availableMinor, isFinal: false,
  });
  await tellAsSeed(ctx, payment, 'payment_authorized');
  return saveSession(ctx, session, { paymentId: payment.id }, 'session.updated');
}
