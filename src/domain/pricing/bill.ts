/** The one engine of quote, running cost and bill (PRC-15): what a session comes to by all the rules that were promised for it, itemised. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { minorDigits } from './currency.ts';
import { decimalOfUnits, exact, percentOf, roundHalfUp, toDecimal, ZERO, type Decimal, type Fraction } from './decimal.ts';
import { judgeOffers, type Offer, type OfferOutcome } from './offer.ts';
import type { Period, ReservationOutcome } from './period.ts';
import { preparedTariff, pricePeriods, type LineKind, type PricedPeriods, type PriceLine } from './price-periods.ts';
import { splitPeriods, type MeteredInterval } from './split.ts';
import type { Surcharge } from './surcharge.ts';
import type { Tariff } from './tariff.ts';

/** All that makes a price, as plain data: a confirmation pins it. */
export interface PriceRules {
  tariff: Tariff;
  surcharges: readonly Surcharge[];
  offers: readonly Offer[];
  /** of every session: an amount, or a share of tariff and surcharges, before tax */
  serviceFee?: { price: { amount: Decimal } | { percent: Decimal }; taxPercent?: Decimal };
}

/** An amount that was fixed before, like the fee of a reservation; it may count towards the session. */
export interface FixedFee {
  kind: 'reservation_fee' | 'no_show_fee' | 'cancellation_fee';
  /** before tax */
  amountMinor: bigint;
  taxPercent?: Decimal;
  isCredited?: boolean;
}

export interface SessionCase {
  timeZone: string;
  /** when it began, or will: which offers are open depends on it */
  start: EpochMs;
  intervals: readonly MeteredInterval[];
  outcome?: ReservationOutcome;
  locationId?: string;
  connectorId?: string;
  /** loyalty programmes and fleets that the driver is known to belong to */
  programmeIds?: readonly string[];
  fees?: readonly FixedFee[];
}

export type BillLineKind = LineKind | 'min_price' | 'max_price' | 'surcharge' | 'service_fee' | 'offer' | FixedFee['kind'] | 'reservation_fee_credit';

/** One line of a quote or a bill. Money is in minor units of the currency; discounts are negative. */
export interface BillLine {
  kind: BillLineKind;
  /** of a surcharge or an offer */
  id?: string;
  name?: string;
  /** which element of the tariff, from 0 */
  element?: number;
  /** billed: kWh, hours or times, to 6 decimals */
  quantity: Decimal;
  unit: 'kWh' | 'h' | 'once';
  /** in whole units of the currency */
  unitPrice: Decimal;
  taxPercent?: Decimal;
  exclTaxMinor: bigint;
  taxMinor: bigint;
}

export interface Bill {
  currency: string;
  lines: BillLine[];
  exclTaxMinor: bigint;
  taxMinor: bigint;
  /** both together */
  totalMinor: bigint;
  /** those that are open to it, earned or not */
  offers: OfferOutcome[];
  energyWh: Fraction;
}

const QUANTITY_DECIMALS = 6;

/** Prices what was used, or will be, by the rules. Throws nothing for rules that have passed their checks. */
export function priceSession(rules: PriceRules, session: SessionCase): Bill {
  const { tariff: { currency } } = rules;
  const prepared = preparedTariff(rules.tariff, rules.surcharges);
  const price = (periods: readonly Period[]) => pricePeriods(prepared, periods, session.timeZone, session.outcome);
  const periods = splitPeriods([prepared], session.intervals, session.timeZone);
  const energyWh = periods.reduce((sum, period) => sum.add(period.energyWh ?? ZERO), exact(0));

  const used = linesOfUse(currency, price(periods));
  const fee = rules.serviceFee ? [serviceFeeLine(currency, rules.serviceFee, used)] : [];
  const offers = judgeOffers(rules.offers, {
    currency, energyWh, timeZone: session.timeZone, start: session.start, locationId: session.locationId, connectorId: session.connectorId,
    programmeIds: session.programmeIds ?? [], amountMinor: sumOf(used).totalMinor, costOfFirst: (wh) => costOfEnergy(price(firstOf(periods, wh))),
  });
  const discounts = discountLines(currency, offers, sumOf(used));
  const lines = [...used, ...fee, ...discounts];
  const all = [...lines, ...feeLines(currency, session.fees ?? [], sumOf(lines))];
  return { currency, lines: all, ...sumOf(all), offers, energyWh };
}

/** Fees that fall due without a session. */
export function priceFees(currency: string, fees: readonly FixedFee[]): Bill {
  const lines = feeLines(currency, fees.map((fee) => ({ ...fee, isCredited: false })), sumOf([]));
  return { currency, lines, ...sumOf(lines), offers: [], energyWh: exact(0) };
}

function linesOfUse(currency: string, priced: PricedPeriods): BillLine[] {
  const own = priced.lines.filter(({ surcharge }) => !surcharge).map((line) => lineOf(currency, line));
  const onTop = priced.lines.filter(({ surcharge }) => surcharge).map((line) => lineOf(currency, line));
  return [...own, ...limitLines(currency, own, priced), ...onTop];
}

const UNITS: Record<LineKind, BillLine['unit']> = { energy: 'kWh', time: 'h', parking_time: 'h', reservation_time: 'h', flat: 'once', reservation_flat: 'once' };

