/** A reader that keeps its position in the database: it works through the events batch after batch, woken by new ones, and looks by itself now and then. */
import type { EventLog } from './event-log.ts';
import type { StoredEvent } from './read.ts';

export interface WorkThrough {
  /** works on the next batch, in this process or, where another has the reader's row, not at all; whether there may be more */
  batch(): Promise<boolean>;
  /** whether a new event is any of its business; all are unless told */
  concerns?(event: StoredEvent): boolean;
  pollMs?: number;
  /** a batch that fails is told, and tried again later */
  onError(error: Error): void;
}

const POLL_MS = 3_000;

export interface EventWorker {
  /** Stops after the batch that is being worked on. */
  stop(): Promise<void>;
}

export function workThrough(events: Pick<EventLog, 'follow'>, { batch, concerns = () => true, pollMs = POLL_MS, onError }: WorkThrough): EventWorker {
  let isStopped = false;
  let isWoken = true; // what was appended before the start is waiting already
  let endPause = (): void => undefined;
  const pause = (): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, pollMs);
    endPause = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  const run = async (): Promise<void> => {
    while (!isStopped) {
      isWoken = false;
      const hasMore = await batch().catch((error: Error) => {
        onError(error);
        return false;
      });
      if (!hasMore && !isWoken && !isStopped) await pause();
    }
  };
  const unfollow = events.follow((appended) => {
    if (appended.length > 0 && !appended.some(concerns)) return;
    isWoken = true;
    endPause();
  });
  const running = run();
  return {
    stop: async () => {
      isStopped = true;
      unfollow();
      endPause();
      await running;
    },
  };
}
