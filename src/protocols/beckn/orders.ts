/**
 * Orders of the open network: which transaction of which subscriber is which reservation (or walk-in's session) of ours. What every
 * generation's provider needs of it stands here; what messages look like is theirs.
 */
import { SQL_STATE, sqlState } from '../../platform/database/index.ts';
import { actorFor, actorOf, createOrganisation, findOrganisationBySlug, type Context, type Organisation } from '../../domain/organisations/index.ts';
import { createDriver, getDriver, listDrivers, updateDriver, type Driver } from '../../domain/drivers/index.ts';
import { setContact, toE164 } from '../../domain/notices/index.ts';
import type { Answered, BecknMessage } from './exchange/index.ts';
import { orderIdOf, type BecknOrder } from './order.ts';
import * as store from './store-orders.ts';
import { BusinessError } from './wire/index.ts';

/** Holds that an app may have at a time, so that none can lock a network (ORG-10). */
const MOST_HOLDS = 50;

/** The slug of the organisation that acts for a subscriber; one that was made with it beforehand is linked by it. */
export const slugOf = (subscriberId: string): string => `beckn:${subscriberId}`;

/** Makes the organisation that acts for a subscriber, unless another process has done so meanwhile. */
async function createOrganisationFor(ctx: Context, subscriberId: string): Promise<void> {
  try {
    await ctx.tx.savepoint(() => createOrganisation(ctx, { slug: slugOf(subscriberId), name: subscriberId, roles: ['provider'], maxActiveHolds: MOST_HOLDS }));
  } catch (error) {
    if (sqlState(error) !== SQL_STATE.uniqueViolation) throw error;
  }
}

/** The organisation that acts for a subscriber: made with its first message. */
async function organisationFor(ctx: Context, subscriberId: string): Promise<Organisation> {
  const find = () => findOrganisationBySlug(ctx.tx, ctx.network.id, slugOf(subscriberId));
  const found = await find();
  if (found) return found;
  await createOrganisationFor(ctx, subscriberId);
  return (await find())!;
}

/** The context with the organisation as the caller: it can do what its own secret key could, to what is its own. */
export async function actingFor(ctx: Context, order: Pick<BecknOrder, 'organisationId' | 'transactionId'>): Promise<Context> {
  return ctx.as({ actor: await actorFor(ctx, order.organisationId, `beckn:${order.transactionId}`) });
}

/** The same for whoever sent a message, of which there need not be an order. */
export async function actingAs(ctx: Context, { sender: { subscriberId }, context: { transactionId } }: BecknMessage): Promise<Context> {
  return actingFor(ctx, { organisationId: (await organisationFor(ctx, subscriberId)).id, transactionId });
}

/** A request's order and who acts for its sender. */
export interface OrderAtWork {
  /** as the sender's organisation */
  acting: Context;
  order: BecknOrder;
}

const askedBy = ({ id, context, sender }: BecknMessage): Answered => ({
  id, context, subscriberId: sender.subscriberId, subscriberUrl: sender.url ?? null, signature: null,
});

/** The order of the message's transaction, begun where there is none, and locked until the end of the transaction. */
export async function beginOrder(ctx: Context, message: BecknMessage): Promise<OrderAtWork> {
  const { context: { transactionId, generation }, sender: { subscriberId } } = message;
  const asked = askedBy(message);
  const begin = () => store.beginOrder(ctx.tx, { networkId: ctx.network.id, subscriberId, transactionId, generation, asked }, slugOf(subscriberId), ctx.now);
  let begun = await begin();
  if (!begun) {
    await createOrganisationFor(ctx, subscriberId);
    begun = (await begin())!;
  }
  const { roles, ...order } = begun;
  return { acting: ctx.as({ actor: actorOf({ id: order.organisationId, roles }, `beckn:${transactionId}`) }), order: { ...order, asked } };
}

/**
 * The order that a message is about: by the order id that it names, else by its transaction; locked. Throws `order_not_found`, also for
 * one of another subscriber.
 */
export async function requireOrder(ctx: Context, message: BecknMessage, orderId?: string): Promise<OrderAtWork> {
  const { context: { transactionId }, sender: { subscriberId } } = message;
  const order = orderId === undefined ? await store.lockOrder(ctx.tx, { networkId: ctx.network.id, subscriberId, transactionId })
    : await store.lockOrderOf(ctx.tx, ctx.network.id, orderId);
  if (!order || order.subscriberId !== subscriberId || orderIdOf(order) === undefined) {
    throw new BusinessError('order_not_found', 'There is no such order of yours.', '/message/order_id');
  }
  return { acting: await actingFor(ctx, order), order: { ...order, asked: askedBy(message) } };
}

/** Writes an order, which is locked, as it is now. */
export async function saveOrder(ctx: Context, order: BecknOrder): Promise<void> {
  store.updateOrder(ctx.tx, order, ctx.now);
}

/** What an app tells of the person who charges. */
export interface Customer {
  name?: string;
  phone?: string;
  email?: string;
}

/** The acting organisation's driver with that phone, made where there is none; undefined where no phone is told, or none that could be one. */
export async function driverOf(acting: Context, { name, phone, email }: Customer): Promise<Driver | undefined> {
  const number = phone === undefined ? undefined : toE164(phone);
  if (number === undefined) return undefined;
  const known = await knownDriverOf(acting, { phone });
  const driver = known ?? await createDriver(acting, { ref: number, name: name ?? null });
  if (known && name !== undefined && known.name !== name) await updateDriver(acting, known.id, { name });
  if (!known) await setContact(acting, driver.id, { phone: number, email: isEmail(email) ? email! : null, languages: [] });
  return getDriver(acting, driver.id);
}

/** The same driver where there is one. */
export async function knownDriverOf(acting: Context, { phone }: Customer): Promise<Driver | undefined> {
  const ref = phone === undefined ? undefined : toE164(phone);
  return ref === undefined ? undefined : (await listDrivers(acting, { ref, limit: 1 }))[0];
}

const EMAIL = /^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]+\.[^\s@<>,;:"()[\]\\.]+$/;
const isEmail = (text: string | undefined): boolean => text !== undefined && text.length <= 254 && EMAIL.test(text);
