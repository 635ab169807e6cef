/** track → on_track: what is known of charging now, and a link by which it is followed (BKC-11). */
import type { Context } from '../../../../domain/organisations/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { saveOrder } from '../../orders.ts';
import { detailsOf, linkOf, orderNow, theOrder, withDetails } from '../../provider/index.ts';
import { show } from './order.ts';

export const track = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const { acting, order: found } = await theOrder(ctx, message);
  const now = await orderNow(acting, found);
  const order = withDetails(found, { trackingUrl: await linkOf(acting, services, now) });
  await saveOrder(ctx, order);
  return show(acting, { ...now, order, details: detailsOf(order) }, { services });
};
