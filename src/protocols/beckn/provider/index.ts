/** What every generation of version 2 does with orders; how they are written is its dialect's. */
import type { Services } from '../catalogue.ts';
import type { Handler } from '../exchange/index.ts';
import { cancel } from './cancel.ts';
import { confirm } from './confirm.ts';
import type { Dialect } from './dialect.ts';
import { init } from './init.ts';
import { select } from './select.ts';
import { status } from './status.ts';
import { update } from './update.ts';

export type { Asked } from './asked.ts';
export type { Cancellation } from './cancellation.ts';
export { detailsOf, withDetails, type Details } from './details.ts';
export type { Dialect, Shown } from './dialect.ts';
export { placesFor } from './discovery.ts';
export { at, buyerOf, fieldsOf, listOf, numberOf, orderOf, textOf } from './fields.ts';
export { ANY } from './filter.ts';
export { linkOf } from './link.ts';
export { sumOfQuote, type Offered } from './offer.ts';
export { askedMinor, isPaid, orderNow, paidMinor, paymentOf, settledBy, stateOf, sumOf, type Beside, type Line, type OrderNow, type OrderState, type Sum } from './order-now.ts';
export { tellerOf } from './tell.ts';
export { theOrder } from './the-order.ts';
export { measured, type OrderLine, type StopTimes, type Wanted } from './wanted.ts';

/** @param frame what all of them have beside what they do */
export function orderHandlers(services: Services, dialect: Dialect, frame: Omit<Handler, 'handle'>): Readonly<Record<string, Handler>> {
  const all = { select, init, confirm, update, cancel, status };
  return Object.fromEntries(Object.entries(all).map(([action, handler]) => [action, { ...frame, handle: handler(services, dialect) }]));
}
