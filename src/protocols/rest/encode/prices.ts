/** Tariffs, surcharges, offers and quotes between REST's words and the domain's. */
import type { Static } from 'typebox';
import type { BuyerFinderFee, Offer, PriceRule, RuleContents, StoredQuote, Tariff, TariffRestrictions, Wanted } from '../../../domain/pricing/index.ts';
import { MINUTE_MS } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { OfferIn, QuoteIn, SurchargeIn, TariffIn } from '../schemas/prices.ts';
import { parseInstant } from '../times.ts';
import type { Encoding } from './encoding.ts';
import { decodeEnergyMix, encodeEnergyMix } from './location.ts';
import { decodeCurrency } from './reservation.ts';

type Body<T> = { [K in keyof T]?: T[K] | null };
type TariffBody = Body<Static<typeof TariffIn>>;
type SurchargeBody = Body<Static<typeof SurchargeIn>>;
type OfferBody = Body<Static<typeof OfferIn>>;

const instantAt = (pointer: string) => (at: string | number) => parseInstant(at, pointer);
const asItIs = (value: unknown) => value;
/** What all rules have. */
const COMMON = {
  name: ['name', asItIs], currency: ['currency', (word: string) => decodeCurrency(word, '/currency')], valid_from: ['validFrom', instantAt('/valid_from')],
  valid_until: ['validUntil', instantAt('/valid_until')],
} satisfies Names;

/** Our field, the domain's name for it, and how it is read. */
type Names = Record<string, [string, (value: never) => unknown]>;

/** What of a rule is changed: a field that is null is taken away. */
export type Change<T> = { [K in keyof T]?: T[K] | undefined };

/** Fields that the body does not name stay as they are; those that are null go. */
export function withChange<T extends object>(content: Partial<T>, change: Change<T>): T {
  return Object.fromEntries(Object.entries({ ...content, ...change }).filter(([, value]) => value !== undefined)) as T;
}

export function decodeTariff(body: TariffBody): Change<RuleContents['tariff']> {
  return named(body, {
    ...COMMON, is_default: ['isDefault', asItIs], elements: ['elements', (elements: NonNullable<TariffBody['elements']>) => elements.map(decodeElement)],
    min_price: ['minPrice', decodeLimit], max_price: ['maxPrice', decodeLimit], service_fee: ['serviceFee', decodeServiceFee],
    tariff_alt_text: ['altText', asItIs], tariff_alt_url: ['altUrl', asItIs], energy_mix: ['energyMix', decodeEnergyMix],
  });
}

/** @param isNew whether a price must be named; else the old one stays where none is */
export function decodeSurcharge(body: SurchargeBody, isNew: boolean): Change<RuleContents['surcharge']> {
  const { type, price, percent, ...rest } = body;
  const isPriced = type != null || price != null;
  const isNamed = isNew || 'type' in body || 'price' in body || 'percent' in body;
  if (isNamed && isPriced === (percent != null)) throw either('/percent', 'Say type and price, or percent.');
  if (isPriced && (type == null || price == null)) throw either(type == null ? '/type' : '/price', 'A price needs its type.');
  return {
    ...named(rest, { ...COMMON, tax_percent: ['taxPercent', asItIs], restrictions: ['restrictions', decodeRestrictions], locations: ['locationIds', asItIs] }),
    ...(isPriced ? { price: { type: type!, amount: price! } } : percent == null ? {} : { price: { percent } }),
  };
}

export function decodeOffer(body: OfferBody): Change<RuleContents['offer']> {
  return named(body, {
    ...COMMON, discount: ['discount', decodeDiscount], when: ['when', decodeRestrictions], locations: ['locationIds', asItIs], connectors: ['connectorIds', asItIs],
    programmes: ['programmeIds', asItIs], min_energy_wh: ['minEnergyWh', asItIs], min_amount: ['minAmount', asItIs], is_combinable: ['isCombinable', asItIs],
  });
}

/** The fields that the body names, under the domain's names; null stands for none. */
function named(body: object, names: Names): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([field]) => field in names).map(([field, value]) => {
    const [name, decode] = names[field]!;
    return [name, value === null ? undefined : decode(value as never)];
  }));
}

function decodeElement({ price_components: components, restrictions }: NonNullable<TariffBody['elements']>[number]): Tariff['elements'][number] {
  return {
    components: components.map(({ type, price, tax_percent: taxPercent, step_size: stepSize = 0 }) => (
      { type, price, stepSize, ...(taxPercent === undefined ? {} : { taxPercent }) })),
    ...(restrictions ? { restrictions: decodeRestrictions(restrictions) } : {}),
  };
}

/** Our name of each restriction, and the domain's. */
const RESTRICTIONS = {
  start_time: 'startTime', end_time: 'endTime', start_date: 'startDate', end_date: 'endDate', min_energy_wh: 'minEnergyWh', max_energy_wh: 'maxEnergyWh',
  min_current_a: 'minCurrentA', max_current_a: 'maxCurrentA', min_power_w: 'minPowerW', max_power_w: 'maxPowerW', min_duration_seconds: 'minDurationS',
  max_duration_seconds: 'maxDurationS', days_of_week: 'daysOfWeek', reservation: 'reservation',
} as const satisfies Record<string, keyof TariffRestrictions>;

