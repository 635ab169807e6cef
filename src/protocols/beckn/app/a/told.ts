/** What the provider tells of an order, in our words. */
import type { ExternalStatus, Facts, Live, Priced, RefundTerm, Told, ToldCancellation, ToldPayment } from '../../../../domain/external/index.ts';
import { at, fieldsOf, listOf, textOf } from '../../provider/index.ts';
import { isFields, parseMoment, type Fields } from '../../wire/index.ts';
import { currencyOf, defined, linkOf, minorOf, shortOf } from '../money.ts';
import { tagIn } from './tags.ts';

export function told(action: string, body: Fields): Omit<Told, 'answers' | 'problem'> {
  const message = fieldsOf(body.message);
  if (action === 'on_support') return { facts: supportOf(message.support) };
  if (action === 'on_track') return { facts: defined({ trackingUrl: linkOf(at(message, 'tracking', 'url')) }) };
  if (action === 'on_rating') return { facts: {} };
  const order = fieldsOf(message.order);
  const fulfillment = listOf(order.fulfillments)[0] ?? {};
  const status = statusOf(action, order, fulfillment);
  return { ...(status === undefined ? {} : { status }), facts: defined(factsOf(order, fulfillment, status)) };
}

/** The core tells the state of the fulfilment: one that is pending is of an order that is confirmed, or of one that is not yet. */
function statusOf(action: string, order: Fields, fulfillment: Fields): ExternalStatus | undefined {
  if (action === 'on_select') return 'quoted';
  if (action === 'on_init') return 'pending';
  if (textOf(order.status)?.toUpperCase() === 'CANCELLED') return 'cancelled';
  const code = textOf(at(fulfillment, 'state', 'descriptor', 'code'))?.toUpperCase();
  if (code === 'ACTIVE' || code === 'CONNECTION-INTERRUPTED') return 'active';
  if (code === 'COMPLETED') return 'completed';
  if (code === 'CANCELLED') return 'cancelled';
  if (code !== 'PENDING') return undefined;
  const isConfirmed = action === 'on_confirm' ? textOf(order.id) !== undefined : textOf(order.status)?.toUpperCase() === 'ACTIVE';
  return isConfirmed ? 'confirmed' : 'pending';
}

function factsOf(order: Fields, fulfillment: Fields, status: ExternalStatus | undefined): Facts {
  const stops = listOf(fulfillment.stops);
  const time = (stop: Fields | undefined): number | undefined => parseMoment(at(stop, 'time', 'timestamp'));
  const [start, end] = [time(stops[0]), time(stops.slice(1).findLast((stop) => at(stop, 'time', 'timestamp') !== undefined))];
  const tag = (code: string): string | undefined => tagIn(fulfillment.tags, 'charging-details', code);
  const isUsed = status === 'active' || status === 'completed';
  const [price, payment] = [pricedOf(order.quote), paymentOf(listOf(order.payments)[0])];
  const stateAt = parseMoment(at(fulfillment, 'state', 'updated_at'));
  return {
    ...(status === 'quoted' || status === 'pending' ? {} : { orderRef: shortOf(order.id) }), price, payment, stateAt,
    ...(start !== undefined && end !== undefined && end > start ? { slot: { start, end } } : {}), instructions: shortOf(at(stops[0], 'instructions', 'short_desc')),
    terms: termsOf(order.refund_terms), asksOtp: status === 'pending' ? textOf(at(stops[0], 'authorization', 'type')) === 'OTP' : undefined,
    ...(isUsed ? {
      isInterrupted: textOf(at(fulfillment, 'state', 'descriptor', 'code'))?.toUpperCase() === 'CONNECTION-INTERRUPTED', startedAt: parseMoment(tag('start-time')),
      live: stateAt === undefined ? undefined : liveOf(tag, stateAt),
    } : {}),
    ...(status === 'completed' ? { endedAt: parseMoment(tag('stop-time')), energyWh: wattHoursOf(tag('energy-delivered')), ...settled(price, payment) } : {}),
    ...(status === 'cancelled' ? { cancellation: cancellationOf(order.cancellation) } : {}),
  };
}

/** The core has no word for it: what was paid beyond the bill is given back, what was not is owed; whether that is done, nobody tells. */
function settled(price: Priced | undefined, payment: ToldPayment | undefined): Pick<Facts, 'settlement'> {
  if (!price || !payment?.isPaid || price.currency !== payment.currency) return {};
  const backMinor = payment.amountMinor - price.totalMinor;
  return { settlement: backMinor === 0 ? [] : [{ kind: backMinor > 0 ? 'refund' : 'outstanding', amountMinor: Math.abs(backMinor), currency: price.currency, isDone: null }] };
}

