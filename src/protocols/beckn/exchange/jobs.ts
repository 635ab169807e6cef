/** The jobs that catch what the process that took a message did not get done. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import type { Transaction } from '../../../platform/database/index.ts';
import type { Jobs } from '../../../platform/jobs/index.ts';

export const DELIVER = 'beckn.deliver';
export const ANSWER = 'beckn.answer';

/** The kinds of jobs that Beckn needs a queue for. */
export const BECKN_JOB_KINDS: readonly string[] = [DELIVER, ANSWER];

export async function enqueueDelivery(jobs: Jobs, tx: Transaction, id: string, attempt: number, runAt: EpochMs): Promise<void> {
  await jobs.enqueue(tx, DELIVER, { id }, { key: `${id}:${attempt}`, runAt });
}

export async function enqueueAnswering(jobs: Jobs, tx: Transaction, id: string, runAt: EpochMs): Promise<void> {
  await jobs.enqueue(tx, ANSWER, { id }, { key: id, runAt });
}
