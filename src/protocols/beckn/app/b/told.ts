/** What the provider tells of an order, in our words. */
import type {
  ExternalStatus, Facts, Live, Priced, RefundTerm, Settlement, Told, ToldCancellation, ToldPayment,
} from '../../../../domain/external/index.ts';
import { stopsOf } from '../../handlers/b/index.ts';
import { at, fieldsOf, listOf, numberOf, textOf } from '../../provider/index.ts';
import { isFields, parseDuration, parseMoment, type Fields } from '../../wire/index.ts';
import { currencyOf, defined, linkOf, minorOf, shortOf } from '../money.ts';

const STATUSES: Record<string, ExternalStatus> = {
  QUOTED: 'quoted', INITIALIZED: 'pending', PENDING: 'pending', CONFIRMED: 'confirmed', ACTIVE: 'active', COMPLETED: 'completed', CANCELLED: 'cancelled',
};

export function told(action: string, body: Fields): Omit<Told, 'answers' | 'problem'> {
  const order = fieldsOf(at(body, 'message', 'order'));
  if (action === 'on_support') return { facts: supportOf(at(body, 'message', 'support')) };
  if (action === 'on_track') return { facts: liveOf(order) };
  if (action === 'on_rating') return { facts: {} };
  const status = STATUSES[textOf(order['beckn:state'])?.toUpperCase() ?? ''];
  return { ...(status === undefined ? {} : { status }), facts: defined(factsOf(order, status)) };
}

function factsOf(order: Fields, status: ExternalStatus | undefined): Facts {
  const attributes = fieldsOf(order['beckn:orderAttributes']);
  const fulfillment = fieldsOf(attributes['fulfillment-details'] ?? attributes['fulfillment-update']);
  const stops = stopsOf(fulfillment);
  const payments = isFields(attributes['payment-details']) ? [attributes['payment-details']] : listOf(attributes['payment-details']);
  const [first] = listOf(fulfillment['stops']);
  const isUsed = status === 'active' || status === 'completed';
  const cancellation = cancellationOf(attributes['cancellation']);
  const energy = measureOf(at(listOf(order['beckn:orderItems'])[0], 'beckn:orderItemAttributes', 'energy-delivered'));
  const hasTimes = stops.start !== undefined && stops.end !== undefined && stops.end > stops.start;
  return {
    ...(status === 'quoted' ? {} : { orderRef: shortOf(order['beckn:id']), orderNumber: shortOf(order['beckn:orderNumber']) }),
    ...(hasTimes && !isUsed ? { slot: { start: stops.start!, end: stops.end! } } : {}),
    ...(isUsed ? { startedAt: stops.start, isInterrupted: textOf(at(fulfillment, 'state', 'code')) === 'CONNECTION-INTERRUPTED' } : {}),
    ...(status === 'completed' ? { endedAt: stops.end, isInterrupted: false } : {}),
    quoteExpiresAt: parseMoment(attributes['quote-expires-at']), price: pricedOf(order['beckn:totals']), payment: payments[0] && paymentOf(payments[0]),
    settlement: payments.length > 1 ? payments.slice(1).flatMap(settlementOf) : undefined, terms: termsOf(attributes['refund-terms']),
    ...(cancellation ? (status === 'cancelled' ? { cancellation } : { cancelQuote: cancellation }) : {}),
    asksOtp: status === 'pending' ? textOf(at(first, 'authorization', 'type')) === 'OTP' : undefined, instructions: shortOf(at(first, 'instructions', 'short_desc')),
    expectedEnergyWh: measureOf(attributes['expected-energy']), energyWh: energy, finderFee: feeOf(attributes['buyer-finder-fee']),
    stateAt: parseMoment(at(fulfillment, 'state', 'updated-at')),
  };
}

/** `{ value, unit: kWh }` in Wh */
function measureOf(measure: unknown): number | undefined {
  const value = numberOf(at(measure, 'value'));
  return value === undefined || value > 1_000_000 || !/^kwh$/i.test(textOf(at(measure, 'unit')) ?? '') ? undefined : Math.round(value * 1_000);
}

const MOST_LINES = 100;

function pricedOf(totals: unknown): Priced | undefined {
  const currency = currencyOf(at(totals, 'schema:priceCurrency'));
  const totalMinor = currency === undefined ? undefined : minorOf(at(totals, 'schema:price'), currency);
  if (currency === undefined || totalMinor === undefined) return undefined;
  const lines = listOf(at(totals, 'beckn:breakup')).slice(0, MOST_LINES).flatMap((line) => {
    const amountMinor = minorOf(line['schema:price'], currency);
    return amountMinor === undefined ? [] : [{ name: shortOf(line['schema:name']) ?? '', amountMinor }];
  });
  return { currency, totalMinor, lines };
}

