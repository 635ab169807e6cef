import type { EpochMs } from '../../../platform/clock/index.ts';
import type { Transaction } from '../../../platform/database/index.ts';
import type { Jobs } from '../../../platform/jobs/index.ts';

export const DELIVER = 'webhook.deliver';

/** The kinds of jobs that webhooks need a queue for. */
export const WEBHOOK_JOB_KINDS = [DELIVER] as const;

export interface DeliverPayload {
  deliveryId: string;
  /** 1 for the first; the job does nothing when the outcome of that attempt is known already */
  attempt: number;
}

/**
 * Enqueues an attempt in the caller's transaction. The key carries its number, since the job of the attempt before is still
 * running when this one is added.
 */
export async function enqueueAttempt(jobs: Jobs, tx: Transaction, payload: DeliverPayload, runAt?: EpochMs): Promise<void> {
  const key = `${payload.deliveryId}:${payload.attempt}`;
  await jobs.enqueue(tx, DELIVER, payload, runAt === undefined ? { key } : { key, runAt });
}
