/** How a generation writes orders. What is done with them is the same for all (this folder), and decided by the network. */
import type { Context } from '../../../domain/organisations/index.ts';
import type { Services } from '../catalogue.ts';
import type { Answer } from '../exchange/index.ts';
import type { BecknOrder } from '../order.ts';
import type { Help } from '../support.ts';
import type { Fields } from '../wire/index.ts';
import type { Asked } from './asked.ts';
import type { Cancellation } from './cancellation.ts';
import type { Offered } from './offer.ts';
import type { OrderNow, OrderState } from './order-now.ts';

export interface Shown {
  services: Services;
  /** in place of that which it is in */
  state?: OrderState;
  /** the driver was sent a password, which the app has to bring */
  isTokenAsked?: boolean;
  /** what cancelling it gave back, or would */
  cancellation?: Cancellation;
  /** it was initialised now */
  isInitialised?: boolean;
}

export interface Dialect {
  /** What a message's order asks for. */
  read(body: Fields): Asked;
  /** The quote of what a select asked for. */
  quoted(acting: Context, order: BecknOrder, body: Fields, offered: Offered): Promise<Answer>;
  /** An order as it is. */
  show(acting: Context, now: OrderNow, shown: Shown): Promise<Answer>;
  /** A case of support, of which the app is told without asking; not told where it is left out. */
  showHelp?(help: Help): Answer;
  /** whether another slot than the one that is asked for is offered where that is taken */
  offersNearest: boolean;
  /** whether charging begins only with the password that the driver is sent */
  wantsStartOtp(services: Services): boolean;
}
