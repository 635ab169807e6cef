import type { Context } from '../../../domain/organisations/index.ts';
import type { BecknMessage } from '../exchange/index.ts';
import { requireOrder, type OrderAtWork } from '../orders.ts';
import { at, orderOf, textOf } from './fields.ts';
import type { Fields } from '../wire/index.ts';

/**
 * The order that a message is about: by the order id that it names, or, since the seed's messages name others, by its transaction.
 * Throws `order_not_found`.
 */
export async function theOrder(ctx: Context, message: BecknMessage): Promise<OrderAtWork> {
  const named = orderIdIn(message.body);
  try {
    return await ctx.tx.savepoint(() => requireOrder(ctx, message, named));
  } catch (error) {
    const ofTransaction = named === undefined ? undefined : await requireOrder(ctx, message).catch(() => undefined);
    if (!ofTransaction || isOurs(named!)) throw error;
    return ofTransaction;
  }
}

/** The order that a message names. */
export const orderIdIn = (body: Fields): string | undefined => textOf(orderOf(body)['beckn:id']) ?? textOf(at(body, 'message', 'order_id'));

/** What has the form of our ids means an order of ours. */
const isOurs = (id: string): boolean => id.startsWith('res_') || id.startsWith('ses_');
