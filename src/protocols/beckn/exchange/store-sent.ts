/** What goes out. */
import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../../platform/database/index.ts';
import type { Generation } from '../wire/index.ts';

export interface Sent {
  id: string;
  networkId: string;
  generation: Generation;
  action: string;
  receiverId: string | null;
  url: string;
  transactionId: string;
  messageId: string;
  /** the received message that it answers */
  answers: string | null;
  requestSignature: string | null;
  body: string;
  nextAttemptAt: EpochMs;
}

/** Writes a message down, with the commit. One that this process sends at once is claimed by it until then. */
export function insertSent(tx: Transaction, s: Sent, now: EpochMs, claimedUntil: EpochMs | undefined): void {
  const [attempts, until] = claimedUntil === undefined ? [0, null] : [1, toRfc3339(claimedUntil)];
  tx.send(sql`
    INSERT INTO beckn_sent (id, network_id, generation, action, receiver_id, url, transaction_id, message_id, answers, request_signature, body, status, attempts, claimed_until,
      next_attempt_at, created_at, updated_at)
    VALUES (${s.id}, ${s.networkId}, ${s.generation}, ${s.action}, ${s.receiverId}, ${s.url}, ${s.transactionId}, ${s.messageId}, ${s.answers}, ${s.requestSignature},
      ${s.body}, 'pending', ${attempts}, ${until}, ${toRfc3339(s.nextAttemptAt)}, ${toRfc3339(now)}, ${toRfc3339(now)})`);
}

/** Messages whose next attempt is due, and that nobody is at. */
export async function listDue(db: Queryable, now: EpochMs, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    SELECT id FROM beckn_sent WHERE next_attempt_at <= ${toRfc3339(now)} AND (claimed_until IS NULL OR claimed_until <= ${toRfc3339(now)})
    ORDER BY next_attempt_at LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/** One entry of what became of attempts. */
export interface SendAttempt {
  at: EpochMs;
  status: number | null;
  /** why it is to be tried again, or was given up */
  failure: string | null;
  detail: string | null;
  durationMs: number;
}

export interface Claim {
  id: string;
  action: string;
  url: string;
  body: string;
  requestSignature: string | null;
  /** this one's number, from 1 */
  attempt: number;
  /** then another process may begin an attempt */
  until: EpochMs;
}

/** Begins an attempt that is due; undefined when it is not, or another process is at it. */
export async function claimSent(db: Queryable, id: string, now: EpochMs, until: EpochMs): Promise<Claim | undefined> {
  return (await db.query<Claim>(sql`
    UPDATE beckn_sent SET attempts = attempts + 1, claimed_until = ${toRfc3339(until)}
    WHERE id = ${id} AND status = 'pending' AND next_attempt_at <= ${toRfc3339(now)} AND (claimed_until IS NULL OR claimed_until <= ${toRfc3339(now)})
    RETURNING id, action, url, body, request_signature AS "requestSignature", attempts AS attempt, claimed_until AS until`))[0];
}

export async function noteSignature(db: Queryable, id: string, signature: string): Promise<void> {
  await db.query(sql`UPDATE beckn_sent SET signature = ${signature} WHERE id = ${id}`);
}

/** Writes down that an attempt failed; does nothing when another has ended it meanwhile. Without a next attempt, it is given up. */
export async function recordFailure(db: Queryable, { id, attempt }: Claim, entry: SendAttempt, { now, nextAttemptAt }: { now: EpochMs; nextAttemptAt?: EpochMs }): Promise<void> {
  await db.query(sql`
    UPDATE beckn_sent SET status = ${nextAttemptAt === undefined ? 'failed' : 'pending'}, log = log || ${json([entry])}::jsonb, claimed_until = NULL,
      updated_at = ${toRfc3339(now)}, next_attempt_at = ${nextAttemptAt === undefined ? null : toRfc3339(nextAttemptAt)}::timestamptz
    WHERE id = ${id} AND status = 'pending' AND attempts = ${attempt}`);
}

/** An attempt after which nothing is left to do. */
export interface Delivered {
  claim: Pick<Claim, 'id' | 'attempt'>;
  entry: SendAttempt;
}

/** Writes down that messages were delivered, in one statement. */
export async function recordDelivered(db: Queryable, delivered: readonly Delivered[]): Promise<void[]> {
  await db.query(sql`
    UPDATE beckn_sent s SET status = 'delivered', log = s.log || d.entry, claimed_until = NULL, next_attempt_at = NULL, updated_at = d.at
    FROM unnest(${delivered.map(({ claim }) => claim.id)}::text[], ${delivered.map(({ claim }) => claim.attempt)}::int[],
      ${delivered.map(({ entry }) => json([entry]))}::jsonb[], ${delivered.map(({ entry }) => toRfc3339(entry.at))}::timestamptz[]) AS d (id, attempt, entry, at)
    WHERE s.id = d.id AND s.status = 'pending' AND s.attempts = d.attempt`);
  return delivered.map(() => undefined);
}

/** Takes the answers to a message that nobody has begun to deliver: their sender gets them otherwise. */
export async function takeAnswers(db: Queryable, receivedId: string, now: EpochMs): Promise<string[]> {
  const rows = await db.query<{ id: string; body: string }>(sql`
    UPDATE beckn_sent SET status = 'delivered', next_attempt_at = NULL, updated_at = ${toRfc3339(now)}
    WHERE answers = ${receivedId} AND status = 'pending' AND attempts = 0 RETURNING id, body`);
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ body }) => body);
}

export interface Asked {
  messageId: string;
  signature: string | null;
  receiverId: string | null;
}

/** Requests of ours in a transaction, the newest first: what callbacks are held against. */
export async function findAsked(db: Queryable, networkId: string, transactionId: string): Promise<Asked[]> {
  return db.query<Asked>(sql`
    SELECT message_id AS "messageId", signature, receiver_id AS "receiverId" FROM beckn_sent
    WHERE network_id = ${networkId} AND transaction_id = ${transactionId} AND action NOT LIKE 'on\\_%' ORDER BY id DESC LIMIT 100`);
}

export interface SentState {
  status: 'pending' | 'delivered' | 'failed';
  attempts: number;
  log: SendAttempt[];
}

export async function readSent(db: Queryable, id: string): Promise<SentState | undefined> {
  return (await db.query<SentState>(sql`SELECT status, attempts, log FROM beckn_sent WHERE id = ${id}`))[0];
}
