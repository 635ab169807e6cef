/** What messages of an order have said so far, and the network has no place for: kept with the order, and told again in answers. */
import type { Method } from '../../../domain/payments/index.ts';
import type { BuyerFinderFee } from '../../../domain/pricing/index.ts';
import type { Answered } from '../exchange/index.ts';
import type { BecknOrder } from '../order.ts';
import type { Fields } from '../wire/index.ts';
import type { OrderLine, StopTimes } from './wanted.ts';

/** A programme that the driver is a member of, or will be with the password that was sent. */
export interface Recognised {
  id: string;
  name: string;
  kind: string;
  status: string;
}

/** How it is to be paid. */
export interface WayToPay {
  method?: Method;
  upiAddress?: string;
  /** of a business that is to be invoiced */
  buyer: Record<string, string>;
}

export interface Details {
  line?: OrderLine;
  /** as they were sent, in the form of the generation */
  buyer?: unknown;
  billing?: Fields;
  payment?: Fields;
  customer?: Fields;
  vehicle?: Fields;
  fulfillmentId?: string;
  /** the offer that the app has chosen */
  offerId?: string;
  finderFee?: BuyerFinderFee;
  /** when it was wanted, as it was asked; null: at once */
  asked?: { start: number | null; end: number | null };
  /** what was selected, for an init that says no times again */
  stops?: StopTimes;
  /** the network's quote */
  quoteId?: string;
  /** what was chosen of the ways to pay */
  method?: string;
  /** another way, chosen at confirm: begun once the payment before it is withdrawn */
  instead?: WayToPay;
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
  loyalty?: Recognised[];
}

export const detailsOf = ({ details }: Pick<BecknOrder, 'details'>): Details => details;
export const withDetails = (order: BecknOrder, change: Details): BecknOrder => ({ ...order, details: { ...order.details, ...change } });
