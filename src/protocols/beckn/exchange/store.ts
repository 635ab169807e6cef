/** What came in. */
import { SECOND_MS, toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { sql, type Queryable, type Transaction } from '../../../platform/database/index.ts';
import type { Generation } from '../wire/index.ts';

export interface Received {
  id: string;
  networkId: string;
  generation: Generation;
  action: string;
  subscriberId: string;
  subscriberUrl: string | null;
  transactionId: string;
  messageId: string;
  identity: string;
  signature: string | null;
  body: string;
  expiresAt: EpochMs | null;
  waitsUntil: EpochMs | null;
}

/** A message that is to be written down. */
export interface NewReceived extends Received {
  at: EpochMs;
  /** false for what nobody here deals with: it is known from now on, and that is all */
  isToBeAnswered: boolean;
}

/** When another process looks at a message, should the one that took it be gone. */
export const ANSWERED_WITHIN_MS = 10 * SECOND_MS;

const time = (at: EpochMs | null): string | null => (at === null ? null : toRfc3339(at));

/** Writes messages down, in one statement; false for those that are there already. */
export async function insertReceived(db: Queryable, messages: readonly NewReceived[]): Promise<boolean[]> {
  const of = <K extends keyof NewReceived>(name: K) => messages.map((message) => message[name]);
  const times = (at: (message: NewReceived) => EpochMs | null) => messages.map((message) => time(at(message)));
  const rows = await db.query<{ id: string }>(sql`
    INSERT INTO beckn_received (id, network_id, generation, action, subscriber_id, subscriber_url, transaction_id, message_id, identity, signature, body, status,
      expires_at, waits_until, received_at, handled_at, answer_at)
    SELECT * FROM unnest(${of('id')}::text[], ${of('networkId')}::text[], ${of('generation')}::text[], ${of('action')}::text[], ${of('subscriberId')}::text[],
      ${of('subscriberUrl')}::text[], ${of('transactionId')}::text[], ${of('messageId')}::text[], ${of('identity')}::text[], ${of('signature')}::text[], ${of('body')}::text[],
      ${of('isToBeAnswered').map((isToBe) => (isToBe ? 'accepted' : 'answered'))}::text[], ${times(({ expiresAt }) => expiresAt)}::timestamptz[],
      ${times(({ waitsUntil }) => waitsUntil)}::timestamptz[], ${times(({ at }) => at)}::timestamptz[],
      ${times(({ at, isToBeAnswered }) => (isToBeAnswered ? null : at))}::timestamptz[],
      ${times(({ at, isToBeAnswered }) => (isToBeAnswered ? at + ANSWERED_WITHIN_MS : null))}::timestamptz[])
    ON CONFLICT (network_id, subscriber_id, action, identity) DO NOTHING RETURNING id`);
  const written = new Set(rows.map(({ id }) => id));
  return messages.map(({ id }) => written.has(id));
}

/** Messages that were to be answered by now; they are looked at again later. */
export async function takeDue(db: Queryable, { now, nextAt, limit }: { now: EpochMs; nextAt: EpochMs; limit: number }): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    UPDATE beckn_received SET answer_at = ${toRfc3339(nextAt)} WHERE id IN (
      SELECT id FROM beckn_received WHERE answer_at <= ${toRfc3339(now)} ORDER BY answer_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id`);
  return rows.map(({ id }) => id);
}

/** The signature with which a message is known. */
export async function knownSignature(db: Queryable, r: Pick<Received, 'networkId' | 'subscriberId' | 'action' | 'identity'>): Promise<string | undefined> {
  const [row] = await db.query<{ signature: string | null }>(sql`
    SELECT signature FROM beckn_received
    WHERE network_id = ${r.networkId} AND subscriber_id = ${r.subscriberId} AND action = ${r.action} AND identity = ${r.identity}`);
  return row?.signature ?? undefined;
}

const RECEIVED = sql`id, network_id AS "networkId", generation, action, subscriber_id AS "subscriberId", subscriber_url AS "subscriberUrl", transaction_id AS "transactionId",
  message_id AS "messageId", identity, signature, body, expires_at AS "expiresAt", waits_until AS "waitsUntil"`;

/** Ends a message that is still to be answered, in the transaction that answers it; undefined when it has been, or somebody is at it. */
export async function endAccepted(tx: Transaction, id: string, status: 'answered' | 'failed', now: EpochMs): Promise<Received | undefined> {
  return (await tx.query<Received>(sql`
    UPDATE beckn_received SET status = ${status}, handled_at = ${toRfc3339(now)}, answer_at = NULL
    WHERE id = (SELECT id FROM beckn_received WHERE id = ${id} AND status = 'accepted' FOR UPDATE SKIP LOCKED) RETURNING ${RECEIVED}`))[0];
}

/** The same where all else of it is known; waits for who is at it. */
export async function hasEnded(tx: Transaction, id: string, status: 'answered' | 'failed', now: EpochMs): Promise<boolean> {
  return (await tx.query(sql`
    UPDATE beckn_received SET status = ${status}, handled_at = ${toRfc3339(now)}, answer_at = NULL WHERE id = ${id} AND status = 'accepted' RETURNING id`)).length === 1;
}

/** Writes down that a handler failed, and tells how often that was; it is run again after waits that double. */
export async function noteFailure(db: Queryable, id: string, failure: string, now: EpochMs): Promise<number> {
  const [row] = await db.query<{ attempts: number }>(sql`
    UPDATE beckn_received SET attempts = attempts + 1, failure = ${failure},
      answer_at = greatest(answer_at, ${toRfc3339(now)}::timestamptz + make_interval(secs => 2 ^ attempts))
    WHERE id = ${id} AND status = 'accepted' RETURNING attempts`);
  return row?.attempts ?? 0;
}

export async function isAnswered(db: Queryable, id: string): Promise<boolean> {
  return (await db.query(sql`SELECT id FROM beckn_received WHERE id = ${id} AND status <> 'accepted'`)).length > 0;
}

/** Callbacks that came for a request of ours. */
export async function findCallbacks(db: Queryable, networkId: string, of: { action: string; transactionId: string; messageId: string }): Promise<Received[]> {
  return db.query<Received>(sql`
    SELECT ${RECEIVED} FROM beckn_received
    WHERE network_id = ${networkId} AND transaction_id = ${of.transactionId} AND message_id = ${of.messageId} AND action = ${of.action} ORDER BY id`);
}

/** Forgets what ended long ago; what has not been answered or delivered stays. */
export async function forget(db: Queryable, before: EpochMs): Promise<void> {
  await db.query(sql`DELETE FROM beckn_sent WHERE created_at < ${toRfc3339(before)} AND status <> 'pending'`);
  await db.query(sql`DELETE FROM beckn_received WHERE received_at < ${toRfc3339(before)} AND status <> 'accepted'`);
}
