/**
 * `Idempotency-Key`: the same key with the same request gets the same answer. The key is written in the transaction of the
 * request itself, so that a crash leaves neither; a second request with it waits for that transaction and then reads its answer.
 */
import { createHash } from 'node:crypto';
import { DomainError } from '../../platform/errors/index.ts';
import type { Transaction } from '../../platform/database/index.ts';
import { openSecret, sealSecret } from './sealed-secret.ts';
import * as store from './store.ts';
import type { StoredAnswer } from './store.ts';

/** How long an answer is kept at least. */
export const IDEMPOTENCY_KEPT_HOURS = 48;

/**
 * Answers from the store, or runs `work` and stores what it answers.
 *
 * @param caller whose Idempotency-Key it is (`scope`, the organisation), and the API key that secrets in the answer are sealed with
 * @param request what makes two requests the same: method, path and body
 */
export async function withIdempotency(
  tx: Transaction, { scope, key, apiKey }: { scope: string; key: string; apiKey: string }, request: unknown, work: () => Promise<StoredAnswer>,
): Promise<StoredAnswer & { replayed: boolean }> {
  const requestSha256 = createHash('sha256').update(canonicalJson(request)).digest('hex');
  if (!(await store.insertIdempotencyKey(tx, scope, key, requestSha256))) {
    const known = await store.findIdempotencyKey(tx, scope, key);
    if (known?.requestSha256 !== requestSha256) throw new DomainError('idempotency_key_reused', 'That Idempotency-Key belongs to a request with another body or path.');
    return { status: known.status!, body: openSecret(known.body, apiKey), replayed: true };
  }
  const answer = await work();
  store.completeIdempotencyKey(tx, scope, key, { ...answer, body: sealSecret(answer.body, apiKey) });
  return { ...answer, replayed: false };
}

/** JSON with its keys in order, so that the same content always has the same text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner);
}
