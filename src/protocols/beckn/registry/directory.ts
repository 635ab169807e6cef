/** The registries that are configured, asked in their order, and what they said kept for a while. */
import { MINUTE_MS, processNow, SECOND_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { Refused } from '../refusal.ts';
import type { Registry, Subscriber } from './subscriber.ts';

export interface Directory {
  /**
   * What is known of a subscriber's key. Throws `registry_unavailable` when a registry can't be asked and nothing is kept.
   * @param isFresh asks the registries, whatever is kept; of one key no oftener than every few seconds
   */
  find(subscriberId: string, keyId: string | undefined, isFresh?: boolean): Promise<Subscriber[]>;
}

export interface DirectoryOptions {
  keptMs?: number;
  /** how long it is believed that a subscriber is unknown */
  missingKeptMs?: number;
  /** the least time between two fresh look-ups of a key: who signs wrongly shall not make us ask for every message */
  freshEveryMs?: number;
  /** for how long what is kept does while registries can't be asked */
  staleMs?: number;
  now?: () => EpochMs;
}

const MOST_KEPT = 10_000;

interface Kept {
  at: EpochMs;
  until: EpochMs;
  found: Promise<Subscriber[]>;
}

export function createDirectory(registries: readonly Registry[], options: DirectoryOptions = {}): Directory {
  const { keptMs = 5 * MINUTE_MS, missingKeptMs = 30 * SECOND_MS, freshEveryMs = 5 * SECOND_MS, staleMs = 60 * MINUTE_MS, now = processNow } = options;
  const kept = new Map<string, Kept>();

  const look = (name: string, subscriberId: string, keyId: string | undefined, before: Kept | undefined): Promise<Subscriber[]> => {
    const at = now();
    const found = askAll(registries, subscriberId, keyId).then((subscribers) => {
      entry.until = keptUntil(subscribers, at, subscribers.length > 0 ? keptMs : missingKeptMs);
      return subscribers;
    }, async (error: Error) => {
      if (kept.get(name) === entry) kept.delete(name);
      const last = before && at < before.at + staleMs ? await before.found : [];
      if (last.length === 0) throw error;
      kept.set(name, { ...before!, until: at + freshEveryMs });
      return last;
    });
    const entry: Kept = { at, until: at + keptMs, found };
    kept.delete(name);
    kept.set(name, entry); // the newest stands last
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
    return found;
  };

  return {
    find: async (subscriberId, keyId, isFresh = false) => {
      const name = JSON.stringify([subscriberId, keyId]);
      const known = kept.get(name);
      const isGood = known !== undefined && (isFresh ? now() < known.at + freshEveryMs : now() < known.until);
      return isGood ? known.found : look(name, subscriberId, keyId, known);
    },
  };
}

/** The first registry that knows the subscriber decides. One that can't be asked matters only when no other knows. */
async function askAll(registries: readonly Registry[], subscriberId: string, keyId: string | undefined): Promise<Subscriber[]> {
  let failure: Error | undefined;
  for (const registry of registries) {
    try {
      const found = await registry.find(subscriberId, keyId);
      if (found.length > 0) return found;
    } catch (error) {
      failure ??= error instanceof Refused ? error : new Refused('registry_unavailable', 'The registry could not be asked.');
    }
  }
  if (failure) throw failure;
  return [];
}

/** No longer than the keys are valid. */
function keptUntil(found: readonly Subscriber[], at: EpochMs, ms: number): EpochMs {
  return Math.min(at + ms, ...found.flatMap(({ validUntil }) => (validUntil !== undefined && validUntil > at ? [validUntil] : [])));
}
