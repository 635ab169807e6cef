/**
 * What stations tell of transactions, each message once, whatever its order and its age (SES-12). A start and an end are facts and are always written
 * down; a session comes of them where somebody may charge.
 */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { endOccupancyOf, insertOccupancy } from '../calendar/index.ts';
import { clockSkewOf, orderStation, placeByNumber, type Link } from '../chargers/index.ts';
import { findTokenByUid, normalUid } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { findStation, loadLocationOfStation, type Location } from '../stations/index.ts';
import { judgeStart, type TokenStatus } from './authorise.ts';
import { meteredOf } from './bill.ts';
import { emitSession } from './events.ts';
import { finish, newSession } from './life.ts';
import { billPast, repriceLater } from './past.ts';
import { energyOf } from './metered.ts';
import { quarantine } from './quarantine.ts';
import { isRunning } from './session.ts';
import type { StationPayment } from './station-terminal.ts';
import { clockOffset, happenedAt } from './station-time.ts';
import * as sessions from './store.ts';
import { insertReadings, type IncomingReading } from './store-readings.ts';
import * as store from './store-transactions.ts';
import type { ChargingTransaction } from './transaction.ts';

const STOP_EXPIRES_SECONDS = 300;
/** A start that is told so much later than it happened is told of the past. */
const PAST_MS = 5 * MINUTE_MS;

export interface ToldStart {
  /** as the station names it; null where we do */
  ref: string | null;
  /** of 1.6: what makes a repeated start the same */
  startKey: string | null;
  evseNumber: number;
  connectorNumber: number;
  tokenUid: string | null;
  /** what the token stands for, where it was made by the station's own payment terminal */
  terminal?: StationPayment | undefined;
  remoteStartId: number | null;
  saidAt: EpochMs | undefined;
  meterStartWh: number | null;
}

export interface StartAnswer {
  transaction: ChargingTransaction;
  /** null where no token was shown yet */
  token: { status: TokenStatus | 'concurrent_tx'; groupUid: string | null } | null;
}

/** A station tells that a transaction has begun, perhaps once more. */
export async function noteStart(ctx: Context, link: Link, told: ToldStart): Promise<StartAnswer> {
  const place = await placeOf(ctx, link, told);
  const tokenUid = told.tokenUid === null ? null : normalUid(told.tokenUid);
  const waiting = place.evseId === null ? undefined : await sessions.findLiveAt(ctx.tx, place.evseId);
  const isAsked = waiting?.status === 'created' && (waiting.tokenUid === tokenUid || (told.remoteStartId !== null && waiting.remoteStartId === told.remoteStartId));
  const asked = isAsked ? waiting.createdAt : undefined;
  const clockOffsetMs = clockOffset(told.saidAt, ctx.now, { skewMs: await clockSkewOf(ctx, link), notBefore: asked });
  const startedAt = told.saidAt === undefined ? ctx.now : Math.min(ctx.now, told.saidAt + clockOffsetMs);
  const added = await store.insertTransaction(ctx.tx, {
    stationId: link.stationId, networkId: link.networkId, ref: told.ref, startKey: told.startKey, evseId: place.evseId, connectorId: place.connectorId,
    evseNumber: told.evseNumber, connectorNumber: told.connectorNumber, tokenUid, clockOffsetMs, startedAt, meterStartWh: told.meterStartWh, createdAt: ctx.now,
  });
  const transaction = added ?? (told.ref === null ? await store.findByStartKey(ctx.tx, link.stationId, told.startKey!) : await store.lockByRef(ctx.tx, link.stationId, told.ref))!;
  return noteToken(ctx, link, transaction, told, place.location);
}

