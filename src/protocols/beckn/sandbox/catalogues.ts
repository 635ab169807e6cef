/** What the stand-in of a catalogue service makes of what is published to it. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import { isFields, parseContext, writeContext, type Fields } from '../wire/index.ts';

/** Catalogues as they were published last, by their ids. */
export type Shelf = Map<string, Fields>;

const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** Puts the catalogues of a message on the shelf, each in place of the one before, and gives the body of `on_catalog_publish`. */
export function takeCatalogs(shelf: Shelf, body: Fields, service: { id: string; uri: string; now: EpochMs }): Fields {
  const { transactionId, messageId, version, domain } = parseContext(body);
  const results = listOf(isFields(body.message) ? body.message['catalogs'] : undefined).map((catalog, i) => takeOne(shelf, catalog, i));
  const context = writeContext({
    generation: 'C', action: 'on_catalog_publish', version, domain, bppId: service.id, bppUri: service.uri, transactionId, messageId, now: service.now,
  });
  return { context, message: { results } };
}

/** What nobody could order, for want of a price, is not taken. */
function takeOne(shelf: Shelf, catalog: Fields, index: number): Fields {
  const id = String(catalog['beckn:id']);
  const priced = new Set(listOf(catalog['beckn:offers']).filter((offer) => isFields(offer['beckn:price'])).flatMap((offer) => offer['beckn:items'] as string[]));
  const items = listOf(catalog['beckn:items']);
  const kept = items.filter((item) => priced.has(item['beckn:id'] as string));
  shelf.set(id, { ...catalog, 'beckn:items': kept });
  if (kept.length === items.length) return { catalog_id: id, status: 'ACCEPTED', item_count: kept.length };
  const refused = items.flatMap((item, n) => (kept.includes(item) ? [] : [{ path: `catalogs[${index}].items[${n}]`, id: item['beckn:id'] }]));
  const error = { code: 'NO_OFFER', message: `No offer has a price for ${refused.length} items.`, details: { items: refused } };
  return { catalog_id: id, status: kept.length === 0 ? 'REJECTED' : 'PARTIAL', item_count: kept.length, error };
}
