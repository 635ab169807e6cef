import { audit, openContext, type Runtime } from '../../../domain/organisations/index.ts';
import { processNow, type EpochMs } from '../../../platform/clock/index.ts';
import type { Transaction } from '../../../platform/database/index.ts';
import type { Outbound } from '../../../platform/outbound/index.ts';
import { DISABLE_AFTER_MS, isTaken, nextAttemptAt, RETRY_DELAYS_MS, type Attempt, type AttemptFailure } from './delivery.ts';
import type { DisabledReason } from './endpoint.ts';
import { DELIVER, enqueueAttempt, type DeliverPayload } from './enqueue.ts';
import { liveSecrets, signedHeaders } from './signature.ts';
import { claimAttempt, recordAttempt, type Claim } from './store-deliveries.ts';
import * as store from './store.ts';

export interface DeliveryOptions {
  outbound: Outbound;
  /** most calls at a time in this process */
  concurrency?: number;
  /** waits between attempts, in place of Standard Webhooks' schedule, for tests */
  retryDelaysMs?: readonly number[];
  /** real time */
  now?: () => EpochMs;
  random?: () => number;
}

const DEFAULT_CONCURRENCY = 8;
const GONE = 410;
/** An attempt that was begun twice without an outcome is not begun a third time: what kills the process must not go on for ever. */
const MAX_SENDS = 2;
const USER_AGENT = 'Plugtime-Webhooks/1 (+https://www.standardwebhooks.com)';

/** Starts working on deliveries in this process. The queue of the kinds in `WEBHOOK_JOB_KINDS` must exist. */
export async function startWebhookDelivery(runtime: Runtime, options: DeliveryOptions): Promise<void> {
  const { concurrency = DEFAULT_CONCURRENCY } = options;
  await runtime.jobs.handle(DELIVER, (payload) => attemptDelivery(runtime, options, payload as DeliverPayload), { concurrency });
}

/**
 * Makes one attempt: claims it, sends, and writes down the outcome together with the job of the next attempt. A run that
 * finds the outcome known does nothing, so a job may run as often as it likes.
 */
export async function attemptDelivery(runtime: Runtime, options: DeliveryOptions, { deliveryId, attempt }: DeliverPayload): Promise<void> {
  const claim = await claimAttempt(runtime.database, deliveryId, attempt);
  if (!claim) return;
  const { now = processNow } = options;
  const startedAt = now();
  const unsent = reasonNotToSend(claim);
  const entry = unsent ? { ...unsentEntry(claim, startedAt), ...unsent } : await send(options.outbound, claim, startedAt);
  await runtime.database.transaction((tx) => settle(runtime, options, tx, claim, entry, now()));
}

function reasonNotToSend({ isEnabled, sends }: Claim): { failure: AttemptFailure; detail: string } | undefined {
  if (!isEnabled) return { failure: 'endpoint_disabled', detail: 'The endpoint was disabled or deleted before the event was sent.' };
  if (sends > MAX_SENDS) return { failure: 'interrupted', detail: 'The attempt was begun and interrupted; it may have reached the receiver.' };
  return undefined;
}

function unsentEntry({ attempt }: Claim, at: EpochMs): Attempt {
  return { attempt, at, status: null, failure: null, detail: null, durationMs: 0, responseStart: null };
}

async function send(outbound: Outbound, claim: Claim, now: EpochMs): Promise<Attempt> {
  const { body } = claim;
  const signed = signedHeaders(claim.eventId, body, liveSecrets(claim, now), now);
  const headers = { 'content-type': 'application/json', 'user-agent': USER_AGENT, ...signed };
  const result = await outbound.post(claim.url, { headers, body });
  const { failure, detail } = 'failure' in result ? result : { failure: null, detail: null };
  const { status = null, bodyStart = null, durationMs } = result;
  return { attempt: claim.attempt, at: now, status, failure, detail, durationMs, responseStart: bodyStart };
}

/** Writes down what came of an attempt, and what follows from it. */
async function settle(runtime: Runtime, options: DeliveryOptions, tx: Transaction, claim: Claim, entry: Attempt, now: EpochMs): Promise<void> {
  const { deliveryId, endpointId, attempt, url } = claim;
  const taken = isTaken(entry.status);
  const isFinal = taken || !claim.isEnabled || entry.status === GONE;
  const next = isFinal ? undefined : nextAttemptAt(attempt, now, (options.random ?? Math.random)(), options.retryDelaysMs ?? RETRY_DELAYS_MS);
  const status = taken ? 'succeeded' : next === undefined ? 'failed' : 'pending';
  if (!(await recordAttempt(tx, deliveryId, entry, { status, nextAttemptAt: next, now }))) return;
  if (taken) return store.noteSuccess(tx, endpointId);
  if (!claim.isEnabled) return;
  if (entry.failure !== 'interrupted') await store.noteFailure(tx, endpointId, url, entry.at); // that one is not the endpoint's fault
  if (next !== undefined) return enqueueAttempt(runtime.jobs, tx, { deliveryId, attempt: attempt + 1 }, next);
  if (entry.status === GONE) return disable(runtime, tx, claim, 'gone');
  if (await store.isFailingSince(tx, endpointId, now - DISABLE_AFTER_MS)) await disable(runtime, tx, claim, 'failing');
}

async function disable(runtime: Runtime, tx: Transaction, { networkId, endpointId, url }: Claim, reason: DisabledReason): Promise<void> {
  const ctx = await openContext(runtime, { networkId, actor: { kind: 'system' } }, tx);
  if (!(await store.disableEndpoint(tx, endpointId, url, reason, ctx.now))) return;
  await audit(ctx, 'webhook_endpoint.disable', 'webhook_endpoint', endpointId, { reason });
}