/** A token was shown for a transaction: by its start, or afterwards (2.x: the cable first). */
export async function noteToken(
  ctx: Context, link: Link, transaction: ChargingTransaction, told: Pick<ToldStart, 'tokenUid' | 'remoteStartId' | 'terminal'>, known?: Location,
): Promise<StartAnswer> {
  if (told.tokenUid === null && told.remoteStartId === null) return { transaction, token: null };
  const tokenUid = told.tokenUid === null ? null : normalUid(told.tokenUid);
  if (transaction.sessionId !== null || transaction.refusal !== null || transaction.endedAt !== null) return { transaction, token: await statusOf(ctx, transaction, tokenUid) };
  const location = known ?? await locationOf(ctx, link);
  if (!location || transaction.evseId === null) return { transaction, token: await refuse(ctx, link, transaction, tokenUid, 'evse_unknown') };
  if (ctx.now - transaction.startedAt > PAST_MS && await isPast(ctx, transaction)) {
    const kept = { ...transaction, tokenUid };
    await store.updateTransaction(ctx.tx, kept);
    return { transaction: kept, token: await statusOf(ctx, kept, tokenUid) };
  }
  const verdict = await judgeStart(ctx, {
    location, stationId: link.stationId, evseId: transaction.evseId, connectorId: transaction.connectorId!, tokenUid: tokenUid ?? '', remoteStartId: told.remoteStartId,
    at: transaction.startedAt, terminal: told.terminal,
  });
  if (!verdict.isAccepted) return { transaction, token: await refuse(ctx, link, transaction, tokenUid, verdict.refusal) };
  const begun: ChargingTransaction = { ...transaction, tokenUid, sessionId: verdict.session.id };
  await store.updateTransaction(ctx.tx, begun);
  return { transaction: begun, token: await statusOf(ctx, begun, tokenUid) };
}

/** Whether another vehicle has been served there since: what is told then is history, and is billed when its end is told. */
async function isPast(ctx: Context, { evseId, startedAt }: ChargingTransaction): Promise<boolean> {
  const live = await sessions.findLiveAt(ctx.tx, evseId!);
  return live !== undefined && live.status !== 'created' && live.startedAt > startedAt;
}

async function statusOf(ctx: Context, { refusal, sessionId }: ChargingTransaction, tokenUid: string | null): Promise<StartAnswer['token']> {
  const token = tokenUid === null ? undefined : await findTokenByUid(ctx, tokenUid);
  const groupUid = token?.groupUid ?? null;
  if (refusal !== null) return { status: refusal === 'token_blocked' ? 'blocked' : refusal === 'evse_occupied' ? 'concurrent_tx' : 'invalid', groupUid };
  if (token?.isBlocked) return { status: 'blocked', groupUid };
  return { status: token || sessionId !== null ? 'accepted' : 'invalid', groupUid };
}

/**
 * SES-10: who may not charge there is told so, and told to stop: not every station stops by itself. As long as the vehicle stays it is in the way
 * of whoever has booked.
 */
async function refuse(ctx: Context, link: Link, transaction: ChargingTransaction, tokenUid: string | null, refusal: string): Promise<StartAnswer['token']> {
  const kept: ChargingTransaction = { ...transaction, tokenUid, refusal };
  await store.updateTransaction(ctx.tx, kept);
  const location = await locationOf(ctx, link);
  if (location && kept.evseId !== null && refusal !== 'evse_occupied') {
    await insertOccupancy(ctx.tx, {
      id: occupancyIdOf(kept), locationId: location.id, evseId: kept.evseId, sessionId: null, reservationId: null, startsAt: ctx.now, expectedEndAt: null, endsAt: null,
    }, ctx.now);
  }
  if (location) {
    await orderStation(ctx, { stationId: link.stationId, operatorId: location.operatorId }, 'stop_transaction', { transaction: kept.ref }, {
      expiresInSeconds: STOP_EXPIRES_SECONDS, subject: kept.evseId ?? link.stationId,
    });
  }
  return statusOf(ctx, kept, tokenUid);
}

const occupancyIdOf = ({ number }: ChargingTransaction): string => `occ_transaction_${number}`;

export interface ToldEnd {
  ref: string;
  tokenUid: string | null;
  saidAt: EpochMs | undefined;
  meterStopWh: number | null;
  reason: string | null;
  message: string;
  payload: Record<string, unknown>;
}

/** A station tells that a transaction is over, perhaps once more. What fits no transaction is kept for people (SES-14). */
export async function noteEnd(ctx: Context, link: Link, told: ToldEnd): Promise<ChargingTransaction | undefined> {
  const transaction = (await store.lockByRef(ctx.tx, link.stationId, told.ref)) ?? (await resolve(ctx, link, told));
  if (!transaction) {
    await quarantine(ctx, link, { action: told.message, payload: told.payload, reason: 'transaction_unknown' });
    return undefined;
  }
  if (transaction.endedAt !== null) return transaction; // told before
  const endedAt = happenedAt(told.saidAt, ctx.now, transaction);
  const ended: ChargingTransaction = { ...transaction, endedAt, meterStopWh: told.meterStopWh ?? transaction.energyWh, stopReason: told.reason };
  await store.updateTransaction(ctx.tx, ended);
  if (ended.refusal !== null) await endOccupancyOf(ctx.tx, occupancyIdOf(ended), ctx.now);
  else if (ended.sessionId !== null) await endSession(ctx, ended);
  else await recordPast(ctx, link, ended);
  return ended;
}

