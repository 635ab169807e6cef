/** BKC-20: what changes is published again: a reader of the events that notes which locations they touch. */
import { HOUR_MS, type EpochMs } from '../../../platform/clock/index.ts';
import type { Transaction } from '../../../platform/database/index.ts';
import { lastPosition, lockReader, moveReader, readEvents, workThrough, type EventWorker, type StoredEvent } from '../../../platform/events/index.ts';
import { openContext, type Context } from '../../../domain/organisations/index.ts';
import { RULE_KINDS, type RuleKind } from '../../../domain/pricing/index.ts';
import { getLocationOf, loadLocationsAfter, loadLocationsByIds, type Location } from '../../../domain/stations/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { Exchange } from '../exchange/index.ts';
import * as store from './store-catalogs.ts';

const READER = 'beckn_catalogs';
const BATCH_EVENTS = 200;
const BATCH_LOCATIONS = 500;

/** So many real milliseconds a catalogue is believed to be right without a change: its free time is that of a day. */
export const REFRESH_MS = 6 * HOUR_MS;

/** Notes what events touch until it is stopped. `debounceMs`: how long several changes are waited for. */
export function followChanges(exchange: Exchange, debounceMs: number): EventWorker {
  return workThrough(exchange.runtime.events, {
    batch: () => noteBatch(exchange, debounceMs), concerns: (event) => touchesOf(event).length > 0 || operatorOf(event) !== undefined, onError: (error) => exchange.onError(error),
  });
}

/** All locations of the network are looked at once at the start: for those that were there before anything was published, and what changed while nobody looked. */
export async function noteAll({ runtime: { database }, settings: { networkId }, now }: Exchange): Promise<void> {
  for (let after = ''; ;) {
    const locations = await loadLocationsAfter(database, after, BATCH_LOCATIONS);
    for (const location of locations) if (location.networkId === networkId && location.publish) await store.noteLocation(database, location, now());
    if (locations.length < BATCH_LOCATIONS) return;
    after = locations.at(-1)!.id;
  }
}

async function noteBatch({ runtime, settings: { networkId }, now }: Exchange, debounceMs: number): Promise<boolean> {
  return runtime.database.transaction(async (tx) => {
    const position = await lockReader(tx, READER);
    if (position === undefined) return false;
    const end = await lastPosition(tx);
    if (end === position) return false;
    const events = await readEvents(tx, { after: position, limit: BATCH_EVENTS }, { networkId });
    const ctx = await openContext(runtime, { networkId, actor: { kind: 'system' } }, tx);
    await note(ctx, tx, events, now() + debounceMs);
    const isFull = events.length === BATCH_EVENTS;
    await moveReader(tx, READER, isFull ? events.at(-1)!.position : end);
    return isFull;
  });
}

async function note(ctx: Context, tx: Transaction, events: readonly StoredEvent[], dueAt: EpochMs): Promise<void> {
  for (const operatorId of new Set(events.flatMap((event) => operatorOf(event) ?? []))) await store.noteOperator(tx, operatorId, dueAt);
  const touched = new Set(events.flatMap(touchesOf));
  const locations = new Map<string, Location>();
  for (const location of await loadLocationsByIds(tx, [...touched].filter((id) => id.startsWith('loc_')))) locations.set(location.id, location);
  for (const id of [...touched].filter((one) => one.startsWith('evse_'))) {
    const location = await locationOf(ctx, id);
    if (location) locations.set(location.id, location);
  }
  for (const location of [...locations.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) await store.noteLocation(tx, location, dueAt);
}

/** Undefined for what is retired. */
async function locationOf(ctx: Context, evseId: string): Promise<Location | undefined> {
  try {
    return await getLocationOf(ctx, 'evse', evseId);
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

const touchesOf = ({ touches }: StoredEvent): string[] => touches.filter((id) => id.startsWith('loc_') || id.startsWith('evse_'));

/** Whose prices or policy have changed. */
function operatorOf({ object, data }: StoredEvent): string | undefined {
  const isOfAll = object === 'policy' || RULE_KINDS.includes(object as RuleKind);
  return isOfAll && typeof data.operatorId === 'string' ? data.operatorId : undefined;
}
