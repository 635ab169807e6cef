/**
 * BKC-20, BKC-21: publishes the catalogue of each location that is due, several in a message. One location:
 *
 *   new ──due──▶ sent ──on_catalog_publish──▶ accepted | partial | rejected ──a change, or six hours──▶ sent ──▶ …
 *                 └──nobody answers: sent again
 */
import { createHash } from 'node:crypto';
import { MINUTE_MS } from '../../../platform/clock/index.ts';
import type { Transaction } from '../../../platform/database/index.ts';
import { openContext, type Context } from '../../../domain/organisations/index.ts';
import { loadLocationsByIds, type Location } from '../../../domain/stations/index.ts';
import { placeWhole } from '../catalogue.ts';
import { request, type Exchange } from '../exchange/index.ts';
import { catalogOfPlace } from '../handlers/c/index.ts';
import type { Fields } from '../wire/index.ts';
import { REFRESH_MS } from './follow.ts';
import * as store from './store-catalogs.ts';

/** Where catalogues go. */
export interface CatalogService {
  /** where `catalog_publish` is posted to */
  url: string;
  subscriberId: string;
  domain: string;
  /** how long several changes are waited for */
  debounceMs: number;
}

/** What nobody has answered is sent again after this. */
export const UNANSWERED_MS = 10 * MINUTE_MS;
const MOST_CATALOGS = 20;
const MOST_ITEMS = 300;

/** One batch of what is due; tells whether there may be more. */
export async function publishDue(exchange: Exchange, service: CatalogService): Promise<boolean> {
  const { runtime, settings: { networkId }, now } = exchange;
  return runtime.database.transaction(async (tx) => {
    const due = await store.lockDue(tx, networkId, now(), MOST_CATALOGS);
    if (due.length === 0) return false;
    const ctx = await openContext(runtime, { networkId, actor: { kind: 'system' } }, tx);
    const locations = new Map((await loadLocationsByIds(tx, due.map(({ locationId }) => locationId))).map((location) => [location.id, location]));
    let part: Published[] = [];
    for (const known of due) {
      const location = locations.get(known.locationId);
      const catalog = location && await catalogOf(ctx, exchange, location);
      if (!catalog || isKnown(known, catalog)) await store.setDue(tx, known.locationId, now() + REFRESH_MS);
      else {
        if (part.length > 0 && itemsOf(part) + countOf(catalog) > MOST_ITEMS) {
          await send(exchange, tx, service, part);
          part = [];
        }
        part.push({ locationId: known.locationId, catalog });
      }
    }
    if (part.length > 0) await send(exchange, tx, service, part);
    return due.length === MOST_CATALOGS;
  });
}

interface Published {
  locationId: string;
  catalog: Fields;
}

const countOf = (catalog: Fields): number => (catalog['beckn:items'] as unknown[]).length;
const itemsOf = (part: readonly Published[]): number => part.reduce((sum, { catalog }) => sum + countOf(catalog), 0);
const digestOf = (catalog: Fields): string => createHash('sha256').update(JSON.stringify(catalog)).digest('base64url');

/** What the service has answered, and has not changed since, is not sent again (check 45). What was never sent, and is empty, is not either. */
function isKnown({ digest, status, answeredAt, sentAt }: store.PublishedCatalog, catalog: Fields): boolean {
  if (status === 'new') return countOf(catalog) === 0;
  const isFresh = sentAt !== null && answeredAt !== null && status !== 'sent';
  return isFresh && digest === digestOf(catalog);
}

/** One that nobody may see any more is told to be there no more. */
async function catalogOf(ctx: Context, { settings }: Exchange, location: Location): Promise<Fields> {
  const publisher = { id: settings.subscriberId, uri: settings.url(), startAddress: settings.startAddress };
  return catalogOfPlace(ctx, await placeWhole(ctx, location), publisher, location.publish && location.retiredAt === undefined);
}

async function send(exchange: Exchange, tx: Transaction, { url, subscriberId, domain }: CatalogService, part: readonly Published[]): Promise<void> {
  const { transactionId } = await request(exchange, tx, {
    generation: 'C', action: 'catalog_publish', version: '2.0.0', domain, url, providerId: subscriberId, isPublishing: true,
    body: { message: { catalogs: part.map(({ catalog }) => catalog) } },
  });
  const at = exchange.now();
  for (const { locationId, catalog } of part) await store.setSent(tx, locationId, { digest: digestOf(catalog), transactionId, at, dueAt: at + UNANSWERED_MS });
}
