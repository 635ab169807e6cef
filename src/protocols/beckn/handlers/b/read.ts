/** What messages of the draft say. */
import type { EpochMs } from '../../../../platform/clock/index.ts';
import { isDecimal, type BuyerFinderFee } from '../../../../domain/pricing/index.ts';
import type { Customer } from '../../orders.ts';
import {
  at, buyerOf, fieldsOf, listOf, measured, numberOf, orderOf, textOf, type Asked, type Details, type OrderLine, type StopTimes, type Wanted,
} from '../../provider/index.ts';
import { isFields, parseMoment, type Fields } from '../../wire/index.ts';
import { methodOf } from './terms.ts';

export const attributesOf = (order: Fields): Fields => fieldsOf(order['beckn:orderAttributes']);
export const fulfillmentOf = (order: Fields): Fields => fieldsOf(attributesOf(order)['fulfillment-details'] ?? attributesOf(order)['fulfillment-update']);

export function read(body: Fields): Asked {
  const order = orderOf(body);
  const attributes = attributesOf(order);
  const customer = customerOf(order);
  const paying = fieldsOf(attributes['payment-details']);
  const billing = fieldsOf(attributes['billing-details']);
  const [loyalty, cancellation] = [fieldsOf(attributes['loyalty']), attributes['cancellation']];
  const methodWord = textOf(at(paying, 'beckn:paymentAttributes', 'payment-method')) ?? textOf(paying['beckn:method']);
  const address = fieldsOf(billing['schema:address']);
  return {
    lines: linesOf(order), seller: textOf(order['beckn:seller']), customer, stops: (timeZone) => stopsOf(changeOf(attributes), timeZone), token: tokenOf(changeOf(attributes)),
    told: toldOf(order, methodWord), charging: chargingOf(changeOf(attributes)),
    payment: {
      method: methodOf(methodWord), upiAddress: textOf(at(paying, 'beckn:paymentAttributes', 'source-vpa')),
      isDeclared: textOf(paying['beckn:status']) === 'PAID',
      buyer: buyerOf({
        taxId: textOf(billing['tax-id']), name: textOf(at(billing['organization'], 'schema:name')) ?? textOf(billing['schema:name']),
        address: ['schema:streetAddress', 'schema:addressLocality', 'schema:postalCode', 'schema:addressRegion'].flatMap((name) => textOf(address[name]) ?? []),
      }),
    },
    loyalty: { phone: textOf(billing['schema:telephone']) ?? customer.phone, programme: textOf(loyalty['programme-id']), otp: textOf(loyalty['otp']) },
    cancellation: {
      isSoft: /^soft/i.test(textOf(at(cancellation, 'type')) ?? ''),
      reason: textOf(at(cancellation, 'reason')) ?? textOf(at(cancellation, 'reason-code')) ?? textOf(at(body, 'message', 'cancellation_reason_id')),
    },
  };
}

/** What an update says before what it repeats. */
const changeOf = (attributes: Fields): Fields => fieldsOf(attributes['fulfillment-update'] ?? attributes['fulfillment-details']);

function chargingOf(change: Fields): 'start' | 'stop' | undefined {
  const code = textOf(at(change, 'state', 'code')) ?? textOf(change['beckn:status']) ?? '';
  if (/^start[-_ ]?charging$/i.test(code)) return 'start';
  return /^(stop|end)[-_ ]?charging$/i.test(code) ? 'stop' : undefined;
}

function toldOf(order: Fields, method: string | undefined): Details {
  const fulfillment = fulfillmentOf(order);
  const { 'billing-details': billing } = attributesOf(order);
  return {
    buyer: textOf(order['beckn:buyer']), finderFee: finderFeeOf(order), fulfillmentId: textOf(order['beckn:fulfillment']) ?? textOf(fulfillment['beckn:id']), method,
    ...(isFields(billing) ? { billing } : {}), ...(isFields(fulfillment['customer']) ? { customer: fulfillment['customer'] } : {}),
    ...(isFields(fulfillment['vehicle']) ? { vehicle: fulfillment['vehicle'] } : {}),
  };
}

function linesOf(order: Fields): OrderLine[] {
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
  const wanted = value === undefined ? undefined : measured(value, textOf(at(measure, 'unit')));
  if (wanted) return { wanted };
  const price = item['beckn:price'];
  const amount = numberOf(at(price, 'value') ?? at(price, 'schema:price'));
  const currency = textOf(at(price, 'currency') ?? at(price, 'schema:priceCurrency'));
  return amount !== undefined && amount > 0 && currency !== undefined ? { wanted: { amount, currency } } : {};
}

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
function tokenOf(fulfillment: Fields): string | undefined {
  const own = textOf(at(fulfillment, 'authorization', 'token'));
  return own ?? listOf(fulfillment['stops']).map((stop) => textOf(at(stop, 'authorization', 'token'))).find((token) => token !== undefined);
}

function finderFeeOf(order: Fields): BuyerFinderFee | undefined {
  const fee = attributesOf(order)['buyer-finder-fee'];
  const value = textOf(at(fee, 'value')) ?? (typeof at(fee, 'value') === 'number' ? String(at(fee, 'value')) : undefined);
  if (value === undefined || !isDecimal(value)) return undefined;
  return textOf(at(fee, 'type')) === 'AMOUNT' ? { amount: value } : { percent: value };
}

/** Who charges: the customer, or, where none is told, who is billed. */
function customerOf(order: Fields): Customer {
  const customer = fulfillmentOf(order)['customer'];
  const billing = attributesOf(order)['billing-details'];
  const of = (name: string): string | undefined => textOf(at(customer, name)) ?? textOf(at(billing, name));
  return { name: of('schema:name')?.slice(0, 200), phone: of('schema:telephone'), email: of('schema:email') };
}
