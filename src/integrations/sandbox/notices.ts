/** Notices of the sandbox provider: durable, signed, and, where the tester wants it, late or twice. They go in by the same door as those of other providers. */
import { takeNotice, type Providers } from '../../domain/payments/index.ts';
import type { Runtime } from '../../domain/organisations/index.ts';
import { processNow } from '../../platform/clock/index.ts';
import type { Transaction } from '../../platform/database/index.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import { SANDBOX, signatureOf } from './provider.ts';

export const SANDBOX_NOTICE = 'sandbox_payment.notice';

interface NoticePayload {
  paymentId: string;
}

/** Has a notice sent, after so many seconds; `nth` tells several about the same apart. */
export async function sendNotice(jobs: Jobs, tx: Transaction, paymentId: string, { afterSeconds, nth }: { afterSeconds: number; nth: number }): Promise<void> {
  const payload: NoticePayload = { paymentId };
  await jobs.enqueue(tx, SANDBOX_NOTICE, payload, { key: `${paymentId}:${nth}:${processNow()}`, ...(afterSeconds > 0 ? { runAt: processNow() + afterSeconds * 1_000 } : {}) });
}

/** Starts sending notices in this process. */
export async function startSandboxNotices(runtime: Runtime, providers: Providers, secret: string): Promise<void> {
  await runtime.jobs.handle(SANDBOX_NOTICE, async (payload) => {
    const body = JSON.stringify({ paymentId: (payload as NoticePayload).paymentId });
    await takeNotice(runtime, providers, SANDBOX, { 'sandbox-signature': signatureOf(secret, body) }, body);
  }, { concurrency: 1 });
}
