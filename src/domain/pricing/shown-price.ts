/** What a driver sees of a price before anything is wanted of it. Pure. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { exact, percentOf, toDecimal, ZERO, type Decimal, type Fraction } from './decimal.ts';
import { preparedTariff, pricePeriods, type LineKind } from './price-periods.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** Surcharges and tax included, in whole units of the currency; 0 for what costs nothing. */
export interface ShownPrice {
  currency: string;
  perKwh: Decimal;
  /** an hour of charging, and one of parking without */
  perHour: Decimal;
  perParkedHour: Decimal;
  /** of each session, however long */
  perSession: Decimal;
}

const DECIMALS = 4;

/** PRC-21: what the first kWh, hour and session cost that begin at an instant; offers, and what a tariff asks later in a session, are not in it. */
export function shownPrice({ rules }: RulesInForce, at: { start: EpochMs; timeZone: string; powerW: number }): ShownPrice {
  const { start, timeZone, powerW } = at;
  const measured = { start, minPowerW: powerW, maxPowerW: powerW };
  const prepared = preparedTariff({ currency: rules.tariff.currency, elements: rules.tariff.elements }, rules.surcharges);
  // Each by itself: what is used of one must not bring another past a bound.
  const linesOf = (used: { energyWh?: Fraction; chargingS?: Fraction; parkingS?: Fraction }) => pricePeriods(prepared, [{ ...measured, ...used }], timeZone).lines;
  const sumOf = (kind: LineKind, used: Parameters<typeof linesOf>[0]): Fraction => linesOf(used).filter((line) => line.kind === kind)
    .reduce((sum, { unitPrice, taxPercent }) => sum.add(unitPrice).add(taxPercent === undefined ? ZERO : percentOf(exact(unitPrice), taxPercent)), exact(0));
  const shown = (amount: Fraction): Decimal => toDecimal(amount, DECIMALS).replace(/\.?0+$/, '');
  return {
    currency: rules.tariff.currency, perKwh: shown(sumOf('energy', { energyWh: exact(1) })), perHour: shown(sumOf('time', { chargingS: exact(1) })),
    perParkedHour: shown(sumOf('parking_time', { parkingS: exact(1) })), perSession: shown(sumOf('flat', {}).add(serviceFeeOf(rules.serviceFee))),
  };
}

/** Only a fixed one is known before. */
function serviceFeeOf(fee: RulesInForce['rules']['serviceFee']): Fraction {
  if (!fee || !('amount' in fee.price)) return exact(0);
  const amount = exact(fee.price.amount);
  return fee.taxPercent === undefined ? amount : amount.add(percentOf(amount, fee.taxPercent));
}
