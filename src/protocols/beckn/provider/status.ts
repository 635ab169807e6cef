/** status → on_status: the order as it is now. */
import type { Context } from '../../../domain/organisations/index.ts';
import type { Services } from '../catalogue.ts';
import type { Answer, BecknMessage } from '../exchange/index.ts';
import { saveOrder } from '../orders.ts';
import type { Dialect } from './dialect.ts';
import { orderNow } from './order-now.ts';
import { theOrder } from './the-order.ts';

export const status = (services: Services, dialect: Dialect) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const { acting, order } = await theOrder(ctx, message);
  await saveOrder(ctx, order);
  return dialect.show(acting, await orderNow(acting, order), { services });
};
