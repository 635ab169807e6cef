/** What came in. */
import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
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

const time = (at: EpochMs | null): string | null => (at === null ? null : toRfc3339(at));

/** False when the sender's message is there already. */
export async function insertReceived(db: Queryable, r: Received, status: 'accepted' | 'answered', now: EpochMs): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO beckn_received (id, network_id, generation, action, subscriber_id, subscriber_url, transaction_id, message_id, identity, signature, body, status,
      expires_at, waits_until, received_at, handled_at)
    VALUES (${r.id}, ${r.networkId}, ${r.generation}, ${r.action}, ${r.subscriberId}, ${r.subscriberUrl}, ${r.transactionId}, ${r.messageId}, ${r.identity}, ${r.signature},
      ${r.body}, ${status}, ${time(r.expiresAt)}, ${time(r.waitsUntil)}, ${toRfc3339(now)}, ${status === 'accepted' ? null : toRfc3339(now)})
    ON CONFLICT (network_id, subscriber_id, action, identity) DO NOTHING RETURNING id`);
  return rows.length === 1;
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

/** A message that is still to be answered, locked; undefined when it has been, or somebody is at it. */
export async function lockAccepted(tx: Transaction, id: string): Promise<Received | undefined> {
  return (await tx.query<Received>(sql`SELECT ${RECEIVED} FROM beckn_received WHERE id = ${id} AND status = 'accepted' FOR UPDATE SKIP LOCKED`))[0];
}

export async function endReceived(tx: Transaction, id: string, status: 'answered' | 'failed', now: EpochMs): Promise<void> {
  await tx.query(sql`UPDATE beckn_received SET status = ${status}, handled_at = ${toRfc3339(now)} WHERE id = ${id}`);
}

/** Writes down that a handler failed, and tells how often that was. */
export async function noteFailure(db: Queryable, id: string, failure: string): Promise<number> {
  const [row] = await db.query<{ attempts: number }>(sql`UPDATE beckn_received SET attempts = attempts + 1, failure = ${failure} WHERE id = ${id} RETURNING attempts`);
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
