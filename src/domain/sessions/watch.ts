/**
 * Tells whoever watches a session what becomes of it (SES-21). However many watch it in this process, it is looked at once for each change: at once when
 * this process takes readings of it or an event tells of it, and every few seconds for what another process took.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { SECOND_MS } from '../../platform/clock/index.ts';
import { inContext, type Runtime } from '../organisations/index.ts';
import { isFollowable, liveOf, type LiveSession } from './live.ts';
import * as store from './store.ts';

export interface SessionWatcher {
  state(live: LiveSession): void;
  /** no more will come: it is over, or can't be looked at any more */
  ended(): void;
}

export interface SessionWatch {
  /** This process has taken readings of these sessions. */
  noteReadings(sessionIds: readonly string[]): void;
  /** Calls the watcher with what is known now, and with each change. Gives how to stop. */
  watch(networkId: string, sessionId: string, watcher: SessionWatcher): () => void;
  stop(): void;
}

interface Watched {
  watchers: Set<SessionWatcher>;
  last: LiveSession | undefined;
  wake(): void;
  isOver: boolean;
}

const SYSTEM = { kind: 'system' } as const;
const POLL_MS = 5 * SECOND_MS;
/** What flows is shown anew so often while nothing is told. */
const POLLS_UNTIL_ANEW = 3;
/** Changes that come closer together are shown as one. */
const GATHERING_MS = 250;

export function createSessionWatch(runtime: Runtime, { onError, pollMs = POLL_MS }: { onError(error: Error): void; pollMs?: number }): SessionWatch {
  const watched = new Map<string, Watched>();
  const unfollow = runtime.events.follow((events) => {
    for (const { object, objectId } of events) if (object === 'session') watched.get(objectId)?.wake();
  });
  const end = (sessionId: string, one: Watched): void => {
    one.isOver = true;
    if (watched.get(sessionId) === one) watched.delete(sessionId);
    one.wake();
    for (const watcher of one.watchers) watcher.ended();
    one.watchers.clear();
  };
  const follow = async (networkId: string, sessionId: string, one: Watched): Promise<void> => {
    let mark = '';
    let polls = 0;
    while (!one.isOver) {
      const woken = new Promise<void>((resolve) => (one.wake = resolve)); // before looking: what comes meanwhile wakes it
      const now = await store.markOf(runtime.database, sessionId);
      polls += 1;
      if (now !== mark || polls >= POLLS_UNTIL_ANEW) {
        [mark, polls] = [now, 0];
        const live = await inContext(runtime, { networkId, actor: SYSTEM }, async (ctx) => liveOf(ctx, (await store.findSession(ctx.tx, sessionId))!));
        one.last = live;
        for (const watcher of one.watchers) watcher.state(live);
        if (!isFollowable(live.session)) return end(sessionId, one);
      }
      const stop = new AbortController();
      await Promise.race([woken, pause(pollMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)]);
      stop.abort();
      await pause(GATHERING_MS, undefined, { ref: false });
    }
  };
  return {
    noteReadings: (ids) => ids.forEach((id) => watched.get(id)?.wake()),
    watch: (networkId, sessionId, watcher) => {
      let one = watched.get(sessionId);
      if (one) {
        one.watchers.add(watcher);
        if (one.last) watcher.state(one.last);
      } else {
        const fresh: Watched = { watchers: new Set([watcher]), last: undefined, wake: () => undefined, isOver: false };
        one = fresh;
        watched.set(sessionId, fresh);
        void follow(networkId, sessionId, fresh).catch((error: Error) => {
          onError(error);
          end(sessionId, fresh);
        });
      }
      const mine = one;
      return () => {
        mine.watchers.delete(watcher);
        if (mine.watchers.size === 0 && !mine.isOver) end(sessionId, mine);
      };
    },
    stop: () => {
      unfollow();
      for (const [id, one] of watched) end(id, one);
    },
  };
}