function decodeRestrictions(body: object): TariffRestrictions {
  return Object.fromEntries(Object.entries(body).map(([field, value]) => [RESTRICTIONS[field as keyof typeof RESTRICTIONS], value]));
}

function encodeRestrictions(r: TariffRestrictions | undefined) {
  return r === undefined ? null : Object.fromEntries(Object.entries(RESTRICTIONS).filter(([, name]) => r[name] !== undefined).map(([field, name]) => [field, r[name]]));
}

function decodeLimit({ excl_tax: exclTax, incl_tax: inclTax }: { excl_tax: string; incl_tax?: string }): Tariff['minPrice'] {
  return { exclTax, ...(inclTax === undefined ? {} : { inclTax }) };
}

function encodeLimit(limit: Tariff['minPrice']) {
  return limit === undefined ? null : { excl_tax: limit.exclTax, ...(limit.inclTax === undefined ? {} : { incl_tax: limit.inclTax }) };
}

function decodeServiceFee({ amount, percent, tax_percent: taxPercent }: NonNullable<TariffBody['service_fee']>): RuleContents['tariff']['serviceFee'] {
  if ((amount === undefined) === (percent === undefined)) throw either('/service_fee', 'Say amount or percent.');
  return { price: amount === undefined ? { percent: percent! } : { amount }, ...(taxPercent === undefined ? {} : { taxPercent }) };
}

function decodeDiscount({ amount, percent, most, free_energy_wh: freeEnergyWh }: NonNullable<OfferBody['discount']>): Offer['discount'] {
  if ([amount, percent, freeEnergyWh].filter((value) => value !== undefined).length !== 1) throw either('/discount', 'Say one of amount, percent and free_energy_wh.');
  if (most !== undefined && percent === undefined) throw either('/discount/most', 'It goes with percent.');
  return amount !== undefined ? { amount } : percent !== undefined ? { percent, ...(most === undefined ? {} : { most }) } : { freeEnergyWh: freeEnergyWh! };
}

function either(pointer: string, message: string): DomainError {
  return new DomainError('invalid_request', message, { errors: [{ pointer, message }] });
}

/** What the domain says of a rule, in our words. */
const NAMES: Record<string, string> = {
  components: 'price_components', taxPercent: 'tax_percent', stepSize: 'step_size', minPrice: 'min_price', maxPrice: 'max_price', exclTax: 'excl_tax', inclTax: 'incl_tax',
  validFrom: 'valid_from', validUntil: 'valid_until', serviceFee: 'service_fee', minAmount: 'min_amount', locationIds: 'locations', programmeIds: 'programmes',
  altText: 'tariff_alt_text', energyMix: 'energy_mix', energySources: 'energy_sources',
  ...Object.fromEntries(Object.entries(RESTRICTIONS).map(([field, name]) => [name, field])),
};

/** Runs what may refuse a rule; says where in the body it is wrong. */
export async function inOurWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || !error.details.errors) throw error;
    const errors = error.details.errors.map((one) => ({ ...one, pointer: inOurNames(one.pointer) }));
    throw new DomainError(error.code, error.message, { ...error.details, errors });
  }
}

function inOurNames(pointer: string): string {
  const path = pointer.split('/').map((name) => NAMES[name] ?? name).join('/');
  return path === '/price/amount' ? '/price' : path === '/price/percent' ? '/percent' : path;
}

function encodeLife({ id, kind, operatorId, ref, version, createdAt, updatedAt, retiredAt }: PriceRule, { time, timeOrNull }: Encoding) {
  return { id, object: kind, operator_id: operatorId, ref, version, created: time(createdAt), updated: time(updatedAt), deleted_at: timeOrNull(retiredAt) };
}

export function encodeTariff(rule: PriceRule<'tariff'>, encoding: Encoding) {
  const { content: t } = rule;
  const fee = t.serviceFee;
  return {
    ...encodeLife(rule, encoding), name: t.name, is_default: t.isDefault, currency: t.currency.toLowerCase(),
    elements: t.elements.map(({ components, restrictions }) => ({
      price_components: components.map(({ type, price, taxPercent, stepSize }) => (
        { type, price, ...(taxPercent === undefined ? {} : { tax_percent: taxPercent }), step_size: stepSize })),
      ...(restrictions ? { restrictions: encodeRestrictions(restrictions) } : {}),
    })),
    min_price: encodeLimit(t.minPrice), max_price: encodeLimit(t.maxPrice), valid_from: encoding.timeOrNull(t.validFrom), valid_until: encoding.timeOrNull(t.validUntil),
    tariff_alt_text: t.altText ?? null, tariff_alt_url: t.altUrl ?? null, energy_mix: t.energyMix ? encodeEnergyMix(t.energyMix) : null,
    service_fee: fee === undefined ? null : { ...fee.price, ...(fee.taxPercent === undefined ? {} : { tax_percent: fee.taxPercent }) },
  };
}

