/** What apps of Beckn 1.1 ask for, read from messages as they come: with seed 000's slips, in one shape. */
import type { Interval } from '../../../../domain/calendar/index.ts';
import { isDecimal, type BuyerFinderFee } from '../../../../domain/pricing/index.ts';
import { parseMoment, isFields, type Fields } from '../../wire/index.ts';

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 1_000) : undefined);
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
/** A list, of which apps may send one entry bare. */
export const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : isFields(value) ? [value] : []);

const codeOf = (tag: Fields): string => (textOf(fieldsOf(tag.descriptor).code) ?? '').toLowerCase();

/** The value of a tag by its code, in a group by its code, or in any. */
export function tagValue(groups: unknown, code: string, group?: string): string | undefined {
  const lists = listOf(groups).filter((one) => group === undefined || codeOf(one) === group).flatMap(({ list }) => listOf(list));
  const value = lists.find((tag) => codeOf(tag) === code)?.value;
  return typeof value === 'number' ? String(value) : textOf(value);
}

/** What the app wants for bringing the driver; undefined where it says nothing that could be one. */
export function finderFeeOf(tags: unknown): BuyerFinderFee | undefined {
  const value = tagValue(tags, 'value', 'buyer-finder-fee');
  if (value === undefined || !isDecimal(value)) return undefined;
  return (tagValue(tags, 'type', 'buyer-finder-fee') ?? '').toUpperCase() === 'AMOUNT' ? { amount: value } : { percent: value };
}

/** How much: of energy, money or time. */
export type Amount = { energyWh: number } | { money: string; currency: string } | { durationMinutes: number };

export interface Quantity {
  amount: Amount;
  /** as it was sent */
  measure: Fields;
}

export function quantityOf(item: Fields): Quantity | undefined {
  const sent = fieldsOf(fieldsOf(fieldsOf(item.quantity).selected).measure);
  const value = textOf(sent.value) ?? (typeof sent.value === 'number' ? String(sent.value) : undefined);
  const unit = textOf(sent.unit) ?? '';
  if (value === undefined || !isDecimal(value) || Number(value) <= 0) return undefined;
  const measure = { type: 'CONSTANT', value, unit };
  const number = Number(value);
  if (/^kwh$/i.test(unit)) return { measure, amount: { energyWh: Math.round(number * 1_000) } };
  if (/^wh$/i.test(unit)) return { measure, amount: { energyWh: Math.round(number) } };
  if (/^(min|mins|minute|minutes)$/i.test(unit)) return { measure, amount: { durationMinutes: number } };
  if (/^(h|hr|hrs|hour|hours)$/i.test(unit)) return { measure, amount: { durationMinutes: number * 60 } };
  const currency = unit === '₹' ? 'INR' : unit.toUpperCase();
  return /^[A-Z]{3}$/.test(currency) ? { measure, amount: { money: value, currency } } : undefined;
}

/** Start and end of what is asked for; a time without an offset is one of the place. Seeds write `START` for both stops: the first begins, the last ends. */
export function timesOf(fulfillment: Fields, timeZone: string): Partial<Interval> {
  const stops = listOf(fulfillment.stops);
  const at = (stop: Fields | undefined): number | undefined => parseMoment(fieldsOf(stop?.time).timestamp, timeZone);
  const range = stops.map((stop) => fieldsOf(fieldsOf(stop.time).range)).find(({ start, end }) => start !== undefined || end !== undefined);
  if (range) return defined(parseMoment(range.start, timeZone), parseMoment(range.end, timeZone));
  const stop = stops.slice(1).findLast((one) => fieldsOf(one.time).timestamp !== undefined);
  return defined(at(stops[0]), at(stop));
}

const defined = (start: number | undefined, end: number | undefined): Partial<Interval> => ({ ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) });

export interface AskedItem {
  id: string;
  quantity?: Quantity;
}

export interface AskedOrder {
  id?: string;
  providerId?: string;
  item?: AskedItem;
  fulfillment: Fields;
  fulfillmentId?: string;
  finderFee?: BuyerFinderFee;
  vehicle?: Fields;
  customer?: Fields;
  billing?: Fields;
  payment: Fields;
  /** of the START stop */
  token?: string;
}

/** The order of a message; lists may come as one, and `item` for `items`, as in the seed's second select. */
export function askedOrder(body: Fields): AskedOrder {
  const order = fieldsOf(fieldsOf(body.message).order);
  const [item] = listOf(order.items ?? order.item);
  const fulfillment = listOf(order.fulfillments ?? order.fulfillment)[0] ?? {};
  const itemId = textOf(item?.id);
  const quantity = item && quantityOf(item);
  const token = listOf(fulfillment.stops).map((stop) => textOf(fieldsOf(stop.authorization).token)).find((given) => given !== undefined);
  const billing = billingOf(fieldsOf(order.billing));
  const customer = customerOf(fieldsOf(fulfillment.customer));
  const vehicle = textsOf(fieldsOf(fulfillment.vehicle), ['category', 'make', 'model', 'variant', 'color', 'energy_type', 'registration']);
  return {
    id: textOf(order.id), providerId: textOf(fieldsOf(order.provider).id), fulfillment, fulfillmentId: textOf(fulfillment.id), finderFee: finderFeeOf(order.tags),
    payment: listOf(order.payments ?? order.payment)[0] ?? {}, token,
    ...(itemId === undefined ? {} : { item: { id: itemId, ...(quantity ? { quantity } : {}) } }),
    ...(isEmpty(billing) ? {} : { billing }), ...(isEmpty(customer) ? {} : { customer }), ...(isEmpty(vehicle) ? {} : { vehicle }),
  };
}

const isEmpty = (fields: Fields): boolean => Object.keys(fields).length === 0;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function textsOf(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.flatMap((name) => {
    const text = textOf(fields[name]);
    return text === undefined ? [] : [[name, text]];
  }));
}

/** What of a bill's address is repeated: only what an answer may carry. */
function billingOf(billing: Fields): Fields {
  const email = textOf(billing.email);
  const name = textOf(fieldsOf(fieldsOf(billing.organization).descriptor).name);
  const [state, city] = [textsOf(fieldsOf(billing.state), ['name', 'code']), textsOf(fieldsOf(billing.city), ['name', 'code'])];
  const at = parseMoment(fieldsOf(billing.time).timestamp);
  return {
    ...textsOf(billing, ['name', 'address', 'phone', 'tax_id']), ...(email !== undefined && EMAIL.test(email) ? { email } : {}),
    ...(name === undefined ? {} : { organization: { descriptor: { name } } }), ...(isEmpty(state) ? {} : { state }), ...(isEmpty(city) ? {} : { city }),
    ...(at === undefined ? {} : { time: { timestamp: new Date(at).toISOString() } }),
  };
}

function customerOf({ person, contact }: Fields): Fields {
  const [who, how] = [textsOf(fieldsOf(person), ['name']), textsOf(fieldsOf(contact), ['phone', 'email'])];
  return { ...(isEmpty(who) ? {} : { person: who }), ...(isEmpty(how) ? {} : { contact: how }) };
}
