/** What a message about an order asks for, however its generation writes it. */
import type { Method } from '../../../domain/payments/index.ts';
import type { BecknOrder } from '../order.ts';
import type { Customer } from '../orders.ts';
import { withDetails, type Details } from './details.ts';
import type { OrderLine, StopTimes } from './wanted.ts';

export interface Asked {
  lines: readonly OrderLine[];
  /** who sells it, as the order says */
  seller?: string;
  /** @param timeZone of times without an offset */
  stops(timeZone?: string): StopTimes;
  /** who charges */
  customer: Customer;
  /** what the network has no place for, to be told again */
  told: Details;
  payment: {
    /** to pay by, where one is chosen that is known */
    method?: Method;
    upiAddress?: string;
    /** the app says that it is paid */
    isDeclared: boolean;
    /** of a business that is to be invoiced */
    buyer: Record<string, string>;
  };
  loyalty: { phone?: string; programme?: string; otp?: string };
  /** a password of the driver's */
  token?: string;
  /** what is to become of charging */
  charging?: 'start' | 'stop';
  cancellation: { isSoft: boolean; reason?: string };
}

/** What a request says again is as it says now; what it leaves out stays. The finder fee is that which was quoted with: a confirm changes none. */
export function noteOrder(order: BecknOrder, { told }: Asked, isQuoted = true): BecknOrder {
  const { finderFee, ...others } = told;
  const kept: Details = isQuoted ? { ...others, finderFee } : others;
  return withDetails(order, Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)));
}