const numberIn = (text: string | undefined, unit: RegExp): number | undefined => {
  const [, number] = new RegExp(`^(\\d{1,9}(?:\\.\\d{1,6})?)\\s*(?:${unit.source})$`, 'i').exec(text ?? '') ?? [];
  return number === undefined ? undefined : Number(number);
};
const wattHoursOf = (text: string | undefined): number | undefined => {
  const kwh = numberIn(text, /kwh/);
  return kwh === undefined ? undefined : Math.round(kwh * 1_000);
};

function liveOf(tag: (code: string) => string | undefined, readAt: number): Live | undefined {
  const energyWh = wattHoursOf(tag('energy-delivered'));
  const [powerKw, socPercent] = [numberIn(tag('power'), /kw/), numberIn(tag('soc'), /%/)];
  const [amount, word] = (tag('cost') ?? '').split(' ');
  const currency = currencyOf(word);
  return energyWh === undefined ? undefined : {
    energyWh, powerW: powerKw === undefined ? null : Math.round(powerKw * 1_000), socPercent: socPercent ?? null, currency: currency ?? null,
    costMinor: currency === undefined ? null : minorOf(amount, currency) ?? null, estimatedEnd: parseMoment(tag('estimated-end')) ?? null, readAt,
  };
}

const MOST_LINES = 100;

function pricedOf(quote: unknown): Priced | undefined {
  const currency = currencyOf(at(quote, 'price', 'currency'));
  const totalMinor = currency === undefined ? undefined : minorOf(at(quote, 'price', 'value'), currency);
  if (currency === undefined || totalMinor === undefined) return undefined;
  const lines = listOf(at(quote, 'breakup')).slice(0, MOST_LINES).flatMap((line) => {
    const amountMinor = minorOf(at(line, 'price', 'value'), currency);
    return amountMinor === undefined ? [] : [{ name: shortOf(line.title) ?? '', amountMinor }];
  });
  return { currency, totalMinor, lines };
}

function paymentOf(payment: Fields | undefined): ToldPayment | undefined {
  const currency = currencyOf(at(payment, 'params', 'currency'));
  const amountMinor = currency === undefined ? undefined : minorOf(at(payment, 'params', 'amount'), currency);
  if (!payment || currency === undefined || amountMinor === undefined) return undefined;
  const status = shortOf(payment.status) ?? 'NOT-PAID';
  const methods = listOf(payment.tags).filter((group) => textOf(at(group, 'descriptor', 'code'))?.toLowerCase() === 'payment-methods').flatMap((group) => listOf(group.list));
  return {
    isPaid: status.toUpperCase() === 'PAID', status, amountMinor, currency, url: linkOf(payment.url) ?? null,
    methods: methods.slice(0, 10).flatMap((method) => shortOf(at(method, 'descriptor', 'code')) ?? []), reference: shortOf(at(payment, 'params', 'transaction_id')) ?? null,
    timing: shortOf(payment.type) ?? null,
  };
}

const MOST_TERMS = 20;

function termsOf(terms: unknown): RefundTerm[] | undefined {
  if (!Array.isArray(terms)) return undefined;
  return listOf(terms).slice(0, MOST_TERMS).map((term) => {
    const currency = currencyOf(at(term, 'refund_amount', 'currency')) ?? null;
    return {
      state: shortOf(at(term, 'fulfillment_state', 'descriptor', 'code')) ?? '', description: shortOf(at(term, 'fulfillment_state', 'descriptor', 'long_desc')) ?? null,
      isRefundable: term.refund_eligible === true, amountMinor: currency === null ? null : minorOf(at(term, 'refund_amount', 'value'), currency) ?? null, currency,
    };
  });
}

function cancellationOf(cancellation: unknown): ToldCancellation | undefined {
  if (!isFields(cancellation)) return undefined;
  const by = textOf(cancellation.cancelled_by)?.toUpperCase();
  return {
    by: by === 'CONSUMER' ? 'driver' : by === 'PROVIDER' ? 'provider' : null, reason: shortOf(at(cancellation, 'reason', 'descriptor', 'short_desc')) ?? null, refundMinor: null,
    feeMinor: null, currency: null,
  };
}

function supportOf(support: unknown): Facts {
  if (!isFields(support)) return {};
  return { support: { name: null, phone: shortOf(support.phone) ?? null, email: shortOf(support.email) ?? null, url: linkOf(support.url) ?? null } };
}
