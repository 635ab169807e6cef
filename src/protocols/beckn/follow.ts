/** Apps are told without asking what happens to their orders. A reader of the events, in whichever process gets its row. */
import type { Transaction } from '../../platform/database/index.ts';
import { lastPosition, lockReader, moveReader, readEvents, workThrough, type EventWorker, type StoredEvent } from '../../platform/events/index.ts';
import { openContext, type Context } from '../../domain/organisations/index.ts';
import { sendCallback, type Answer, type Answered, type Exchange } from './exchange/index.ts';
import type { BecknOrder } from './order.ts';
import { actingFor } from './orders.ts';
import * as store from './store-orders.ts';
import { SPOKEN, type Generation } from './wire/index.ts';

/** What an app is to be told of an event. */
export interface Told {
  /** `on_status`, … */
  action: string;
  answer: Answer;
  /** of an answer that had to wait for the outside */
  isSolicited?: boolean;
  /** that request, where another one came since; else the newest one */
  to?: Answered;
  /** the order as it is from now on: `told`, `details` */
  order?: BecknOrder;
}

/** A generation's words for events of its orders; `acting` is the app's organisation. Several, in their order, or none. */
export type Teller = (acting: Context, order: BecknOrder, event: StoredEvent) => Promise<readonly Told[]>;
export type Tellers = { readonly [G in Generation]?: Teller };

const TYPES: readonly string[] = ['payment.*', 'reservation.*', 'session.*', 'bill.*', 'support_ticket.*'];
const READER = 'beckn';
const BATCH_EVENTS = 100;

/** Follows the events until it is stopped; the batch that is being worked on is ended first. */
export function followOrders(exchange: Exchange, tellers: Tellers): EventWorker {
  return workThrough(exchange.runtime.events, {
    batch: () => tellBatch(exchange, tellers), concerns: ({ type }) => TYPES.some((prefix) => type.startsWith(prefix.slice(0, -1))), onError: (error) => exchange.onError(error),
  });
}

/** One transaction takes the callbacks and moves the position, so that none is lost and none is sent twice. Tells whether there may be more. */
async function tellBatch(exchange: Exchange, tellers: Tellers): Promise<boolean> {
  const { runtime, settings: { networkId } } = exchange;
  return runtime.database.transaction(async (tx) => {
    const position = await lockReader(tx, READER);
    if (position === undefined) return false;
    const end = await lastPosition(tx);
    if (end === position) return false;
    const events = await readEvents(tx, { after: position, limit: BATCH_EVENTS }, { types: TYPES, networkId });
    const ctx = await openContext(runtime, { networkId, actor: { kind: 'system' } }, tx);
    for (const event of events) await tellOf(exchange, tellers, ctx, tx, event);
    const isFull = events.length === BATCH_EVENTS;
    await moveReader(tx, READER, isFull ? events.at(-1)!.position : end);
    return isFull;
  });
}

/** An event that can't be told is told of to whoever runs this, and passed over. */
async function tellOf(exchange: Exchange, tellers: Tellers, ctx: Context, tx: Transaction, event: StoredEvent): Promise<void> {
  const objectId = subjectOf(event);
  const order = (objectId === undefined ? undefined : await store.lockOrderOf(tx, ctx.network.id, objectId)) ?? await replacedOrder(ctx, tx, event);
  const teller = order && SPOKEN.includes(order.generation) ? tellers[order.generation] : undefined;
  if (!order || !teller) return;
  // The newest request may have come in a transaction of its own, since orders are named by their ids too; what nobody asked for belongs to the order's.
  const newest: Answered = { ...order.asked, context: { ...order.asked.context, transactionId: order.transactionId } };
  try {
    await tx.savepoint(async () => {
      for (const { action, answer, isSolicited = false, to = newest, order: changed } of await teller(await actingFor(ctx, order), order, event)) {
        if (changed) store.updateOrder(tx, changed, ctx.now);
        await sendCallback(exchange, ctx, { to, action, answer, isUnsolicited: !isSolicited });
      }
    });
  } catch (error) {
    exchange.onError(new Error(`event ${event.id} (${event.type}) could not be told ${order.subscriberId}`, { cause: error }));
  }
}

/** Money that comes late books the slot again as another reservation (RSV-M6): the order is that one from then on. */
async function replacedOrder(ctx: Context, tx: Transaction, { type, objectId, data }: StoredEvent): Promise<BecknOrder | undefined> {
  const old = type === 'reservation.created' ? (data.metadata as Record<string, string> | undefined)?.replaces : undefined;
  const order = old === undefined ? undefined : await store.lockOrderOf(tx, ctx.network.id, old);
  if (!order) return undefined;
  const replaced = { ...order, reservationId: objectId };
  store.updateOrder(tx, replaced, ctx.now);
  return replaced;
}

/** The reservation or session whose order an event may be about. */
function subjectOf({ object, objectId, data }: StoredEvent): string | undefined {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  if (object === 'reservation') return objectId;
  if (object === 'session') return text(data.reservationId) ?? objectId;
  if (object === 'support_ticket') return text(data.reservationId) ?? text(data.sessionId);
  if (object === 'payment' || object === 'bill') return text(data.objectId);
  return undefined;
}