export function encodeSurcharge(rule: PriceRule<'surcharge'>, encoding: Encoding) {
  const { content: s } = rule;
  const isAmount = 'amount' in s.price;
  return {
    ...encodeLife(rule, encoding), name: s.name, currency: s.currency.toLowerCase(), type: isAmount ? (s.price as { type: string }).type : null,
    price: isAmount ? (s.price as { amount: string }).amount : null, percent: isAmount ? null : (s.price as { percent: string }).percent, tax_percent: s.taxPercent ?? null,
    restrictions: encodeRestrictions(s.restrictions), valid_from: encoding.timeOrNull(s.validFrom), valid_until: encoding.timeOrNull(s.validUntil),
    locations: s.locationIds ?? null,
  };
}

export function encodeOffer(rule: PriceRule<'offer'>, encoding: Encoding) {
  const { content: o } = rule;
  return {
    ...encodeLife(rule, encoding), name: o.name, currency: o.currency.toLowerCase(),
    discount: 'freeEnergyWh' in o.discount ? { free_energy_wh: o.discount.freeEnergyWh } : o.discount,
    valid_from: encoding.timeOrNull(o.validFrom), valid_until: encoding.timeOrNull(o.validUntil), when: encodeRestrictions(o.when), locations: o.locationIds ?? null,
    connectors: o.connectorIds ?? null, programmes: o.programmeIds ?? null, min_energy_wh: o.minEnergyWh ?? null, min_amount: o.minAmount ?? null, is_combinable: o.isCombinable,
  };
}

export function decodeWanted({ energy_wh: energyWh, duration_minutes: minutes, amount, target_soc_percent: socPercent }: Static<typeof QuoteIn>): Wanted {
  if ([energyWh, minutes, amount, socPercent].filter((value) => value !== undefined).length !== 1) {
    throw either('/energy_wh', 'Say one of energy_wh, duration_minutes, amount and target_soc_percent.');
  }
  if (socPercent !== undefined) return { socPercent };
  return energyWh !== undefined ? { energyWh } : minutes !== undefined ? { durationMs: minutes * MINUTE_MS } : { amountMinor: BigInt(amount!) };
}

export function decodeFinderFee(fee: Static<typeof QuoteIn>['buyer_finder_fee']): BuyerFinderFee | undefined {
  return fee && (fee.type === 'PERCENTAGE' ? { percent: fee.value } : { amount: fee.value });
}

function encodeFinderFee(fee: BuyerFinderFee | undefined, amount: number) {
  if (fee === undefined) return null;
  return 'percent' in fee ? { type: 'PERCENTAGE', value: fee.percent, amount } : { type: 'AMOUNT', value: fee.amount, amount };
}

/** A line of a quote or a bill: quantity, unit price and rule say how it came to its amount. */
export function encodeBillLine(line: StoredQuote['answer']['lines'][number]) {
  return {
    kind: line.kind, rule: line.id ?? null, name: line.name ?? null, element: line.element ?? null, quantity: line.quantity, unit: line.unit, unit_price: line.unitPrice,
    tax_percent: line.taxPercent ?? null, amount: line.exclTaxMinor, tax: line.taxMinor,
  };
}

export function encodeQuote({ id, driverId, asked, answer, rules, createdAt, expiresAt }: StoredQuote, { time }: Encoding) {
  return {
    id, object: 'quote', location_id: asked.locationId, evse: asked.evseId, connector: asked.connectorId, driver: driverId, vehicle: asked.vehicleId ?? null,
    start: time(asked.start), end: time(answer.end), power: asked.powerW, energy_wh: answer.energyWh, currency: answer.currency.toLowerCase(),
    soc_percent: asked.socPercent ?? null, end_soc_percent: answer.endSocPercent ?? null,
    lines: answer.lines.map((line) => encodeBillLine(line)),
    subtotal: answer.exclTaxMinor, tax: answer.taxMinor, total: answer.totalMinor, overage_provision: answer.overageProvisionMinor, hold: answer.holdMinor,
    buyer_finder_fee: encodeFinderFee(asked.buyerFinderFee, answer.buyerFinderFeeMinor ?? 0),
    offers: answer.offers.map(({ id: offer, name, discountMinor, missingEnergyWh, missingAmountMinor, membershipId, join = [] }) => ({
      id: offer, name, discount: discountMinor, missing_energy_wh: missingEnergyWh ?? null, missing_amount: missingAmountMinor ?? null,
      membership: membershipId ?? null, join: join.map(({ id: programme, kind, name: called }) => ({ programme, kind, name: called })),
    })),
    tariff: { ...rules.tariff, tariff_alt_text: rules.rules.tariff.altText ?? [], tariff_alt_url: rules.rules.tariff.altUrl ?? null },
    created: time(createdAt), expires_at: time(expiresAt),
  };
}
