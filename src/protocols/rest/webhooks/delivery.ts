/**
 * One event on its way to one endpoint:
 *
 *   pending ──answered 2xx──────────────────────────────▶ succeeded
 *      │ ▲
 *      │ └── any other outcome, the schedule has a next attempt
 *      └──── 410, endpoint gone or disabled, schedule at its end ─▶ failed
 *
 * Final states never change; a replay is a delivery of its own.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type EpochMs } from '../../../platform/clock/index.ts';
import type { OutboundFailure } from '../../../platform/outbound/index.ts';

export type DeliveryStatus = 'pending' | 'succeeded' | 'failed';

/**
 * Why an attempt has no answer: what the HTTP client says, and our own reasons: `interrupted` (this process died twice
 * while at it), `endpoint_disabled` (or deleted, meanwhile), `encoding` (the event could not be written down; nothing was sent).
 */
export type AttemptFailure = OutboundFailure | 'interrupted' | 'endpoint_disabled' | 'encoding';

export interface Attempt {
  /** 1 for the first; 0 where nothing was sent at all */
  attempt: number;
  at: EpochMs;
  /** the HTTP status, when there was an answer */
  status: number | null;
  failure: AttemptFailure | null;
  /** a sentence for people, where there is a failure */
  detail: string | null;
  durationMs: number;
  /** the answer's first 500 characters */
  responseStart: string | null;
}

export interface WebhookDelivery {
  id: string;
  endpointId: string;
  /** the `webhook-id` that is sent, the same on every attempt and replay, for receivers to tell repetitions by */
  eventId: string;
  eventType: string;
  /** the exact text that is sent; null where the event could not be encoded */
  body: string | null;
  status: DeliveryStatus;
  /** attempts whose outcome is known */
  attempts: number;
  /** real time; null once final */
  nextAttemptAt: EpochMs | null;
  log: Attempt[];
  /** the delivery that this one repeats */
  replayOf: string | null;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** Standard Webhooks' schedule: waits after the first failed attempt, after the second, and so on; ten attempts in a little over three days. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS,
];

const MAX_JITTER = 0.1;

/** After this much time with nothing but failures an endpoint is disabled, when a delivery has come to the end of its schedule. */
export const DISABLE_AFTER_MS = 5 * DAY_MS;

/**
 * When to try again after the failed attempt number `attempt` (from 1), or undefined when there is no next time. Up to a
 * tenth is added at random, so that what failed together does not come back together.
 *
 * @param random in [0, 1)
 */
export function nextAttemptAt(
  attempt: number, failedAt: EpochMs, random: number, delaysMs: readonly number[] = RETRY_DELAYS_MS,
): EpochMs | undefined {
  const delayMs = delaysMs[attempt - 1];
  return delayMs === undefined ? undefined : failedAt + Math.round(delayMs * (1 + random * MAX_JITTER));
}

/** Whether the receiver took the event: it said 2xx, whatever became of the rest of its answer, since it will not expect the event again. */
export function isTaken(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}
