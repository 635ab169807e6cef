/**
 * Delivers what was written down: signed, posted, its answer read. One message:
 *
 *   pending ──ACK──────────────────────────────────▶ delivered
 *      │ ▲
 *      │ └── NACK, no answer: tried again by the schedule
 *      └──── end of the schedule ──────────────────▶ failed
 */
import { HOUR_MS, MINUTE_MS, SECOND_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { parseSignatureHeader, signBody } from '../signing/index.ts';
import { formatMoment, isCallback, readAcknowledgement, type Fields } from '../wire/index.ts';
import type { Exchange } from './exchange.ts';
import { claimSent, noteSignature, recordFailure, type Claim, type SendAttempt } from './store-sent.ts';

/** Waits after each attempt that failed: a callback is worth most in its first minute, and still something hours later. */
export const RETRY_DELAYS_MS: readonly number[] = [
  SECOND_MS, 5 * SECOND_MS, 20 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS,
];
/** A request of ours is not worth more than its ttl: what comes later could surprise. */
const REQUEST_DELAYS_MS: readonly number[] = [SECOND_MS, 5 * SECOND_MS, 15 * SECOND_MS];
/** Longer than the client waits for an answer. */
export const CLAIM_MS = 30 * SECOND_MS;
/** A claim of which less is left is not used: another process could begin before this one has an answer. */
const LEAST_CLAIM_MS = 16 * SECOND_MS;

/** Makes an attempt that is due; does nothing for one that is not, so it may be called as often as one likes. */
export async function deliver(exchange: Exchange, id: string): Promise<void> {
  const { runtime: { database }, now } = exchange;
  const claim = await claimSent(database, id, now(), now() + CLAIM_MS);
  if (claim) await deliverClaimed(exchange, claim);
}

/** Makes an attempt that this process has claimed. */
export async function deliverClaimed(exchange: Exchange, claim: Claim): Promise<void> {
  const { runtime: { database }, now } = exchange;
  if (claim.until - now() < LEAST_CLAIM_MS) return;
  const entry = await send(exchange, claim);
  if (entry.failure === null) return exchange.recordDelivered({ claim, entry });
  const delays = exchange.retryDelaysMs ?? (isCallback(claim.action) ? RETRY_DELAYS_MS : REQUEST_DELAYS_MS);
  const delay = delays[claim.attempt - 1];
  await recordFailure(database, claim, entry, { now: now(), nextAttemptAt: delay === undefined ? undefined : now() + delay });
}

async function send(exchange: Exchange, claim: Claim): Promise<SendAttempt> {
  const { id, url, requestSignature } = claim;
  const { settings: { identity, adapter }, runtime: { database } } = exchange;
  const at = exchange.now();
  const body = bodyAt(claim, at);
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' };
  if (identity && !adapter) {
    headers.authorization = signBody(Buffer.from(body), identity, { now: at, requestSignature: requestSignature ?? undefined });
    // Callbacks may cover it; nothing covers the signature of a callback.
    if (!isCallback(claim.action)) await noteSignature(database, id, parseSignatureHeader(headers.authorization).signature);
  }
  const isConfigured = adapter !== undefined || claim.action === 'catalog_publish'; // by whoever runs this, so it may be a private address
  const result = await (isConfigured ? exchange.adapterOutbound : exchange.outbound).call(url, { method: 'POST', headers, body });
  const { durationMs, status = null } = result;
  if ('failure' in result) return { at, status, failure: result.failure, detail: result.detail, durationMs };
  const { isAck, error } = readAcknowledgement(result.status, result.body);
  return { at, status, failure: isAck ? null : 'nack', detail: error ? `${error.code}: ${error.message}` : null, durationMs };
}

/** A callback that is sent again is of now, else its ttl would be over for whoever looks; nothing else of it changes. */
function bodyAt({ action, attempt, body }: Claim, at: EpochMs): string {
  if (attempt === 1 || !isCallback(action)) return body;
  const written = JSON.parse(body) as { context: Fields };
  return JSON.stringify({ ...written, context: { ...written.context, timestamp: formatMoment(at) } });
}
