/** cancel → on_cancel: by the policy that was promised. */
import { cancelReservation } from '../../../domain/reservations/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import type { Services } from '../catalogue.ts';
import type { Answer, BecknMessage } from '../exchange/index.ts';
import { saveOrder } from '../orders.ts';
import { BusinessError } from '../wire/index.ts';
import { cancellationOf } from './cancellation.ts';
import type { Dialect } from './dialect.ts';
import { orderNow } from './order-now.ts';
import { theOrder } from './the-order.ts';

/** Soft: what it would cost, and nothing else. */
export const cancel = (services: Services, dialect: Dialect) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const { cancellation: { isSoft, reason } } = dialect.read(message.body);
  const { acting, order } = await theOrder(ctx, message);
  await saveOrder(ctx, order);
  const before = await orderNow(acting, order);
  const quote = cancellationOf(before, acting.now);
  if (isSoft) return dialect.show(acting, before, { services, cancellation: quote });
  if (before.reservation.status === 'cancelled') throw new BusinessError('already_cancelled', 'That order is cancelled already.', '/message/order');
  if (before.session || before.reservation.status === 'completed') throw new BusinessError('cancellation_not_possible', 'Charging has begun: stop it instead.', '/message/order');
  await cancelReservation(acting, before.reservation.id, reason === undefined ? {} : { reason: reason.slice(0, 500) });
  const after = await orderNow(acting, order);
  const { by, at, reason: why } = cancellationOf(after, acting.now);
  return dialect.show(acting, after, { services, cancellation: { ...quote, by, at, reason: why } });
};
