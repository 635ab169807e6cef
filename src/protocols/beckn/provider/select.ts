/** select → on_select: what an order would get and cost. Nothing is held by it (BKB-4). */
import type { Context } from '../../../domain/organisations/index.ts';
import { together } from '../../../platform/database/index.ts';
import { requireItem, type Services } from '../catalogue.ts';
import type { Answer, BecknMessage } from '../exchange/index.ts';
import { beginOrder, saveOrder } from '../orders.ts';
import { BusinessError } from '../wire/index.ts';
import { noteOrder, type Asked } from './asked.ts';
import type { OrderLine } from './wanted.ts';
import { detailsOf, withDetails } from './details.ts';
import type { Dialect } from './dialect.ts';
import { offerFor } from './offer.ts';

/** The one line that an order has. */
export function requireLine({ lines: [line, ...others] }: Asked): OrderLine {
  if (!line) throw new BusinessError('item_not_found', 'The order names no item.', '/message/order/beckn:orderItems');
  if (others.length > 0) throw new BusinessError('business', 'An order is for one plug: send an order for each.', '/message/order/beckn:orderItems/1');
  return line;
}

export const select = (_services: Services, dialect: Dialect) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const asked = dialect.read(message.body);
  const line = requireLine(asked);
  const [{ acting, order: begun }, item] = await together([beginOrder(ctx, message), requireItem(ctx.as({ actor: { kind: 'public' } }), line.itemId)]);
  const noted = noteOrder(begun, asked);
  const stops = asked.stops();
  const offered = await offerFor(acting, { line, item, seller: asked.seller, stops, finderFee: detailsOf(noted).finderFee, takesNearest: dialect.offersNearest });
  const order = withDetails(noted, { line, stops, quoteId: offered.quote.id });
  await saveOrder(ctx, order);
  return dialect.quoted(acting, order, message.body, offered);
};
