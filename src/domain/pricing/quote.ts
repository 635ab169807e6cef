/** What a session is expected to cost, from what a driver wants of it, and what is set aside for it (PRC-17). */
import { HOUR_MS, type EpochMs } from '../../platform/clock/index.ts';
import { priceSession, type Bill, type PriceRules, type SessionCase } from './bill.ts';
import { chargingSteps, courseOf, timeToFull, type Battery, type ChargingStep } from './charging-course.ts';
import { minorDigits } from './currency.ts';
import { exact, percentOf, roundHalfUp, ZERO, type Decimal, type Fraction } from './decimal.ts';
import type { MeteredInterval } from './split.ts';

/** So much energy, so long, as much as an amount pays for, or until the battery (which must be known) is so full. */
export type Wanted = { energyWh: number } | { durationMs: number } | { amountMinor: bigint } | { socPercent: number };

/** For the app that brought the driver: a share of the total, or an amount in whole units of the currency (seed 001: PERCENTAGE or AMOUNT). */
export type BuyerFinderFee = { percent: Decimal } | { amount: Decimal };

export interface QuoteCase extends Omit<SessionCase, 'intervals' | 'start'> {
  start: EpochMs;
  wanted: Wanted;
  /** what connector and vehicle share; more than 0 */
  powerW: number;
  /** what is charged, where that is known: then the power follows its curve, and nothing flows into it when it is full; else it is even */
  battery?: Battery;
  /** no longer than this: the slot */
  mostMs?: number;
  /** set aside besides, in percent of the total: a charger that is cut off may dispense more (seed 001, overage provision) */
  overagePercent?: Decimal;
  buyerFinderFee?: BuyerFinderFee;
}

export interface Quote {
  bill: Bill;
  /** what is expected to be metered */
  intervals: readonly MeteredInterval[];
  durationMs: number;
  /** how full the battery is then, in whole percents, where it is known */
  endSocPercent?: number;
  overageProvisionMinor: bigint;
  /** what is authorised: the total and the provision */
  holdMinor: bigint;
  /** paid by the operator, not by the driver */
  buyerFinderFeeMinor: bigint;
}

/** A day: nobody charges longer at a time. */
const LONGEST_MS = 24 * HOUR_MS;

export function quoteSession(rules: PriceRules, given: QuoteCase): Quote {
  const { wanted, start, powerW, battery, mostMs = LONGEST_MS, overagePercent = '0', buyerFinderFee, ...rest } = given;
  const steps = chargingSteps(powerW, battery);
  const priced = (intervals: readonly MeteredInterval[]): Bill => priceSession(rules, { ...rest, start, intervals });
  const longest = (isPaid: (intervals: MeteredInterval[]) => boolean): MeteredInterval[] => (
    courseOf(start, steps, { mostMs: longestFor((ms) => isPaid(courseOf(start, steps, { mostMs: ms })), Math.min(mostMs, timeToFull(steps))) }));
  const intervals = 'durationMs' in wanted ? parkedUntil(start, Math.min(wanted.durationMs, mostMs), steps)
    : 'energyWh' in wanted ? courseOf(start, steps, { energyWh: exact(wanted.energyWh), mostMs })
      : 'socPercent' in wanted ? courseOf(start, steps, { energyWh: energyUntil(wanted.socPercent, battery), mostMs })
        : longest((course) => priced(course).totalMinor <= wanted.amountMinor);
  const bill = priced(intervals);
  const overageProvisionMinor = roundHalfUp(percentOf(exact(bill.totalMinor), overagePercent), 0);
  return {
    bill, intervals, durationMs: (intervals.at(-1)?.end ?? start) - start, overageProvisionMinor, holdMinor: bill.totalMinor + overageProvisionMinor,
    buyerFinderFeeMinor: buyerFinderFee ? finderFeeMinor(bill.totalMinor, bill.currency, buyerFinderFee) : 0n, ...(battery ? { endSocPercent: socAfter(battery, bill) } : {}),
  };
}

/** Charging for so long; a vehicle that is full before is parked for the rest. */
function parkedUntil(start: EpochMs, durationMs: number, steps: readonly ChargingStep[]): MeteredInterval[] {
  const charging = courseOf(start, steps, { mostMs: durationMs });
  const [from, end] = [charging.at(-1)?.end ?? start, start + durationMs];
  return from < end ? [...charging, { start: from, end, state: 'parking', energyWh: ZERO }] : charging;
}

function energyUntil(socPercent: number, battery: Battery | undefined): Fraction {
  if (!battery) throw new Error('a state of charge is wanted of no battery');
  return exact(battery.capacityWh).mul(Math.max(0, socPercent - battery.socPercent)).div(100);
}

/** Rounded down: what is promised is reached. */
function socAfter({ capacityWh, socPercent }: Battery, { energyWh }: Bill): number {
  return Math.floor(energyWh.mul(100).div(capacityWh).add(socPercent).valueOf());
}

/** Of what the driver pays, in minor units. */
export function finderFeeMinor(totalMinor: bigint, currency: string, fee: BuyerFinderFee): bigint {
  return 'percent' in fee ? roundHalfUp(percentOf(exact(totalMinor), fee.percent), 0) : roundHalfUp(exact(fee.amount), minorDigits(currency));
}

const SECOND_MS = 1_000;

/** The longest time, in whole seconds, that can be paid; 0 when nothing can. An offer that begins late may make a longer one cheaper: then this is one of several. */
function longestFor(isPaid: (durationMs: number) => boolean, mostMs: number): number {
  let [least, most] = [0, Math.floor(mostMs / SECOND_MS)];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (isPaid(middle * SECOND_MS)) least = middle;
    else most = middle - 1;
  }
  return least * SECOND_MS;
}
