/**
 * Messages of live networks on their way (NTC-8):
 *
 *   pending ──taken by the provider──────────────────────────────▶ sent
 *      │ ▲
 *      │ └── any other outcome, and there is a next attempt
 *      └──── refused for good, too late, or the last attempt ─────▶ failed
 */
import { HOUR_MS, MINUTE_MS, SECOND_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { Transaction } from '../../platform/database/index.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import { inContext, type Context, type Runtime } from '../organisations/index.ts';
import type { Notice, NoticeSenders, OutgoingNotice, SendOutcome } from './notice.ts';
import { deletePushSubscription, findPushSubscription } from './store-contacts.ts';
import * as store from './store.ts';

const SEND = 'notices.send';
/** The kinds of jobs that messages need a queue for. */
export const NOTICE_JOB_KINDS: readonly string[] = [SEND];

export interface DeliveryOptions {
  senders: NoticeSenders;
  /** told of what has failed for good, by the notice's id and a word, never by its text */
  onFailed(failed: { id: string; channel: string; kind: string; failure: string }): void;
  retryDelaysMs?: readonly number[];
}

interface AttemptPayload {
  noticeId: string;
  /** 1 for the first; the job does nothing when the outcome of that attempt is known already */
  attempt: number;
}

/** Waits after the first failed attempt, after the second, and so on. */
const RETRY_DELAYS_MS: readonly number[] = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS];
/** What kills the process must not go on for ever: an attempt that was begun twice without an outcome is not begun a third time. */
const MOST_BEGINNINGS = 2;
const CONCURRENCY = 4;
const SYSTEM = { kind: 'system' } as const;

export async function enqueueAttempt(jobs: Jobs, tx: Transaction, payload: AttemptPayload, runAt?: EpochMs): Promise<void> {
  const key = `${payload.noticeId}:${payload.attempt}`;
  await jobs.enqueue(tx, SEND, payload, runAt === undefined ? { key } : { key, runAt });
}

/** Starts sending in this process. */
export async function startNoticeDelivery(runtime: Runtime, options: DeliveryOptions): Promise<void> {
  await runtime.jobs.handle(SEND, (payload) => attemptNotice(runtime, options, payload as AttemptPayload), { concurrency: CONCURRENCY });
}

/** Makes one attempt and writes its outcome down with the job of the next one. A run that finds the outcome known does nothing. */
export async function attemptNotice(runtime: Runtime, options: DeliveryOptions, { noticeId, attempt }: AttemptPayload): Promise<void> {
  const notice = await runtime.database.transaction((tx) => store.beginAttempt(tx, noticeId, attempt));
  if (!notice) return;
  const { now, keys } = await inContext(runtime, { networkId: notice.networkId, actor: SYSTEM }, async (ctx) => ({ now: ctx.now, keys: await keysOf(ctx, notice) }));
  const outcome = await send(options, notice, keys, now);
  await inContext(runtime, { networkId: notice.networkId, actor: SYSTEM }, (ctx) => settle(ctx, options, notice, attempt, outcome));
}

async function keysOf(ctx: Context, { pushSubscriptionId }: Notice): Promise<OutgoingNotice['keys']> {
  const found = pushSubscriptionId === null ? undefined : await findPushSubscription(ctx.tx, pushSubscriptionId);
  return found ? { p256dh: found.p256dh, auth: found.auth } : null;
}

async function send({ senders }: DeliveryOptions, notice: Notice, keys: OutgoingNotice['keys'], now: EpochMs): Promise<SendOutcome> {
  const sender = senders.get(notice.channel);
  if (!sender) return { failure: 'no_sender', isFinal: true };
  if (notice.begun > MOST_BEGINNINGS) return { failure: 'interrupted', isFinal: true };
  if (notice.sendBefore !== null && notice.sendBefore <= now) return { failure: 'too_late', isFinal: true };
  if (notice.channel === 'push' && keys === null) return { failure: 'subscription_gone', isFinal: true };
  const { id, kind, language, title, text, recipient, about, sendBefore } = notice;
  return sender.send({ id, kind, language, title: title ?? '', text: text ?? '', recipient: recipient!, about, keys, sendBefore });
}

async function settle(ctx: Context, options: DeliveryOptions, notice: Notice, attempt: number, outcome: SendOutcome): Promise<void> {
  const delayMs = (options.retryDelaysMs ?? RETRY_DELAYS_MS)[attempt - 1];
  const failure = 'sent' in outcome ? null : outcome.failure;
  const isOver = 'sent' in outcome || outcome.isFinal || delayMs === undefined;
  const status = !isOver ? 'pending' : failure === null ? 'sent' : 'failed';
  if (!(await store.endAttempt(ctx.tx, notice.id, attempt, { status, failure }))) return;
  if (!('sent' in outcome) && outcome.isGone && notice.pushSubscriptionId !== null) await deletePushSubscription(ctx.tx, notice.driverId, notice.pushSubscriptionId);
  if (status === 'pending') return enqueueAttempt(ctx.jobs, ctx.tx, { noticeId: notice.id, attempt: attempt + 1 }, ctx.now + delayMs!);
  if (failure !== null) await tellFailed(ctx, options, notice, failure);
}

/** What an event tells of a message: nothing that a driver was told. */
export type NoticeEventData = Pick<Notice, 'id' | 'networkId' | 'organisationId' | 'driverId' | 'channel' | 'kind' | 'about' | 'status' | 'failure' | 'createdAt'>;

async function tellFailed(ctx: Context, { onFailed }: DeliveryOptions, notice: Notice, failure: string): Promise<void> {
  const { id, networkId, organisationId, driverId, channel, kind, about, createdAt } = notice;
  const data: NoticeEventData = { id, networkId, organisationId, driverId, channel, kind, about, status: 'failed', failure, createdAt };
  await ctx.emit({ type: 'notice.failed', object: 'notice', objectId: id, objectVersion: 2, isPublic: false, audience: [organisationId], touches: [], data });
  ctx.tx.afterCommit(() => onFailed({ id, channel, kind, failure }));
}
