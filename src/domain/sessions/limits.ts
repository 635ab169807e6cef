/** When a session reaches what it must not go beyond (SES-16, SES-17). Pure. */
import { HOUR_MS, MINUTE_MS, SECOND_MS, type EpochMs } from '../../platform/clock/index.ts';
import { exact, priceSession, type MeteredInterval } from '../pricing/index.ts';
import type { Pricing } from './bill.ts';
import type { LimitReason, Targets } from './session.ts';

export interface LimitCase {
  now: EpochMs;
  startedAt: EpochMs;
  /** what was metered until now, what flows since the last reading included */
  intervals: readonly MeteredInterval[];
  energyWh: number;
  powerW: number;
  socPercent: number | null;
  targets: Targets | null;
  endsBy: EpochMs | null;
  pricing: Pricing | undefined;
  /** all that is held or paid for it; null where nothing has to be */
  authorizedMinor: bigint | null;
  /** whether who parks after charging pays: the authorisation keeps room for it */
  hasParkingTime: boolean;
}

export interface ReachedLimit {
  reason: LimitReason;
  /** when, at the power of now; in the past where it is reached already */
  at: EpochMs;
  limitMinor?: bigint;
  foreseenMinor?: bigint;
}

/** What a stop takes, from our command until no energy flows. */
export const STOP_TAKES_MS = 5 * SECOND_MS;
/** Nothing is foreseen beyond. */
export const FORESEEN_MS = 24 * HOUR_MS;
/** A driver is given so long to come back before what they parked for goes beyond what is authorised … */
const PARKING_ROOM_MS = 15 * MINUTE_MS;
/** … but no more than this part of it: what is set aside besides the price, a tenth of that. What was wanted is delivered. */
const mostParkingRoom = (limitMinor: bigint): bigint => limitMinor / 11n;

/** What of an amount goes into charging before it ends, where parking costs. */
export const withoutParkingRoom = (limitMinor: bigint): bigint => limitMinor - mostParkingRoom(limitMinor);

/** The first limit that it reaches, if any within a day. */
export function firstLimit(c: LimitCase): ReachedLimit | undefined {
  const { targets, now } = c;
  const candidates: (ReachedLimit | undefined)[] = [
    targets?.energyWh === undefined ? undefined : timed('target_energy', now, (targets.energyWh - c.energyWh) / c.powerW * HOUR_MS),
    targets?.durationMinutes === undefined ? undefined : { reason: 'target_duration', at: c.startedAt + targets.durationMinutes * MINUTE_MS },
    targets?.socPercent !== undefined && c.socPercent !== null && c.socPercent >= targets.socPercent ? { reason: 'target_soc', at: now } : undefined,
    c.endsBy === null ? undefined : { reason: 'slot_end', at: c.endsBy },
    targets?.costMinor === undefined ? undefined : costLimit(c, 'target_cost', BigInt(targets.costMinor)),
    c.authorizedMinor === null ? undefined : costLimit(c, 'authorized_amount', c.authorizedMinor),
  ];
  return candidates.filter((one) => one !== undefined).sort((a, b) => a.at - b.at)[0];
}

function timed(reason: LimitReason, now: EpochMs, inMs: number): ReachedLimit | undefined {
  if (inMs <= 0) return { reason, at: now };
  return inMs < FORESEEN_MS ? { reason, at: now + Math.floor(inMs) } : undefined;
}

/** The last instant at which it can end without costing more, to the second: what it costs never falls while it goes on. */
function costLimit(c: LimitCase, reason: LimitReason, limitMinor: bigint): ReachedLimit | undefined {
  const { pricing } = c;
  if (!pricing) return undefined;
  const foreseen = (afterMs: number): bigint => {
    const cost = costAfter(c, pricing, afterMs);
    if (!c.hasParkingTime) return cost;
    const room = costAfter(c, pricing, afterMs, PARKING_ROOM_MS) - cost;
    const most = mostParkingRoom(limitMinor);
    return cost + (room < most ? room : most);
  };
  const goesOver = (afterMs: number): boolean => foreseen(afterMs) > limitMinor;
  if (!goesOver(FORESEEN_MS)) return undefined;
  let [fits, over] = [0, FORESEEN_MS];
  if (goesOver(0)) over = 0;
  while (over - fits > SECOND_MS) {
    const middle = Math.floor((fits + over) / 2);
    if (goesOver(middle)) over = middle;
    else fits = middle;
  }
  return { reason, at: c.now + fits, limitMinor, foreseenMinor: foreseen(fits) };
}

/** What the session comes to if it goes on so long at the power of now, and stands there for so long then. */
function costAfter({ now, intervals, powerW }: LimitCase, pricing: Pricing, afterMs: number, parkedMs = 0): bigint {
  const end = now + afterMs;
  const ahead: MeteredInterval[] = afterMs === 0 ? [] : [charging(now, end, powerW)];
  const parked: MeteredInterval[] = parkedMs === 0 ? [] : [parking(end, end + parkedMs)];
  return priceSession(pricing.rules, { ...pricing.session, intervals: [...intervals, ...ahead, ...parked] }).totalMinor;
}

/** Of what is authorised, what is given back if it ends as it is known now; undefined where nothing is authorised, or has a price. */
export function estimatedRefund({ intervals, pricing, authorizedMinor }: LimitCase): { currency: string; amountMinor: bigint } | undefined {
  if (!pricing || authorizedMinor === null) return undefined;
  const { currency, totalMinor } = priceSession(pricing.rules, { ...pricing.session, intervals });
  return { currency, amountMinor: authorizedMinor > totalMinor ? authorizedMinor - totalMinor : 0n };
}

/** What standing there without charging costs from now on: until when nothing, and then each minute, on average of an hour; undefined where it costs nothing. */
export function parkingAhead(c: LimitCase): { freeUntil: EpochMs; perMinute: { currency: string; amountMinor: number } } | undefined {
  const { pricing, now, intervals } = c;
  if (!pricing || !c.hasParkingTime) return undefined;
  const parked = (ms: number): bigint => {
    const ahead = ms === 0 ? [] : [parking(now, now + ms)];
    return priceSession(pricing.rules, { ...pricing.session, intervals: [...intervals, ...ahead] }).totalMinor;
  };
  const nothing = parked(0);
  let [free, costs] = [0, FORESEEN_MS];
  if (parked(costs) === nothing) return undefined;
  while (costs - free > SECOND_MS) {
    const middle = Math.floor((free + costs) / 2);
    if (parked(middle) > nothing) costs = middle;
    else free = middle;
  }
  const amountMinor = Math.round(Number(parked(free + HOUR_MS) - nothing) / 60);
  return { freeUntil: now + free, perMinute: { currency: pricing.rules.tariff.currency, amountMinor } };
}

/** At an even power. */
export function charging(start: EpochMs, end: EpochMs, powerW: number): MeteredInterval {
  return { start, end, state: 'charging', energyWh: exact(powerW).mul(end - start).div(HOUR_MS), minPowerW: powerW, maxPowerW: powerW };
}

/** Standing there, and nothing flows. */
export function parking(start: EpochMs, end: EpochMs): MeteredInterval {
  return { start, end, state: 'parking', energyWh: exact(0), minPowerW: 0, maxPowerW: 0 };
}
