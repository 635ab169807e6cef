/** PRC-10: what can't be meant is refused, with its place: prices below zero, restrictions that nothing can match, elements that nothing reaches. */
import { DomainError, type FieldError } from '../../platform/errors/index.ts';
import { isCurrency } from './currency.ts';
import { exact, isDecimal, type Decimal } from './decimal.ts';
import type { PriceComponent, PriceLimit, Tariff, TariffElement, TariffRestrictions } from './tariff.ts';

const MOST_ELEMENTS = 200;
/** Wh and seconds: nobody's session reaches them */
const LARGEST_STEP = 10_000_000;

/** All that is wrong with a tariff of ours, also what can't be meant. Pointers are those of the tariff as the domain has it. */
export function wrongTariff(tariff: Tariff): FieldError[] {
  return [...wrongValues(tariff), ...senseless(tariff)];
}

/** Throws `invalid_request` for what nothing can be priced by. What a partner's tariff says in vain does no harm. */
export function checkTariffValues(tariff: Tariff): void {
  const errors = wrongValues(tariff);
  if (errors.length > 0) throw new DomainError('invalid_request', 'That tariff can not be used.', { errors });
}

function wrongValues(tariff: Tariff): FieldError[] {
  const { elements, currency } = tariff;
  if (elements.length === 0 || elements.length > MOST_ELEMENTS) return [{ pointer: '/elements', message: `must be 1 to ${MOST_ELEMENTS}` }];
  return [
    ...(isCurrency(currency) ? [] : [{ pointer: '/currency', message: 'is no currency of ISO 4217' }]), ...wrongLimits(tariff),
    ...elements.flatMap(({ components, restrictions = {} }, i) => [...wrongComponents(components, `/elements/${i}`), ...wrongBounds(restrictions, `/elements/${i}`)]),
  ];
}

function senseless(tariff: Tariff): FieldError[] {
  const { minPrice, maxPrice, validFrom, validUntil, elements } = tariff;
  const isCrossed = (least: Decimal | undefined, most: Decimal | undefined) => (
    least !== undefined && most !== undefined && isDecimal(least) && isDecimal(most) && exact(least).compare(most) > 0);
  return [
    ...(isCrossed(minPrice?.exclTax, maxPrice?.exclTax) || isCrossed(minPrice?.inclTax, maxPrice?.inclTax)
      ? [{ pointer: '/maxPrice', message: 'must not be less than the least price' }] : []),
    ...(validFrom !== undefined && validUntil !== undefined && validUntil <= validFrom ? [{ pointer: '/validUntil', message: 'must be later than the beginning' }] : []),
    ...elements.flatMap(({ restrictions = {} }, i) => [...unmatchable(restrictions, `/elements/${i}`), ...unreachable(elements, i)]),
  ];
}

function wrongComponents(components: readonly PriceComponent[], here: string): FieldError[] {
  if (components.length === 0) return [{ pointer: `${here}/components`, message: 'must hold a price' }];
  return components.flatMap((component, i) => {
    const at = `${here}/components/${i}`;
    const isRepeated = components.findIndex(({ type }) => type === component.type) < i;
    return [
      ...(isRepeated ? [{ pointer: `${at}/type`, message: `is there twice: an element has one price for ${component.type}` }] : []),
      ...wrongAmount(component.price, `${at}/price`),
      ...(component.taxPercent === undefined ? [] : wrongAmount(component.taxPercent, `${at}/taxPercent`)),
      ...(Number.isInteger(component.stepSize) && component.stepSize >= 0 && component.stepSize <= LARGEST_STEP
        ? [] : [{ pointer: `${at}/stepSize`, message: `must be a whole number from 0 (no steps) to ${LARGEST_STEP}` }]),
    ];
  });
}

export function wrongAmount(amount: Decimal, pointer: string): FieldError[] {
  if (!isDecimal(amount)) return [{ pointer, message: 'must be a decimal number with at most 15 digits before and 12 behind the point' }];
  return exact(amount).compare(0) < 0 ? [{ pointer, message: 'must not be negative' }] : [];
}

function wrongLimits({ minPrice, maxPrice }: Tariff): FieldError[] {
  const of = (limit: PriceLimit | undefined, pointer: string): FieldError[] => (limit === undefined ? [] : [
    ...wrongAmount(limit.exclTax, `${pointer}/exclTax`), ...(limit.inclTax === undefined ? [] : wrongAmount(limit.inclTax, `${pointer}/inclTax`)),
  ]);
  return [...of(minPrice, '/minPrice'), ...of(maxPrice, '/maxPrice')];
}

const RANGES = [
  ['minEnergyWh', 'maxEnergyWh'], ['minCurrentA', 'maxCurrentA'], ['minPowerW', 'maxPowerW'], ['minDurationS', 'maxDurationS'],
] as const satisfies (readonly [keyof TariffRestrictions, keyof TariffRestrictions])[];

/** @param here what lies above `/restrictions` */
export function wrongRestrictions(r: TariffRestrictions, here: string): FieldError[] {
  return [...wrongBounds(r, here), ...unmatchable(r, here)];
}

function wrongBounds(r: TariffRestrictions, here: string): FieldError[] {
  const at = (field: string, message: string): FieldError => ({ pointer: `${here}/restrictions/${field}`, message });
  return [
    ...RANGES.flat().filter((field) => r[field] !== undefined && !(Number.isFinite(r[field]) && r[field] >= 0)).map((field) => at(field, 'must not be negative')),
    ...(['startTime', 'endTime'] as const).filter((field) => r[field] !== undefined && !isTime(r[field])).map((field) => at(field, 'must be a time like 18:30')),
    ...(['startDate', 'endDate'] as const).filter((field) => r[field] !== undefined && !isDate(r[field])).map((field) => at(field, 'must be a day like 2026-11-21')),
  ];
}

/** What contradicts itself. */
function unmatchable(r: TariffRestrictions, here: string): FieldError[] {
  const at = (field: string, message: string): FieldError => ({ pointer: `${here}/restrictions/${field}`, message: `${message}: nothing would match` });
  return [
    ...RANGES.filter(([least, below]) => r[below] !== undefined && r[below] <= (r[least] ?? 0))
      .map(([least, below]) => at(below, `must be more than ${r[least] === undefined ? 0 : least}`)),
    ...(r.startDate !== undefined && r.endDate !== undefined && r.endDate <= r.startDate ? [at('endDate', 'must be later than startDate')] : []),
    ...(r.daysOfWeek?.length === 0 ? [at('daysOfWeek', 'must name a day')] : []),
  ];
}

function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

function isDate(text: string): boolean {
  const ms = Date.parse(text);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** Earlier elements without restrictions have all prices of this one: nobody would ever pay them. */
function unreachable(elements: readonly TariffElement[], i: number): FieldError[] {
  const { components, restrictions } = elements[i]!;
  const isUnrestricted = ({ restrictions: r = {} }: TariffElement): boolean => Object.entries(r).every(([field, value]) => value === undefined || field === 'reservation');
  const before = elements.slice(0, i).filter((earlier) => isUnrestricted(earlier) && earlier.restrictions?.reservation === restrictions?.reservation);
  const isHidden = components.length > 0 && components.every(({ type }) => before.some((earlier) => earlier.components.some((component) => component.type === type)));
  return isHidden ? [{ pointer: `/elements/${i}`, message: 'is never reached: earlier elements without restrictions have all its prices' }] : [];
}
