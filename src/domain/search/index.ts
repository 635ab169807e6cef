/** The in-memory index that answers discovery: put in what changes, search what is there. Pure: no SQL, no clock, no network. */
export type { BookableRule, ConnectorEntry, EvseEntry, SearchEntry } from './entry.ts';
export type {
  ConnectorHit, EvseHit, FreeSlot, SearchHit, SearchPage, SearchQuery, SearchSort, SearchWindow,
} from './query.ts';
export { SEARCH_LIMITS } from './check-query.ts';
export { createSearchIndex, pruneBusy, sizeOf, type SearchIndex, type SearchIndexSize } from './search-index.ts';
export { prepareSearch, putBusy, putLocation, putStatus, removeLocation } from './write.ts';
export { search } from './search.ts';
export { startSearchKeeper, type SearchKeeper } from './keeper.ts';
export type { PriceTeller } from './prices.ts';
export { type LocationSummary } from './summary.ts';
