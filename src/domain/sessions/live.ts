/** What is known of a session while it goes on. */
import { SECOND_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import { heldMinor, paymentsOf } from '../payments/index.ts';
import { runningCost, type MeteredInterval } from '../pricing/index.ts';
import { getReservation, type Reservation } from '../reservations/index.ts';
import { loadLocation } from '../stations/index.ts';
import { meteredOf, pricingOf, type Pricing } from './bill.ts';
import { charging, estimatedRefund, firstLimit, parking, type LimitCase } from './limits.ts';
import { energyOf, meteredIntervals } from './metered.ts';
import { isRunning, type Session } from './session.ts';
import { findOfSession } from './store-transactions.ts';
import type { ChargingTransaction } from './transaction.ts';

export interface LiveSession {
  session: Session;
  energyWh: number;
  powerW: number | null;
  currentA: number | null;
  voltageV: number | null;
  socPercent: number | null;
  chargingState: ChargingTransaction['chargingState'];
  readAt: EpochMs | null;
  /** what it has come to so far, tax included; null where nothing has a price */
  costMinor: bigint | null;
  currency: string | null;
  /** what is held or paid for it, and what of that is left; null where nothing is */
  authorizedMinor: bigint | null;
  remainingMinor: bigint | null;
  /** of what is held or paid for it, what would be given back if it ended as it is known now; null where nothing is */
  estimatedRefundMinor: bigint | null;
  /** when it will reach the first of its limits at the power of now */
  estimatedEnd: EpochMs | null;
}

/** What a session's limits and its price depend on. */
export interface Known {
  transaction: ChargingTransaction | undefined;
  pricing: Pricing | undefined;
  limitCase: LimitCase;
}

/** A station that says nothing for so long is not taken to go on at the same power. */
const LONGEST_SILENCE_MS = 300 * SECOND_MS;

/** What is known of a session that has begun, at the context's time: what flows, or does not, since the last reading is taken to be as before. */
export async function known(ctx: Context, session: Session): Promise<Known> {
  const location = (await loadLocation(ctx.tx, session.locationId))!;
  const reservation = await reservationOf(ctx, session);
  const pricing = await pricingOf(ctx, session, location, reservation);
  const transaction = await findOfSession(ctx.tx, session.id);
  const readAt = Math.max(session.startedAt, transaction?.readAt ?? session.startedAt);
  const metered = await meteredOf(ctx, session, readAt);
  const soFar: MeteredInterval[] = metered && readAt > session.startedAt ? meteredIntervals(metered) : [];
  const flows = transaction !== undefined && !session.isInterrupted && session.holdBack === null && (transaction.chargingState ?? 'charging') === 'charging';
  const powerW = flows ? transaction.powerW ?? averagePowerW(soFar) : 0;
  const since = flows ? Math.min(ctx.now, readAt + LONGEST_SILENCE_MS) : readAt;
  const isParked = transaction !== undefined && !session.isInterrupted && !flows && ctx.now > readAt;
  const ahead = isParked ? [parking(readAt, ctx.now)] : since > readAt ? [charging(readAt, since, powerW)] : [];
  const energyWh = (metered ? energyOf(metered) : 0) + (powerW * (since - readAt)) / 3_600_000;
  return {
    transaction, pricing, limitCase: {
      now: ctx.now, startedAt: session.startedAt, intervals: [...soFar, ...ahead], energyWh, powerW,
      socPercent: transaction?.socPercent ?? null, targets: session.targets, endsBy: session.endsBy, pricing, authorizedMinor: await authorizedFor(ctx, session),
      hasParkingTime: hasParkingTime(pricing),
    },
  };
}

const averagePowerW = (intervals: readonly MeteredInterval[]): number => Math.round(intervals.findLast(({ state }) => state === 'charging')?.maxPowerW ?? 0);

/** Whether parking after charging costs (seed 003): such a session is not stopped through the API. */
export function hasParkingTime(pricing: Pick<Pricing, 'rules'> | undefined): boolean {
  return pricing?.rules.tariff.elements.some(({ components }) => components.some(({ type }) => type === 'PARKING_TIME')) ?? false;
}

async function authorizedFor(ctx: Context, session: Session): Promise<bigint | null> {
  const payments = (await paymentsOf(ctx, session.reservationId ?? session.id)).filter(({ status }) => status === 'authorized' || status === 'succeeded');
  if (payments.length === 0) return null;
  return payments.reduce((sum, payment) => sum + heldMinor(payment) + payment.capturedMinor - payment.refundedMinor - payment.carriedMinor, 0n);
}

export async function reservationOf(ctx: Context, { reservationId }: Session): Promise<Reservation | undefined> {
  return reservationId === null ? undefined : getReservation(ctx.as({ actor: { kind: 'system' } }), reservationId);
}

/** Whether anything is still to come of it. */
export function isFollowable({ status }: Pick<Session, 'status'>): boolean {
  return status !== 'ended' && status !== 'cancelled';
}

/** What can be shown of a session now. Whoever calls has made sure that the caller may see it. */
export async function liveOf(ctx: Context, session: Session): Promise<LiveSession> {
  const none = {
    session, energyWh: session.energyWh, powerW: null, currentA: null, voltageV: null, socPercent: null, chargingState: null, readAt: null,
    costMinor: session.cost === null ? null : BigInt(session.cost.totalMinor), currency: session.cost?.currency ?? null, authorizedMinor: null,
    remainingMinor: null, estimatedRefundMinor: null, estimatedEnd: null,
  };
  if (!isRunning(session) || session.type === 'sandbox') return none;
  const { transaction, pricing, limitCase } = await known(ctx, session);
  if (!transaction) return none;
  const bill = pricing && runningCost(pricing.rules, { ...pricing.session, intervals: limitCase.intervals });
  const { authorizedMinor, powerW } = limitCase;
  const remainingMinor = authorizedMinor === null || !bill ? null : authorizedMinor - bill.totalMinor;
  const { currentA, voltageV, socPercent, chargingState, readAt } = transaction;
  return {
    session, energyWh: Math.round(limitCase.energyWh), powerW, currentA, voltageV, socPercent, chargingState, readAt,
    costMinor: bill?.totalMinor ?? null, currency: bill?.currency ?? null, authorizedMinor,
    remainingMinor, estimatedRefundMinor: estimatedRefund(limitCase)?.amountMinor ?? null,
    estimatedEnd: powerW > 0 ? firstLimit(limitCase)?.at ?? null : null,
  };
}
