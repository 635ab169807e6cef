/** In a process of its own: a client that does its operations one after another, says of each what came of it, and may be killed at any time. */
import { pend, post, transfer, voidPending, type Transfer } from '../../src/domain/payments/index.ts';
import { DomainError } from '../../src/platform/errors/index.ts';
import { randomFrom } from '../support/random.ts';
import { keyOf, operationsOf, partOf, type Operation } from './operations.ts';
import { openHand, type Hand, type Stage } from './stage.ts';

export interface ClientJob {
  url: string;
  stage: Stage;
  seed: number;
  client: number;
  /** from this operation up to and without that */
  from: number;
  to: number;
  /** of operations before that: the transfers that they have made */
  made: [operation: number, id: string][];
}

/** What a client says. */
export type Said =
  | { ready: true }
  /** made: a transfer's id; else why not */
  | { operation: number; id?: string; refusal?: string }
  /** an operation that was done again, and has become another transfer */
  | { doubled: number }
  | { done: true; cpuSeconds: number };

const REPEATED_PERCENT = 3;
const say = (said: Said): void => void process.send?.(said);

process.once('disconnect', () => process.exit()); // nobody is left to hear it
process.once('message', (job: ClientJob) => void work(job));

async function work(job: ClientJob): Promise<void> {
  const hand = await openHand(job.url, 2);
  const operations = operationsOf(job.stage.tills, job.seed, job.client, job.to);
  const made = new Map(job.made);
  const random = randomFrom(job.seed + job.client + job.from);
  const go = new Promise((resolve) => process.once('message', resolve));
  say({ ready: true });
  await go;
  const cpu = process.cpuUsage();
  const doIt = (i: number) => perform(hand, job, operations[i]!, i, made);
  for (let i = job.from; i < job.to; i++) {
    const { id, refusal } = await doIt(i);
    if (id !== undefined) made.set(i, id);
    say({ operation: i, id, refusal });
    if (id !== undefined && random.percent(REPEATED_PERCENT) && (await doIt(i)).id !== id) say({ doubled: i });
  }
  const { user, system } = process.cpuUsage(cpu);
  say({ done: true, cpuSeconds: (user + system) / 1e6 });
}

async function perform(hand: Hand, { stage, client }: ClientJob, operation: Operation, i: number, made: ReadonlyMap<number, string>): Promise<{ id?: string; refusal?: string }> {
  const pendingId = 'of' in operation ? made.get(operation.of) : undefined;
  if ('of' in operation && pendingId === undefined) return { refusal: 'nothing was held' };
  try {
    const { id } = await hand.run(stage.networkId, (ctx): Promise<Transfer> => {
      const idempotencyKey = keyOf(client, i);
      const about = { reason: 'charging', object: 'session', objectId: `ses_${client}`, idempotencyKey } as const;
      switch (operation.do) {
        case 'move': return transfer(ctx, { ...about, legs: operation.legs });
        case 'hold': return pend(ctx, { ...about, legs: operation.legs });
        case 'capture': return post(ctx, { pendingId: pendingId!, idempotencyKey, amountsMinor: operation.legs.map(({ amountMinor }) => partOf(amountMinor, operation.percent)) });
        case 'release': return voidPending(ctx, { pendingId: pendingId!, idempotencyKey });
      }
    });
    return { id };
  } catch (error) {
    if (error instanceof DomainError) return { refusal: error.code };
    throw error;
  }
}
