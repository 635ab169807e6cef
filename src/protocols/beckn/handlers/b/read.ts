/** What messages of the draft say, read one field at a time: what is missing, or of another kind, is undefined. */
import type { EpochMs } from '../../../../platform/clock/index.ts';
import type { BuyerFinderFee } from '../../../../domain/pricing/index.ts';
import { isDecimal } from '../../../../domain/pricing/index.ts';
import { isFields, parseMoment, type Fields } from '../../wire/index.ts';

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' && value.length <= 2_000 ? value.trim() : undefined);

/** The value at a path of names. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), value);
}

/** A number of 0 or more, written as one or as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && isDecimal(value.trim()) ? Number(value) : Number.NaN;
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** What a driver wants: so much energy, as much as an amount pays for, or so long; nothing said is the slot. */
export type Wanted = { energyWh: number } | { amount: number; currency: string } | { minutes: number };

/** One line of an order. */
export interface OrderLine {
  itemId: string;
  lineId: string;
  /** as it was sent, to be sent back */
  quantity: unknown;
  measure?: Fields;
  wanted?: Wanted;
}

export interface StopTimes {
  start?: EpochMs;
  end?: EpochMs;
}

export const orderOf = (body: Fields): Fields => fieldsOf(at(body, 'message', 'order'));
export const attributesOf = (order: Fields): Fields => fieldsOf(order['beckn:orderAttributes']);

export function linesOf(order: Fields): OrderLine[] {
  return listOf(order['beckn:orderItems']).flatMap((item, i) => {
    const itemId = textOf(item['beckn:orderedItem']);
    if (itemId === undefined) return [];
    const measure = at(item, 'beckn:orderItemAttributes', 'quantity-measure');
    return [{
      itemId, lineId: textOf(item['beckn:lineId']) ?? `line-${String(i + 1).padStart(3, '0')}`, quantity: item['beckn:quantity'] ?? 1,
      ...(isFields(measure) ? { measure } : {}), ...wantedOf(item, measure),
    }];
  });
}

/** The measure says what is wanted; else the price is the budget, as the seed's note on quantity and price has it. */
function wantedOf(item: Fields, measure: unknown): { wanted?: Wanted } {
  const value = numberOf(at(measure, 'value'));
  const unit = textOf(at(measure, 'unit'));
  if (value !== undefined && value > 0 && unit !== undefined) {
    if (/^k(ilo)?wh$/i.test(unit)) return { wanted: { energyWh: Math.round(value * 1_000) } };
    if (/^min(ute)?s?$/i.test(unit)) return { wanted: { minutes: value } };
    if (/^h(our|r)?s?$/i.test(unit)) return { wanted: { minutes: value * 60 } };
    if (/^[A-Z]{3}$/.test(unit)) return { wanted: { amount: value, currency: unit } };
  }
  const price = item['beckn:price'];
  const amount = numberOf(at(price, 'value') ?? at(price, 'schema:price'));
  const currency = textOf(at(price, 'currency') ?? at(price, 'schema:priceCurrency'));
  return amount !== undefined && amount > 0 && currency !== undefined ? { wanted: { amount, currency } } : {};
}

export const fulfillmentOf = (order: Fields): Fields => fieldsOf(attributesOf(order)['fulfillment-details'] ?? attributesOf(order)['fulfillment-update']);

/** When charging is to begin and end; the seed ends with `STOP`, `END` or a second `START`. */
export function stopsOf(fulfillment: Fields, timeZone = 'UTC'): StopTimes {
  const stops = listOf(fulfillment['stops']);
  const timeOf = (stop: Fields | undefined): EpochMs | undefined => parseMoment(at(stop, 'time', 'timestamp'), timeZone);
  const isStart = (stop: Fields): boolean => /^start$/i.test(textOf(stop['type']) ?? '');
  const first = stops.find(isStart);
  const last = stops.findLast((stop) => stop !== first);
  const [start, end] = [timeOf(first), timeOf(last)];
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

/** A one-time password, which stands at the start or at the fulfilment itself. */
export function tokenOf(fulfillment: Fields): string | undefined {
  const own = textOf(at(fulfillment, 'authorization', 'token'));
  return own ?? listOf(fulfillment['stops']).map((stop) => textOf(at(stop, 'authorization', 'token'))).find((token) => token !== undefined);
}

export function finderFeeOf(order: Fields): BuyerFinderFee | undefined {
  const fee = attributesOf(order)['buyer-finder-fee'];
  const value = textOf(at(fee, 'value')) ?? (typeof at(fee, 'value') === 'number' ? String(at(fee, 'value')) : undefined);
  if (value === undefined || !isDecimal(value)) return undefined;
  return textOf(at(fee, 'type')) === 'AMOUNT' ? { amount: value } : { percent: value };
}

/** Who charges: the customer, or, where none is told, who is billed. */
export function customerOf(order: Fields): { name?: string; phone?: string; email?: string } {
  const customer = fulfillmentOf(order)['customer'];
  const billing = attributesOf(order)['billing-details'];
  const of = (name: string): string | undefined => textOf(at(customer, name)) ?? textOf(at(billing, name));
  return { name: of('schema:name')?.slice(0, 200), phone: of('schema:telephone'), email: of('schema:email') };
}

/** The order that a message names. */
export const orderIdIn = (body: Fields): string | undefined => textOf(orderOf(body)['beckn:id']) ?? textOf(at(body, 'message', 'order_id'));
