/** What a session is expected to cost, from what a driver wants of it, and what is set aside for it (PRC-17). */
import { HOUR_MS, type EpochMs } from '../../platform/clock/index.ts';
import { priceSession, type Bill, type PriceRules, type SessionCase } from './bill.ts';
import { minorDigits } from './currency.ts';
import { exact, percentOf, roundHalfUp, type Decimal } from './decimal.ts';
import type { MeteredInterval } from './split.ts';

/** So much energy, so long, or as much as an amount pays for; the energy flows evenly, at the power that connector and vehicle share. */
export type Wanted = { energyWh: number } | { durationMs: number } | { amountMinor: bigint };

/** For the app that brought the driver: a share of the total, or an amount in whole units of the currency (seed 001: PERCENTAGE or AMOUNT). */
export type BuyerFinderFee = { percent: Decimal } | { amount: Decimal };

export interface QuoteCase extends Omit<SessionCase, 'intervals' | 'start'> {
  start: EpochMs;
  wanted: Wanted;
  /** more than 0 */
  powerW: number;
  /** no longer than this: the slot */
  mostMs?: number;
  /** set aside besides, in percent of the total: a charger that is cut off may dispense more (seed 001, overage provision) */
  overagePercent?: Decimal;
  buyerFinderFee?: BuyerFinderFee;
}

export interface Quote {
  bill: Bill;
  durationMs: number;
  overageProvisionMinor: bigint;
  /** what is authorised: the total and the provision */
  holdMinor: bigint;
  /** paid by the operator, not by the driver */
  buyerFinderFeeMinor: bigint;
}

/** A day: nobody charges longer at a time. */
const LONGEST_MS = 24 * HOUR_MS;

export function quoteSession(rules: PriceRules, given: QuoteCase): Quote {
  const { wanted, start, powerW, mostMs = LONGEST_MS, overagePercent = '0', buyerFinderFee, ...rest } = given;
  const priced = (durationMs: number): Bill => priceSession(rules, { ...rest, start, intervals: evenly(start, durationMs, powerW) });
  const durationMs = 'durationMs' in wanted ? Math.min(wanted.durationMs, mostMs)
    : 'energyWh' in wanted ? Math.min(Math.ceil((wanted.energyWh / powerW) * HOUR_MS), mostMs)
      : longestFor((ms) => priced(ms).totalMinor <= wanted.amountMinor, mostMs);
  const isWhole = 'energyWh' in wanted && wanted.energyWh <= (powerW * durationMs) / HOUR_MS;
  const bill = isWhole ? priceSession(rules, { ...rest, start, intervals: evenly(start, durationMs, powerW, wanted.energyWh) }) : priced(durationMs);
  const overageProvisionMinor = roundHalfUp(percentOf(exact(bill.totalMinor), overagePercent), 0);
  return {
    bill, durationMs, overageProvisionMinor, holdMinor: bill.totalMinor + overageProvisionMinor,
    buyerFinderFeeMinor: finderFeeOf(bill, buyerFinderFee),
  };
}

function finderFeeOf({ totalMinor, currency }: Bill, fee: BuyerFinderFee | undefined): bigint {
  if (fee === undefined) return 0n;
  return 'percent' in fee ? roundHalfUp(percentOf(exact(totalMinor), fee.percent), 0) : roundHalfUp(exact(fee.amount), minorDigits(currency));
}

function evenly(start: EpochMs, durationMs: number, powerW: number, energyWh?: number): MeteredInterval[] {
  if (durationMs <= 0) return [];
  return [{
    start, end: start + durationMs, state: 'charging', energyWh: energyWh === undefined ? exact(powerW).mul(durationMs).div(HOUR_MS) : exact(energyWh),
    minPowerW: powerW, maxPowerW: powerW,
  }];
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