function paymentOf(payment: Fields): ToldPayment | undefined {
  const currency = currencyOf(at(payment, 'beckn:amount', 'currency'));
  const amountMinor = currency === undefined ? undefined : minorOf(at(payment, 'beckn:amount', 'value'), currency);
  if (currency === undefined || amountMinor === undefined) return undefined;
  const status = shortOf(payment['beckn:status']) ?? 'NOT-PAID';
  const methods = listOf(at(payment, 'beckn:paymentAttributes', 'payment-methods')).slice(0, 10).flatMap(({ code }) => shortOf(code) ?? []);
  return {
    isPaid: status.toUpperCase() === 'PAID', status, amountMinor, currency, url: linkOf(payment['payment-url']) ?? null, methods,
      reference: shortOf(payment['beckn:txnRef']) ?? null,
    timing: shortOf(payment['payment-type']) ?? null,
  };
}

function settlementOf(entry: Fields): Settlement[] {
  const kind = ({ REFUND: 'refund', OUTSTANDING: 'outstanding' } as const)[textOf(entry['beckn:method'])?.toUpperCase() as 'REFUND' | 'OUTSTANDING'];
  const currency = currencyOf(at(entry, 'beckn:amount', 'currency'));
  const amountMinor = currency === undefined ? undefined : minorOf(at(entry, 'beckn:amount', 'value'), currency);
  if (kind === undefined || currency === undefined || amountMinor === undefined) return [];
  return [{ kind, amountMinor, currency, isDone: textOf(entry['beckn:status'])?.toUpperCase() === 'PAID' }];
}

const MOST_TERMS = 20;

function termsOf(terms: unknown): RefundTerm[] | undefined {
  if (!Array.isArray(terms)) return undefined;
  return listOf(terms).slice(0, MOST_TERMS).map((term) => {
    const currency = currencyOf(at(term, 'refund-amount', 'currency')) ?? null;
    return {
      state: shortOf(at(term, 'fulfillment-state', 'code')) ?? '', description: shortOf(at(term, 'fulfillment-state', 'description')) ?? null,
      isRefundable: term['refund-eligible'] === true, amountMinor: currency === null ? null : minorOf(at(term, 'refund-amount', 'value'), currency) ?? null, currency,
    };
  });
}

function cancellationOf(cancellation: unknown): ToldCancellation | undefined {
  if (!isFields(cancellation)) return undefined;
  const refund = cancellation['refund-amount'];
  const currency = currencyOf(at(refund, 'currency')) ?? null;
  const of = (amount: unknown): number | undefined => (currency === null ? undefined : minorOf(at(amount, 'value'), currency));
  const [feeMinor, noShowMinor] = [of(cancellation['cancellation-fee']), of(cancellation['no-show-fee'])];
  const by = textOf(cancellation['cancelled-by'])?.toUpperCase();
  return {
    by: by === 'CONSUMER' ? 'driver' : by === 'PROVIDER' ? 'provider' : null, reason: shortOf(cancellation['reason']) ?? shortOf(cancellation['not-cancellable']) ?? null,
    refundMinor: of(refund) ?? null, feeMinor: feeMinor === undefined && noShowMinor === undefined ? null : (feeMinor ?? 0) + (noShowMinor ?? 0), currency,
  };
}

function feeOf(fee: unknown): Facts['finderFee'] {
  const value = textOf(at(fee, 'value'));
  if (value === undefined || !/^\d{1,9}(\.\d{1,4})?$/.test(value)) return undefined;
  return textOf(at(fee, 'type')) === 'AMOUNT' ? { amount: value } : { percent: value };
}

function supportOf(support: unknown): Facts {
  if (!isFields(support)) return {};
  const { 'schema:name': name, 'schema:telephone': phone, 'schema:email': email, 'schema:url': url } = support;
  return { support: { name: shortOf(name) ?? null, phone: shortOf(phone) ?? null, email: shortOf(email) ?? null, url: linkOf(url) ?? null } };
}

/** What charging is at now. Its totals are what it has cost so far, which is no price. */
function liveOf(order: Fields): Facts {
  const metrics = at(listOf(order['beckn:orderItems'])[0], 'beckn:orderItemAttributes', 'real-time-metrics');
  const attributes = fieldsOf(order['beckn:orderAttributes']);
  const url = linkOf(at(attributes, 'tracking-details', 'beckn:url'));
  const state = at(attributes, 'fulfillment-details', 'state');
  const kwh = numberOf(at(metrics, 'energy-delivered'));
  const readAt = parseMoment(at(state, 'updated-at'));
  const powerKw = numberOf(at(metrics, 'current-power'));
  const soFar = pricedOf(order['beckn:totals']);
  const left = parseDuration(at(metrics, 'estimated-completion'));
  const level = /^(\d{1,3})\s*%$/.exec(textOf(at(attributes, 'fulfillment-details', 'real-time-data', 'battery-level')) ?? '')?.[1];
  const live: Live | undefined = kwh === undefined || readAt === undefined ? undefined : {
    energyWh: Math.round(kwh * 1_000), powerW: powerKw === undefined ? null : Math.round(powerKw * 1_000), socPercent: level === undefined ? null : Number(level),
    costMinor: soFar?.totalMinor ?? null, currency: soFar?.currency ?? null, estimatedEnd: left === undefined ? null : readAt + left, readAt,
  };
  return defined({ live, trackingUrl: url });
}
