/** What messages of an order have said so far, and the network has no place for: kept with the order, and told again in answers. */
import type { Answered } from '../../exchange/index.ts';
import { isFields, type Fields } from '../../wire/index.ts';
import type { BecknOrder } from '../../order.ts';
import { at, attributesOf, fieldsOf, finderFeeOf, fulfillmentOf, textOf, type OrderLine } from './read.ts';
import type { BuyerFinderFee } from '../../../../domain/pricing/index.ts';

export interface Details {
  line?: OrderLine;
  buyer?: string;
  /** as they were sent */
  billing?: Fields;
  customer?: Fields;
  vehicle?: Fields;
  fulfillmentId?: string;
  finderFee?: BuyerFinderFee;
  /** when it was wanted, as it was asked; null: at once */
  asked?: { start: number | null; end: number | null };
  /** the network's quote */
  quoteId?: string;
  /** what was chosen of the ways to pay */
  method?: string;
  /** where to, when a request has to wait for the outside: on_init for its payment page, on_update for the station */
  waiting?: { for: 'page' | 'start' | 'stop'; asked: Answered };
  /** where the newest payment was begun to be paid */
  page?: { paymentId: string; url: string };
  /** by which anybody who has it can follow charging */
  trackingUrl?: string;
  /** whether the password that the order is confirmed with was asked for */
  wantsToken?: boolean;
  /** once it was confirmed, with the password where one is wanted */
  isAuthorised?: boolean;
  /** it was declared to be paid, and that was not seen yet */
  isPending?: boolean;
  ratings?: Fields[];
  loyalty?: Fields[];
}

export const detailsOf = ({ details }: Pick<BecknOrder, 'details'>): Details => details;
export const withDetails = (order: BecknOrder, change: Details): BecknOrder => ({ ...order, details: { ...order.details, ...change } });

/** What a request says again is as it says now; what it leaves out stays. The finder fee is that which was quoted with: a confirm changes none. */
export function noteOrder(order: BecknOrder, body: Fields, isQuoted = true): BecknOrder {
  const fulfillment = fulfillmentOf(body);
  const { 'billing-details': billing } = attributesOf(body);
  const told: Details = {
    buyer: textOf(body['beckn:buyer']), ...(isQuoted ? { finderFee: finderFeeOf(body) } : {}), fulfillmentId: textOf(body['beckn:fulfillment']) ?? textOf(fulfillment['beckn:id']),
    ...(isFields(billing) ? { billing } : {}), ...(isFields(fulfillment['customer']) ? { customer: fulfillment['customer'] } : {}),
    ...(isFields(fulfillment['vehicle']) ? { vehicle: fulfillment['vehicle'] } : {}),
    method: textOf(at(attributesOf(body)['payment-details'], 'beckn:paymentAttributes', 'payment-method'))
      ?? textOf(at(fieldsOf(attributesOf(body)['payment-details']), 'beckn:method')),
  };
  return withDetails(order, Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)));
}
