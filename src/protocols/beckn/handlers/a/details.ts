/** What is known of an order of Beckn 1.1 besides its reservation. */
import type { BuyerFinderFee } from '../../../../domain/pricing/index.ts';
import type { Answered } from '../../exchange/index.ts';
import type { BecknOrder } from '../../order.ts';
import type { Fields } from '../../wire/index.ts';

export interface Details {
  /** as the app names it: a connector, or that with the mark of a spot booking */
  itemId: string;
  /** the slot that was offered last */
  start: number;
  end: number;
  energyWh: number | null;
  /** the measure as it was sent */
  measure?: Fields;
  quoteId: string;
  finderFee?: BuyerFinderFee;
  vehicle?: Fields;
  customer?: Fields;
  billing?: Fields;
  /** a password was sent that the confirmation has to bring */
  wantsToken?: boolean;
  /** a password was sent that the start has to bring */
  wantsStartToken?: boolean;
  /** the init whose answer has to wait for the payment's page */
  waitingInit?: Answered;
  /** where it is, or was, paid */
  payUrl?: string;
  isConfirmed?: boolean;
  /** the app has confirmed it as paid; it is booked once that is seen */
  isDeclared?: boolean;
  trackToken?: string;
}

export const detailsOf = ({ details }: BecknOrder): Partial<Details> => details;
export const withDetails = (order: BecknOrder, change: Partial<Details>): BecknOrder => ({ ...order, details: { ...order.details, ...change } });
