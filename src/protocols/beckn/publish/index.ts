/** Publishes our catalogue to the catalogue (discovery) service of a network of Beckn 2.0 rc. */
import { SECOND_MS } from '../../../platform/clock/index.ts';
import type { EventWorker } from '../../../platform/events/index.ts';
import type { Exchange } from '../exchange/index.ts';
import { followChanges, noteAll } from './follow.ts';
import { publishDue, type CatalogService } from './publish.ts';

export { outcomeHandler } from './outcome.ts';
export { listCatalogs, type PublishedCatalog } from './store-catalogs.ts';
export type { CatalogService } from './publish.ts';

const LOOK_MS = SECOND_MS;

export interface Publishing {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Any number of processes may do it at once. */
export function createPublishing(exchange: Exchange, service: CatalogService): Publishing {
  let following: EventWorker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;
  const publishAll = async (): Promise<void> => {
    while (await publishDue(exchange, service)); // batch after batch
  };
  const look = (): void => {
    working ??= publishAll().catch(exchange.onError).finally(() => (working = undefined));
  };
  return {
    start: async () => {
      await noteAll(exchange);
      following = followChanges(exchange, service.debounceMs);
      timer = setInterval(look, LOOK_MS);
    },
    stop: async () => {
      clearInterval(timer);
      await following?.stop();
      await working;
    },
  };
}