function lineOf(currency: string, { kind, element, surcharge, billed, unitPrice, taxPercent, exclTax, tax }: PriceLine): BillLine {
  const digits = minorDigits(currency);
  return {
    kind: surcharge ? 'surcharge' : kind, ...(surcharge ? { id: surcharge.id, name: surcharge.name } : {}), ...(element === undefined ? {} : { element }),
    quantity: toDecimal(billed, QUANTITY_DECIMALS), unit: UNITS[kind], unitPrice, ...(taxPercent === undefined ? {} : { taxPercent }),
    exclTaxMinor: roundHalfUp(exclTax, digits), taxMinor: roundHalfUp(tax, digits),
  };
}

/** What brings the rounded lines of the tariff to its least or highest price, exactly (PRC-11). */
function limitLines(currency: string, lines: readonly BillLine[], { sum, total }: PricedPeriods): BillLine[] {
  if (total.exclTax.equals(sum.exclTax) && total.inclTax.equals(sum.inclTax)) return [];
  const digits = minorDigits(currency);
  const so = sumOf(lines);
  const exclTaxMinor = roundHalfUp(total.exclTax, digits) - so.exclTaxMinor;
  const taxMinor = roundHalfUp(total.inclTax, digits) - so.totalMinor - exclTaxMinor;
  return [{ kind: exclTaxMinor + taxMinor < 0n ? 'max_price' : 'min_price', ...once(currency, exclTaxMinor), exclTaxMinor, taxMinor }];
}

function serviceFeeLine(currency: string, { price, taxPercent }: NonNullable<PriceRules['serviceFee']>, used: readonly BillLine[]): BillLine {
  const digits = minorDigits(currency);
  const exclTaxMinor = 'amount' in price ? roundHalfUp(exact(price.amount), digits) : roundHalfUp(percentOf(exact(sumOf(used).exclTaxMinor), price.percent), 0);
  return { kind: 'service_fee', ...once(currency, exclTaxMinor), ...taxed(exclTaxMinor, taxPercent) };
}

/** A discount takes off what is to be paid, and the tax that lies in it (PRC-14). */
function discountLines(currency: string, outcomes: readonly OfferOutcome[], { taxMinor, totalMinor }: Sum): BillLine[] {
  return outcomes.filter(({ discountMinor }) => discountMinor > 0n).map(({ offer: { id, name }, discountMinor }) => {
    const tax = roundHalfUp(exact(discountMinor).mul(taxMinor).div(totalMinor), 0);
    return { kind: 'offer', id, name, ...once(currency, tax - discountMinor), exclTaxMinor: tax - discountMinor, taxMinor: -tax };
  });
}

/** Fees that count towards the session take off it as much as they are, and no more than it costs (PRC-16). */
function feeLines(currency: string, fees: readonly FixedFee[], before: Sum): BillLine[] {
  let left = before.totalMinor;
  return fees.flatMap(({ kind, amountMinor, taxPercent, isCredited = false }) => {
    const fee: BillLine = { kind, ...once(currency, amountMinor), ...taxed(amountMinor, taxPercent) };
    const total = fee.exclTaxMinor + fee.taxMinor;
    const credit = !isCredited ? 0n : total < left ? total : left;
    left -= credit;
    if (credit === 0n) return [fee];
    const tax = roundHalfUp(exact(credit).mul(fee.taxMinor).div(total), 0);
    return [fee, { kind: 'reservation_fee_credit', ...once(currency, tax - credit), exclTaxMinor: tax - credit, taxMinor: -tax }];
  });
}

function once(currency: string, exclTaxMinor: bigint): Pick<BillLine, 'quantity' | 'unit' | 'unitPrice'> {
  return { quantity: '1', unit: 'once', unitPrice: decimalOfUnits(exclTaxMinor, minorDigits(currency)) };
}

function taxed(exclTaxMinor: bigint, taxPercent: Decimal | undefined): Pick<BillLine, 'exclTaxMinor' | 'taxMinor' | 'taxPercent'> {
  return taxPercent === undefined ? { exclTaxMinor, taxMinor: 0n } : { exclTaxMinor, taxMinor: roundHalfUp(percentOf(exact(exclTaxMinor), taxPercent), 0), taxPercent };
}

interface Sum {
  exclTaxMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
}

function sumOf(lines: readonly BillLine[]): Sum {
  const exclTaxMinor = lines.reduce((sum, line) => sum + line.exclTaxMinor, 0n);
  const taxMinor = lines.reduce((sum, line) => sum + line.taxMinor, 0n);
  return { exclTaxMinor, taxMinor, totalMinor: exclTaxMinor + taxMinor };
}

/** The periods until so much energy has flowed. */
function firstOf(periods: readonly Period[], energyWh: number): Period[] {
  let left = exact(energyWh);
  return periods.map((period) => {
    const { energyWh: flowed = ZERO } = period;
    const counted = flowed.compare(left) < 0 ? flowed : left;
    left = left.sub(counted);
    return { ...period, energyWh: counted };
  });
}

/** What the energy costs as it was used, with surcharges and tax; steps and limits are not its own. */
function costOfEnergy({ lines }: PricedPeriods): Fraction {
  return lines.filter(({ kind }) => kind === 'energy').reduce((sum, { used, unitPrice, taxPercent }) => {
    const exclTax = used.mul(unitPrice);
    return sum.add(exclTax).add(taxPercent === undefined ? ZERO : percentOf(exclTax, taxPercent));
  }, exact(0));
}
