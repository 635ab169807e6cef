import type { Runtime } from '../../../domain/organisations/index.ts';
import { processNow } from '../../../platform/clock/index.ts';
import type { Transaction } from '../../../platform/database/index.ts';
import { lastPosition, lockReader, moveReader, readEvents, workThrough, type EventWorker, type StoredEvent } from '../../../platform/events/index.ts';
import type { WebhookDelivery } from './delivery.ts';
import { pendingDelivery, unencodedDelivery, type EncodeEvent } from './encode.ts';
import { wantsType } from './endpoint.ts';
import { enqueueAttempt } from './enqueue.ts';
import * as store from './store-deliveries.ts';

export interface FanOutOptions {
  encodeEvent: EncodeEvent;
  onError(error: Error): void;
  /** how often to look without having been woken */
  pollMs?: number;
}

type Encoding = Pick<FanOutOptions, 'encodeEvent' | 'onError'>;

const BATCH_EVENTS = 100;
/** A batch ends with the event that reaches this many deliveries: on the embedded database everybody else waits for its end. */
const BATCH_DELIVERIES = 100;

/**
 * Turns events into deliveries, in this process or in another that shares the database: whichever gets the reader's row
 * works on a batch, the others wait for the next wake-up or poll.
 */
export async function startWebhookFanOut(runtime: Runtime, options: FanOutOptions): Promise<EventWorker> {
  await store.ensureReader(runtime.database);
  return workThrough(runtime.events, { ...options, batch: () => fanOutBatch(runtime, options) });
}

/**
 * Works on the next events after the reader's position: one transaction adds the deliveries and their jobs and moves the
 * position, so that nothing is lost and nothing comes twice. Tells whether there may be more.
 */
export async function fanOutBatch(runtime: Runtime, options: Encoding): Promise<boolean> {
  return runtime.database.transaction(async (tx) => {
    const position = await lockReader(tx, store.READER);
    if (position === undefined) return false;
    // Events are looked at before endpoints: an event that follows an endpoint's creation then never misses it.
    const end = await lastPosition(tx);
    if (end === position) return false;
    if (!(await store.hasListeners(tx))) {
      await moveReader(tx, store.READER, end);
      return false;
    }
    const events = await readEvents(tx, { after: position, limit: BATCH_EVENTS });
    const { deliveries, upTo } = plan(events, await listenersOf(tx, events), options);
    await deliver(runtime, tx, deliveries);
    await moveReader(tx, store.READER, upTo ?? position);
    return upTo !== undefined && upTo < end;
  });
}

function listenersOf(tx: Transaction, events: readonly StoredEvent[]): Promise<store.Listener[]> {
  return store.listListeners(tx, {
    networkIds: [...new Set(events.map((event) => event.networkId))],
    organisationIds: events.some((event) => event.isPublic) ? 'all' : [...new Set(events.flatMap((event) => event.audience))],
  });
}

interface Plan {
  deliveries: WebhookDelivery[];
  /** the last event that was looked at */
  upTo: number | undefined;
}

function plan(events: readonly StoredEvent[], listeners: readonly store.Listener[], options: Encoding): Plan {
  const deliveries: WebhookDelivery[] = [];
  let upTo: number | undefined;
  for (const event of events) {
    deliveries.push(...deliveriesOf(event, listeners.filter((listener) => concerns(listener, event)), options));
    upTo = event.position;
    if (deliveries.length >= BATCH_DELIVERIES) break;
  }
  return { deliveries, upTo };
}

/** Whether an endpoint is told of an event: its organisation may see it, and it wants that type. */
function concerns(listener: store.Listener, event: StoredEvent): boolean {
  return listener.networkId === event.networkId
    && (event.isPublic || event.audience.includes(listener.organisationId))
    && wantsType(listener.eventTypes, event.type);
}

function deliveriesOf(event: StoredEvent, listeners: readonly store.Listener[], { encodeEvent, onError }: Encoding): WebhookDelivery[] {
  const now = processNow();
  const bodies = new Map<string, string | undefined>();
  const bodyFor = (organisationId: string): string | undefined => {
    if (!bodies.has(organisationId)) bodies.set(organisationId, JSON.stringify(encodeEvent(event, { organisationId })));
    return bodies.get(organisationId);
  };
  return listeners.flatMap(({ id, organisationId }) => {
    try {
      const body = bodyFor(organisationId);
      return body === undefined ? [] : [pendingDelivery({ endpointId: id, eventId: event.id, eventType: event.type, body }, now)];
    } catch (error) {
      onError(new Error(`event ${event.id} (${event.type}) could not be encoded for webhooks`, { cause: error }));
      return [unencodedDelivery(id, event, now)];
    }
  });
}

async function deliver(runtime: Runtime, tx: Transaction, deliveries: readonly WebhookDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const added = await store.insertDeliveries(tx, deliveries);
  for (const { id, status } of deliveries) {
    if (added.has(id) && status === 'pending') await enqueueAttempt(runtime.jobs, tx, { deliveryId: id, attempt: 1 });
  }
}