/** After an offline start some stations name the transaction 0 or -1: it is the only one open of that token that can be meant, or nobody knows. */
async function resolve(ctx: Context, link: Link, { tokenUid, saidAt }: ToldEnd): Promise<ChargingTransaction | undefined> {
  const open = await store.lockOpen(ctx.tx, link.stationId, tokenUid === null ? {} : { tokenUid: normalUid(tokenUid) });
  const candidates = open.filter(({ startedAt }) => saidAt === undefined || startedAt <= Math.max(saidAt, ctx.now));
  return candidates.length === 1 ? candidates[0] : undefined;
}

async function endSession(ctx: Context, transaction: ChargingTransaction): Promise<void> {
  const session = (await sessions.findSession(ctx.tx, transaction.sessionId!))!;
  const metered = await meteredOf(ctx, session, transaction.endedAt!);
  const energyWh = metered ? energyOf(metered) : 0;
  if (isRunning(session) && await finish(ctx, session.id, { at: transaction.endedAt!, reason: transaction.stopReason, energyWh })) return;
  await repriceLater(ctx, session.id);
}

/** A transaction of the past, told while another vehicle is there already: it becomes a session that is over, and is billed. */
async function recordPast(ctx: Context, link: Link, transaction: ChargingTransaction): Promise<void> {
  const token = transaction.tokenUid === null ? undefined : await findTokenByUid(ctx, transaction.tokenUid);
  const location = await locationOf(ctx, link);
  if (!token || !location || transaction.evseId === null) return; // a cable that was plugged in and out, or somebody nobody knows
  const session = newSession(ctx, location, {
    organisationId: token.organisationId, stationId: link.stationId, evseId: transaction.evseId, connectorId: transaction.connectorId, driverId: token.driverId,
    reservationId: null, endsBy: null, tokenUid: token.uid, type: token.kind === 'rfid' ? 'rfid' : 'app', status: 'ended', startedAt: transaction.startedAt,
  });
  const ended = { ...session, endedAt: transaction.endedAt, endedReason: transaction.stopReason };
  await sessions.insertSession(ctx.tx, ended);
  await emitSession(ctx, 'session.started', ended);
  await store.updateTransaction(ctx.tx, { ...transaction, sessionId: session.id });
  await billPast(ctx, ended, location);
}

/** What was read, with the rest of a message: as the inbox has it. Gives those that belong to no transaction. */
export async function noteReadings(ctx: Context, readings: readonly IncomingReading[]): Promise<IncomingReading[]> {
  if (readings.length === 0) return [];
  const { dueSessions, lateSessions, unmatched } = await insertReadings(ctx.tx, readings, ctx.now);
  for (const id of lateSessions) await repriceLater(ctx, id);
  await sessions.setDue(ctx.tx, dueSessions, ctx.now);
  return unmatched.map((i) => readings[i]!);
}

/** 2.x: an event of a transaction that is under way. */
export async function findTransaction(ctx: Context, link: Link, ref: string): Promise<ChargingTransaction | undefined> {
  return store.lockByRef(ctx.tx, link.stationId, ref);
}

interface StationPlace {
  location: Location | undefined;
  evseId: string | null;
  connectorId: string | null;
}

async function placeOf(ctx: Context, link: Link, { evseNumber, connectorNumber }: Pick<ToldStart, 'evseNumber' | 'connectorNumber'>): Promise<StationPlace> {
  const location = await locationOf(ctx, link);
  const station = location && findStation(location, link.stationId);
  const found = station && placeByNumber(station, evseNumber, connectorNumber);
  return { location, evseId: null, connectorId: null, ...(found?.connectorId == null ? {} : found) }; // nobody charges where no connector is known
}

async function locationOf(ctx: Context, { stationId }: Link): Promise<Location | undefined> {
  return loadLocationOfStation(ctx.tx, stationId);
}

