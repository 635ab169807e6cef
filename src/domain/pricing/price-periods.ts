/** The rules that make a price of periods, a tariff (OCPI 2.2.1, mod_tariffs and mod_cdrs) and the surcharges on top of it. Pure and exact. */
import { ONE, percentOf, roundUpTo, ZERO, exact, type Decimal, type Fraction } from './decimal.ts';
import { limitTotals, type Amounts } from './limits.ts';
import type { Period, ReservationOutcome } from './period.ts';
import { localMs, matches, prepareRestrictions, type PreparedRestrictions, type SoFar } from './restrictions.ts';
import { shareOf, type Surcharge } from './surcharge.ts';
import type { PriceComponent, PriceComponentType, ReservationRestriction, Tariff } from './tariff.ts';

/** What a line is for. The reservation's time and fee are priced apart from those of the session (PRC-7). */
export type LineKind = 'energy' | 'time' | 'parking_time' | 'flat' | 'reservation_time' | 'reservation_flat';

/** One price and what was used at it; amounts are exact and in whole units of the currency. */
export interface PriceLine {
  kind: LineKind;
  /** which element of the tariff, from 0; absent of a surcharge that does not depend on one */
  element?: number;
  /** whose price it is; the tariff's own, when absent */
  surcharge?: Surcharge;
  /** kWh, hours or times that were used, and that are billed: more, where the step size rounds up */
  used: Fraction;
  billed: Fraction;
  unitPrice: Decimal;
  taxPercent?: Decimal;
  /** `billed × unitPrice` */
  exclTax: Fraction;
  tax: Fraction;
}

/** Which element priced what in a period. */
export type Chosen = Partial<Record<LineKind, number>>;

export interface PricedPeriods {
  /** of the tariff, then of the surcharges */
  lines: PriceLine[];
  /** the sum of the tariff's lines within its least and highest price */
  total: Amounts;
  /** of the tariff's lines, before those limits */
  sum: Amounts;
  periods: Chosen[];
}

/** A tariff in a form that is quick to use for many sessions. */
export interface PreparedTariff {
  tariff: Tariff;
  elements: readonly PreparedElement[];
  surcharges: readonly PreparedSurcharge[];
}

interface PreparedSurcharge {
  surcharge: Surcharge;
  restrictions: PreparedRestrictions | undefined;
}

interface PreparedElement {
  index: number;
  restrictions: PreparedRestrictions | undefined;
  components: Partial<Record<PriceComponentType, PriceComponent>>;
  reservation: ReservationRestriction | undefined;
}

export function preparedTariff(tariff: Tariff, surcharges: readonly Surcharge[] = []): PreparedTariff {
  const elements = tariff.elements.map(({ components, restrictions }, index) => ({
    index, restrictions: restrictions && prepareRestrictions(restrictions), reservation: restrictions?.reservation,
    components: Object.fromEntries(components.map((component) => [component.type, component])),
  }));
  return { tariff, elements, surcharges: surcharges.map((surcharge) => ({ surcharge, restrictions: surcharge.restrictions && prepareRestrictions(surcharge.restrictions) })) };
}

/**
 * Prices periods that are as they were measured: they are not split (PRC-3), whoever made them has done that at every change of the price.
 *
 * @param timeZone of the location, IANA
 * @param outcome of the reservation; when absent it was used if anything came after it
 */
export function pricePeriods({ tariff, elements, surcharges }: PreparedTariff, periods: readonly Period[], timeZone: string, outcome?: ReservationOutcome): PricedPeriods {
  const isExpired = (outcome ?? (periods.some((period) => !isReservation(period)) ? 'used' : 'expired')) === 'expired';
  const session = tallyOf(elements.filter(({ reservation }) => reservation === undefined), surcharges);
  const reserved = tallyOf(isExpired ? expiredFirst(elements) : elements.filter(({ reservation }) => reservation === 'RESERVATION'), []);
  const chosen = periods.map((period) => {
    const local = localMs(period.start, timeZone);
    if (isReservation(period)) return reserved.add(period, local, [['FLAT', 'reservation_flat', ONE], ['TIME', 'reservation_time', period.reservationS]]);
    return session.add(period, local, [
      ['FLAT', 'flat', ONE], ['ENERGY', 'energy', period.energyWh], ['TIME', 'time', period.chargingS], ['PARKING_TIME', 'parking_time', period.parkingS],
    ]);
  });
  roundUp(session.uses, 'energy');
  // PRC-5: where parking is priced, only parking is rounded up; the time of charging is what it was.
  if (!roundUp(session.uses, 'parking_time')) roundUp(session.uses, 'time');
  roundUp(reserved.uses, 'reservation_time');
  const lines = [...reserved.uses, ...session.uses].map(lineOf);
  const sum = sumOf(lines);
  return { lines: [...lines, ...session.surcharged.map(lineOf)], sum, total: limitTotals(tariff, sum), periods: chosen };
}

const isReservation = ({ reservationS }: Period): boolean => reservationS !== undefined;

