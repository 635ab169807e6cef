/** Looks again and again for what is due: what a process that is gone has left unanswered or unsent, and what is to be tried again. */
import { SECOND_MS } from '../../../platform/clock/index.ts';
import { answerReceived } from './answer.ts';
import { deliver } from './deliver.ts';
import type { Exchange } from './exchange.ts';
import { ANSWERED_WITHIN_MS, takeDue } from './store.ts';
import { listDue } from './store-sent.ts';

const LOOK_EVERY_MS = SECOND_MS;
const AT_ONCE = 100;

export interface Looking {
  stop(): Promise<void>;
}

export function startLooking(exchange: Exchange): Looking {
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look(exchange).catch(exchange.onError).finally(() => (looking = undefined));
  }, LOOK_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

/** Begins what is due, as far as this process has not begun it already; `exchange.settled()` waits for it. */
export async function look(exchange: Exchange): Promise<void> {
  const { runtime: { database }, answering, delivering } = exchange;
  const now = exchange.now();
  for (const id of await takeDue(database, { now, nextAt: now + ANSWERED_WITHIN_MS, limit: AT_ONCE })) answering.add(id, () => answerReceived(exchange, id));
  for (const id of await listDue(database, now, AT_ONCE)) delivering.add(id, () => deliver(exchange, id));
}
