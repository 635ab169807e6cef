/**
 * A slot that its station is told to keep: `arming → armed | soft | not_enforceable → consumed | released`, beside the states of its reservation. Pure:
 * from what is known to what is to be done, so that it does not matter in which order it became known.
 */
import { MINUTE_MS, SECOND_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { StationCommand } from '../chargers/index.ts';
import type { Reservation } from '../reservations/index.ts';
import type { EvseStatus } from '../stations/index.ts';

/** `soft`: only we refuse others there; `not_enforceable`: and the station does not always ask us. */
export const LIVE_STATES = ['arming', 'armed', 'soft', 'not_enforceable'] as const;
export type ArmingState = (typeof LIVE_STATES)[number] | 'consumed' | 'released';

export interface Arming {
  reservationId: string;
  evseId: string;
  stationId: string;
  networkId: string;
  operatorId: string;
  /** by which the station knows it: unique there, and no key of ours */
  number: number;
  token: string;
  groupToken: string | null;
  state: ArmingState;
  /** why it is not armed: `offline`, `occupied`, `not_shown`, … */
  reason: string | null;
  /** until when the station was told to keep it */
  expiresAt: EpochMs | null;
  /** the last that it was told */
  commandId: string | null;
  firstSentAt: EpochMs | null;
  sentAt: EpochMs | null;
  tries: number;
  mayHold: boolean;
  /** when the station said that it holds it no more */
  goneAt: EpochMs | null;
  armedAt: EpochMs | null;
  softAt: EpochMs | null;
  lookAt: EpochMs | null;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** What is known beside the arming itself. */
export interface Facts {
  reservation: Pick<Reservation, 'status' | 'evseId' | 'sessionId' | 'reservedStart' | 'reservedEnd' | 'noShowAt'>;
  isOnline: boolean;
  bootedAt: EpochMs | null;
  /** what the station said last of the connectors of the EVSE */
  connectors: readonly { status: EvseStatus; reportedAt: EpochMs }[];
  command: Pick<StationCommand, 'type' | 'status' | 'result' | 'failure' | 'createdAt' | 'finishedAt'> | undefined;
  /** somebody else is being served there, or it is promised to somebody else until the slot begins */
  isTaken: boolean;
  /** a start on the reservation is on its way to the station */
  isStarting: boolean;
  /** whether the station can reserve, as far as it has told; null where it has not */
  reserves: boolean | null;
  /** whether the station starts without asking us, at times */
  startsUnasked: boolean;
}

export interface Decision {
  state: ArmingState;
  reason: string | null;
  send: 'reserve' | 'cancel' | null;
  lookAt: EpochMs | null;
}

/** Accepted is not armed before the station shows it as well. */
const SHOWN_WITHIN_MS = 10 * SECOND_MS;
const LOOK_AFTER_SENT_MS = 30 * SECOND_MS;
const AGAIN_MS = 30 * SECOND_MS;
const LOST_AGAIN_MS = MINUTE_MS;
const MOST_TRIES = 5;
/** An expiry that is later by less is not told anew. */
const MUCH_LATER_MS = MINUTE_MS;
const CANCEL_AGAIN_MS = 5 * MINUTE_MS;
const MOST_CANCELS = 3;

export const isLive = ({ state }: Pick<Arming, 'state'>): boolean => (LIVE_STATES as readonly string[]).includes(state);

/** Until when the slot is kept: by our clock, whatever the station does. */
export function keptUntil({ noShowAt, reservedEnd }: Facts['reservation']): EpochMs {
  return Math.min(noShowAt ?? Infinity, reservedEnd!);
}

export function decide(arming: Arming, facts: Facts, now: EpochMs): Decision {
  const decision = decideNow(arming, facts, now);
  return decision.lookAt !== null && decision.lookAt <= now ? { ...decision, lookAt: null } : decision;
}

function decideNow(arming: Arming, facts: Facts, now: EpochMs): Decision {
  if (!isLive(arming)) return close(arming, facts, now);
  const { reservation } = facts;
  const isHere = reservation.evseId === arming.evseId;
  if (isHere && reservation.sessionId !== null) return { ...end(arming, facts, now), state: 'consumed' };
  if (!isHere || reservation.status !== 'confirmed') return { ...end(arming, facts, now), state: 'released' };
  const decision = pursue(arming, facts, now);
  return decision.state === 'soft' && facts.startsUnasked ? { ...decision, state: 'not_enforceable' } : decision;
}

/** It is over: the station is told, unless it has said that it knows, or was never told of it (ARM-6). */
function end(arming: Arming, facts: Facts, now: EpochMs): Omit<Decision, 'state'> {
  const isToldOver = arming.goneAt !== null && arming.goneAt >= (arming.sentAt ?? 0);
  const isQueued = facts.command?.type === 'reserve_now' && facts.command.status === 'queued';
  if (isToldOver || !(isQueued || mayHold(arming, facts))) return { reason: null, send: null, lookAt: null };
  return { reason: null, send: 'cancel', lookAt: now + CANCEL_AGAIN_MS };
}

/** A cancellation whose answer was lost is sent again; any answer will do. */
function close(arming: Arming, { command }: Facts, now: EpochMs): Decision {
  const { state, reason, tries } = arming;
  const isAnswered = command?.type === 'cancel_reservation' && (command.status === 'accepted' || command.status === 'rejected' || isUnknownToStation(command));
  const isWaiting = command?.status === 'queued' || command?.status === 'sent';
  if (isAnswered || tries >= MOST_CANCELS) return { state, reason, send: null, lookAt: null };
  return { state, reason, send: isWaiting ? null : 'cancel', lookAt: now + CANCEL_AGAIN_MS };
}

/** Whether the station may hold it: it was sent, and not refused. */
export function mayHold(arming: Pick<Arming, 'mayHold'>, { command }: Pick<Facts, 'command'>): boolean {
  if (arming.mayHold || command?.type !== 'reserve_now') return arming.mayHold;
  return command.status === 'sent' || command.status === 'accepted' || (command.status === 'failed' && !isUnknownToStation(command));
}

const NOT_SUPPORTED = new Set(['not_supported', 'NotSupported', 'NotImplemented']);

export const isUnknownToStation = ({ failure }: Pick<StationCommand, 'failure'>): boolean => failure !== null && NOT_SUPPORTED.has(failure);

const soft = (reason: string, lookAt: EpochMs | null = null): Decision => ({ state: 'soft', reason, send: null, lookAt });

/** It is told again, and is what it is until the station has said what it makes of it; never "arming" once more while others know it as soft. */
const again = ({ state, reason }: Arming, now: EpochMs): Decision => (
  { state: state === 'armed' ? 'arming' : state, reason: state === 'armed' ? null : reason, send: 'reserve', lookAt: now + LOOK_AFTER_SENT_MS });

function pursue(arming: Arming, facts: Facts, now: EpochMs): Decision {
  const { reservation, isOnline, bootedAt, command, isTaken, reserves } = facts;
  const same: Decision = { state: arming.state, reason: arming.reason, send: null, lookAt: null };
  if (now >= keptUntil(reservation)) return same; // it ends in a moment, by our clock
  if (reserves === false) return soft('not_supported');
  if (!isOnline) return arming.state === 'armed' ? same : soft('offline');
  const isInFlight = command?.status === 'queued' || command?.status === 'sent';
  if (isInFlight) return { ...same, lookAt: now + LOOK_AFTER_SENT_MS };
  const isForgotten = arming.sentAt !== null && bootedAt !== null && bootedAt > arming.sentAt;
  if (command?.type !== 'reserve_now' || isForgotten) return isForgotten || !isTaken ? first(arming, facts, now) : wait(facts, now);
  return judge(arming, facts, command, now);
}

/** Somebody is there: until the slot begins that is their right. */
function wait({ reservation }: Facts, now: EpochMs): Decision {
  if (now < reservation.reservedStart!) return { state: 'arming', reason: null, send: null, lookAt: reservation.reservedStart };
  return soft('occupied', now + LOST_AGAIN_MS);
}

/** Nothing is asked of a station that says itself that it can't. */
function first(arming: Arming, facts: Facts, now: EpochMs): Decision {
  const stands = standing(facts);
  if (stands === 'CHARGING' || stands === 'BLOCKED') return wait(facts, now);
  if (stands === 'OUTOFORDER') return soft('faulted');
  if (stands === 'INOPERATIVE') return soft('unavailable');
  return again(arming, now);
}

function judge(arming: Arming, facts: Facts, command: NonNullable<Facts['command']>, now: EpochMs): Decision {
  const at = command.finishedAt!;
  const retry = (afterMs: number, reason: string): Decision => {
    if (arming.tries >= MOST_TRIES) return soft(reason);
    return now >= at + afterMs ? again(arming, now) : soft(reason, at + afterMs);
  };
  if (command.status === 'accepted') return judgeAccepted(arming, facts, at, now, retry);
  if (command.status === 'expired') return arming.tries < MOST_TRIES && !facts.isTaken ? first(arming, facts, now) : soft('no_answer');
  if (command.status === 'failed') return isUnknownToStation(command) ? soft('not_supported') : command.failure === 'no_answer' ? retry(AGAIN_MS, 'no_answer') : soft('rejected');
  const said = command.result?.status;
  const word = typeof said === 'string' ? said.toLowerCase() : 'rejected';
  if (word !== 'occupied' && word !== 'faulted' && word !== 'unavailable') return soft('rejected');
  if (standing(facts) !== 'AVAILABLE') return soft(word);
  const isFreeSince = facts.connectors.some(({ status, reportedAt }) => status === 'AVAILABLE' && reportedAt >= at);
  return isFreeSince ? again(arming, now) : retry(AGAIN_MS, word);
}

function judgeAccepted(arming: Arming, facts: Facts, at: EpochMs, now: EpochMs, retry: (afterMs: number, reason: string) => Decision): Decision {
  const { reservation, isStarting } = facts;
  if (!isStarting && keptUntil(reservation) >= arming.expiresAt! + MUCH_LATER_MS) return { ...again(arming, now), state: arming.state, reason: arming.reason };
  if (arming.goneAt !== null && arming.goneAt >= arming.sentAt!) return isStarting ? soft('not_kept') : retryFrom(arming, arming.goneAt, now);
  if (isShown(arming, facts)) return armed(arming);
  if (arming.state === 'armed' && standing(facts) === 'AVAILABLE') return soft('not_kept', now + LOST_AGAIN_MS);
  if (arming.reason === 'not_kept') return isStarting ? soft('not_kept') : retry(LOST_AGAIN_MS, 'not_kept');
  if (arming.state === 'armed') return armed(arming); // its driver is plugging in
  return now < at + SHOWN_WITHIN_MS ? { state: arming.state, reason: arming.reason, send: null, lookAt: at + SHOWN_WITHIN_MS } : soft('not_shown');
}

/** Looked at before it ends there: its driver may have said that they are late. */
const armed = ({ expiresAt }: Arming): Decision => ({ state: 'armed', reason: null, send: null, lookAt: expiresAt! - MUCH_LATER_MS });

function retryFrom(arming: Arming, goneAt: EpochMs, now: EpochMs): Decision {
  if (arming.tries >= MOST_TRIES) return soft('not_kept');
  return now >= goneAt + LOST_AGAIN_MS ? again(arming, now) : soft('not_kept', goneAt + LOST_AGAIN_MS);
}

/** What the station says of the EVSE, told since it was told of the slot and since it has booted. */
function isShown({ firstSentAt }: Arming, { connectors, bootedAt }: Facts): boolean {
  const since = Math.max(firstSentAt!, bootedAt ?? 0);
  return connectors.some(({ status, reportedAt }) => status === 'RESERVED' && reportedAt >= since);
}

function standing({ connectors }: Facts): EvseStatus | undefined {
  return (['CHARGING', 'BLOCKED', 'RESERVED', 'AVAILABLE', 'INOPERATIVE', 'OUTOFORDER'] as const).find((word) => connectors.some(({ status }) => status === word));
}
