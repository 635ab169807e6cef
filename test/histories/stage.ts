/** What those who act in a history know: what they were told, as they were told it last. */
import type { Json } from '../support/api.ts';
import { isDone, shownIn, type Call, type Wish } from './calls.ts';
import type { Caller, Network } from './network.ts';
import type { Random } from '../support/random.ts';

export interface Stage {
  network: Network;
  /** the network's time, as it was planned */
  now: number;
  /** each as it was shown last, in the order in which they became known, with who is to act for it */
  reservations: Map<string, Known>;
  series: Map<string, Known>;
  sessions: Map<string, Known>;
  outages: Map<string, Known>;
  blocks: Map<string, Known>;
  conflicts: Map<string, Known>;
  /** places in the waitlist */
  entries: Map<string, Known>;
  /** EVSEs that were retired and not added again */
  retired: Set<string>;
}

export interface Known {
  shown: Json;
  /** who made it */
  by: Caller;
}

export interface Action {
  /** how often it is chosen, among the others */
  weight: number;
  /** undefined when there is nothing yet to do it to */
  wish(stage: Stage, random: Random): Wish | undefined;
  /** what it may be refused with */
  refusals: readonly string[];
}

export function openStage(network: Network): Stage {
  const empty = () => new Map<string, Known>();
  return {
    network, now: network.startsAt, reservations: empty(), series: empty(), sessions: empty(), outages: empty(), blocks: empty(), conflicts: empty(),
    entries: empty(), retired: new Set(),
  };
}

const KINDS: Record<string, 'reservations' | 'series' | 'sessions' | 'outages' | 'blocks' | 'conflicts' | 'entries'> = {
  reservation: 'reservations', reservation_series: 'series', session: 'sessions', outage: 'outages', block: 'blocks', conflict: 'conflicts',
  waitlist_entry: 'entries',
};

/** Takes note of what an answer shows. */
export function learn(stage: Stage, call: Call): void {
  if (!isDone(call)) return;
  if (call.name === 'retire') stage.retired.add(call.path.split('/').at(-1)!);
  for (const shown of shownIn(call)) {
    if (shown.object === 'evse') stage.retired.delete(shown.id);
    const kind = KINDS[shown.object];
    if (kind === undefined) continue;
    if (shown.deleted) {
      stage[kind].delete(shown.id);
      continue;
    }
    const before = stage[kind].get(shown.id);
    if (before && shown.version < before.shown.version) continue; // of several at once, an older answer that came later
    stage[kind].set(shown.id, { shown, by: before?.by ?? call.as });
  }
}

export const ofStatus = (known: ReadonlyMap<string, Known>, ...statuses: string[]): Known[] => [...known.values()].filter(({ shown }) => statuses.includes(shown.status));
export const iso = (at: number): string => new Date(at).toISOString();
