/** TLG-1: turns events into notices, in this process or in another that shares the database: whichever gets the reader's row works on a batch. */
import { MINUTE_MS } from '../../platform/clock/index.ts';
import type { Transaction } from '../../platform/database/index.ts';
import { lastPosition, lockReader, moveReader, readEvents, workThrough, type EventWorker, type StoredEvent } from '../../platform/events/index.ts';
import { reachableOf } from '../notices/index.ts';
import { openContext, type Context, type Runtime } from '../organisations/index.ts';
import { driverOf, isOfTheMoment, tellOf, TOLD_EVENTS } from './events.ts';

const READER = 'telling';
/** On the embedded database everybody else waits for the end of a batch. */
const BATCH_EVENTS = 100;
const TOO_LATE_MS = 30 * MINUTE_MS;

export function startTelling(runtime: Runtime, options: { onError(error: Error): void; pollMs?: number }): EventWorker {
  return workThrough(runtime.events, { ...options, batch: () => tellBatch(runtime, options), concerns: ({ type }) => TOLD_EVENTS.includes(type) });
}

/**
 * Works on the next events after the reader's position: one transaction takes the notices and moves the position, so that nothing is lost and
 * nothing comes twice. An event that can't be told is told of, and passed over. Tells whether there may be more.
 */
export async function tellBatch(runtime: Runtime, { onError }: { onError(error: Error): void }): Promise<boolean> {
  return runtime.database.transaction(async (tx) => {
    const position = await lockReader(tx, READER);
    if (position === undefined) return false;
    const end = await lastPosition(tx);
    if (end === position) return false;
    const events = await readEvents(tx, { after: position, limit: BATCH_EVENTS }, { types: TOLD_EVENTS });
    const isFull = events.length === BATCH_EVENTS;
    for (const [networkId, own] of Map.groupBy(events, (event) => event.networkId)) {
      const ctx = await openContext(runtime, { networkId, actor: { kind: 'system' } }, tx);
      await tellAll(ctx, tx, own, onError);
    }
    await moveReader(tx, READER, isFull ? events.at(-1)!.position : end);
    return isFull;
  });
}

async function tellAll(ctx: Context, tx: Transaction, events: readonly StoredEvent[], onError: (error: Error) => void): Promise<void> {
  const drivers = [...new Set(events.flatMap((event) => driverOf(event) ?? []))];
  if (drivers.length === 0) return;
  const reachable = new Set(await reachableOf(ctx, drivers));
  for (const event of events) {
    const driverId = driverOf(event);
    if (driverId === undefined || !reachable.has(driverId) || isTooLate(ctx, event)) continue;
    try {
      await tx.savepoint(() => tellOf(ctx.as({ now: event.occurredAt }), driverId, event));
    } catch (error) {
      onError(new Error(`event ${event.id} (${event.type}) could not be told its driver`, { cause: error }));
    }
  }
}

/** TLG-4. In a sandbox, whose clock jumps, all is told. */
function isTooLate(ctx: Context, event: StoredEvent): boolean {
  return ctx.network.mode === 'live' && isOfTheMoment(event) && ctx.now - event.occurredAt > TOO_LATE_MS;
}