/** PRC-8: of a reservation that was not used the elements for that come first, then those of any reservation. */
function expiredFirst(elements: readonly PreparedElement[]): PreparedElement[] {
  const of = (kind: ReservationRestriction) => elements.filter(({ reservation }) => reservation === kind);
  return [...of('RESERVATION_EXPIRES'), ...of('RESERVATION')];
}

/** A price component, and how much was used at it. Energy counts in Wh and time in seconds, as their steps do. */
interface Use {
  kind: LineKind;
  element?: number;
  component: Pick<PriceComponent, 'price' | 'taxPercent' | 'stepSize'>;
  surcharge?: Surcharge;
  used: Fraction;
  billed: Fraction;
}

type Wanted = readonly [type: PriceComponentType, kind: LineKind, quantity: Fraction | undefined];

function tallyOf(elements: readonly PreparedElement[], surcharges: readonly PreparedSurcharge[]) {
  const uses: Use[] = [];
  const surcharged: Use[] = [];
  const soFar: SoFar = { energyWh: ZERO, durationS: ZERO };
  let hasFlat = false;
  const addTo = (list: Use[], found: Omit<Use, 'used' | 'billed'>, quantity: Fraction): void => {
    // One that is used again goes to the end: what is rounded up is added to the last one of its kind.
    const at = list.findIndex((use) => use.kind === found.kind && use.element === found.element && use.surcharge === found.surcharge);
    const [{ used } = { used: ZERO }] = at < 0 ? [] : list.splice(at, 1);
    const total = used.add(quantity);
    list.push({ ...found, used: total, billed: total });
  };
  const addAmount = (surcharge: Surcharge, type: PriceComponentType, kind: LineKind, quantity: Fraction): void => {
    const { price, taxPercent } = surcharge;
    if ('percent' in price || price.type !== type || (type === 'FLAT' && surcharged.some((use) => use.surcharge === surcharge))) return;
    addTo(surcharged, { kind, component: { price: price.amount, stepSize: 0, ...(taxPercent === undefined ? {} : { taxPercent }) }, surcharge }, quantity);
  };
  return {
    uses,
    surcharged,
    add: (period: Period, local: number, wanted: readonly Wanted[]): Chosen => {
      const matching = elements.filter(({ restrictions }) => !restrictions || matches(restrictions, period, local, soFar));
      const onTop = surcharges.filter(({ restrictions }) => !restrictions || matches(restrictions, period, local, soFar));
      const chosen: Chosen = {};
      for (const [type, kind, quantity] of wanted) {
        if (quantity === undefined) continue;
        for (const { surcharge } of onTop) addAmount(surcharge, type, kind, quantity);
        if (type === 'FLAT' && hasFlat) continue;
        const element = matching.find(({ components }) => components[type]); // PRC-1: the first that has this price
        if (!element) continue;
        if (type === 'FLAT') hasFlat = true; // PRC-6
        const component = element.components[type]!;
        addTo(uses, { kind, element: element.index, component }, quantity);
        chosen[kind] = element.index;
        for (const { surcharge } of onTop) {
          if ('percent' in surcharge.price) addTo(surcharged, { kind, element: element.index, component: shareOf(component, surcharge.price.percent), surcharge }, quantity);
        }
      }
      soFar.energyWh = soFar.energyWh.add(period.energyWh ?? ZERO);
      for (const seconds of [period.chargingS, period.parkingS, period.reservationS]) if (seconds) soFar.durationS = soFar.durationS.add(seconds);
      return chosen;
    },
  };
}

/** PRC-4: the total of a kind is rounded up once, by the last one's step, and what that adds is the last one's. False when nothing of it is priced. */
function roundUp(uses: readonly Use[], kind: LineKind): boolean {
  const ofKind = uses.filter((use) => use.kind === kind);
  const last = ofKind.at(-1);
  if (!last) return false;
  const total = ofKind.reduce((sum, { used }) => sum.add(used), ZERO);
  last.billed = last.used.add(roundUpTo(total, last.component.stepSize).sub(total));
  return true;
}

/** How many Wh or seconds a unit of the price has. */
const UNIT: Record<LineKind, number> = { energy: 1_000, time: 3_600, parking_time: 3_600, reservation_time: 3_600, flat: 1, reservation_flat: 1 };

function lineOf({ kind, element, component: { price, taxPercent }, surcharge, used, billed }: Use): PriceLine {
  const quantity = billed.div(UNIT[kind]);
  const exclTax = quantity.mul(price);
  return {
    kind, used: used.div(UNIT[kind]), billed: quantity, unitPrice: price, exclTax, tax: taxPercent === undefined ? ZERO : percentOf(exclTax, taxPercent),
    ...(element === undefined ? {} : { element }), ...(taxPercent === undefined ? {} : { taxPercent }), ...(surcharge ? { surcharge } : {}),
  };
}

function sumOf(lines: readonly PriceLine[]): Amounts {
  const exclTax = lines.reduce((sum, line) => sum.add(line.exclTax), exact(0));
  return { exclTax, inclTax: lines.reduce((sum, { tax }) => sum.add(tax), exclTax) };
}
