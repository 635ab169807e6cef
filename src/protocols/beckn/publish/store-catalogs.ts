/** What is published to the catalogue service, a catalogue for each location. */
import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../../platform/database/index.ts';

export const CATALOG_STATUSES = ['new', 'sent', 'accepted', 'partial', 'rejected'] as const;
export type CatalogStatus = (typeof CATALOG_STATUSES)[number];

export interface PublishedCatalog {
  locationId: string;
  networkId: string;
  operatorId: string;
  /** when it is published next */
  dueAt: EpochMs;
  /** of what was sent last */
  digest: string | null;
  transactionId: string | null;
  status: CatalogStatus;
  itemCount: number | null;
  /** what the service has said of it */
  report: Report;
  sentAt: EpochMs | null;
  answeredAt: EpochMs | null;
}

export interface Report {
  error?: unknown;
  warnings?: unknown;
}

const CATALOG = sql`location_id AS "locationId", network_id AS "networkId", operator_id AS "operatorId", due_at AS "dueAt", digest, transaction_id AS "transactionId", status,
  item_count AS "itemCount", report, sent_at AS "sentAt", answered_at AS "answeredAt"`;

/** A location has changed, or is new: it is due by then. One that is due sooner stays so. */
export async function noteLocation(db: Queryable, { id, networkId, operatorId }: { id: string; networkId: string; operatorId: string }, dueAt: EpochMs): Promise<void> {
  await db.query(sql`
    INSERT INTO beckn_catalogs (location_id, network_id, operator_id, due_at) VALUES (${id}, ${networkId}, ${operatorId}, ${toRfc3339(dueAt)})
    ON CONFLICT (location_id) DO UPDATE SET due_at = LEAST(beckn_catalogs.due_at, EXCLUDED.due_at), operator_id = EXCLUDED.operator_id`);
}

/** Something has changed for all locations of an operator. */
export async function noteOperator(db: Queryable, operatorId: string, dueAt: EpochMs): Promise<void> {
  await db.query(sql`UPDATE beckn_catalogs SET due_at = LEAST(due_at, ${toRfc3339(dueAt)}::timestamptz) WHERE operator_id = ${operatorId}`);
}

/** Those that are due, locked; another process gets others. */
export async function lockDue(tx: Transaction, networkId: string, now: EpochMs, limit: number): Promise<PublishedCatalog[]> {
  return tx.query<PublishedCatalog>(sql`
    SELECT ${CATALOG} FROM beckn_catalogs WHERE network_id = ${networkId} AND due_at <= ${toRfc3339(now)} ORDER BY due_at, location_id LIMIT ${limit} FOR UPDATE SKIP LOCKED`);
}

export async function setDue(tx: Transaction, locationId: string, dueAt: EpochMs): Promise<void> {
  await tx.query(sql`UPDATE beckn_catalogs SET due_at = ${toRfc3339(dueAt)} WHERE location_id = ${locationId}`);
}

export async function setSent(tx: Transaction, locationId: string, sent: { digest: string; transactionId: string; at: EpochMs; dueAt: EpochMs }): Promise<void> {
  await tx.query(sql`
    UPDATE beckn_catalogs SET digest = ${sent.digest}, transaction_id = ${sent.transactionId}, status = 'sent', sent_at = ${toRfc3339(sent.at)}, due_at = ${toRfc3339(sent.dueAt)}
    WHERE location_id = ${locationId}`);
}

export interface Outcome {
  status: CatalogStatus;
  itemCount: number | null;
  report: Report;
  at: EpochMs;
  /** when it is refreshed; sooner where it has changed meanwhile */
  refreshAt: EpochMs;
  /** as long as nobody answers it would be due then: an answer makes it later */
  unansweredMs: number;
}

/** What the service has said of what was sent in that transaction; an older one's answer changes nothing. */
export async function setOutcome(tx: Transaction, locationId: string, transactionId: string, o: Outcome): Promise<void> {
  await tx.query(sql`
    UPDATE beckn_catalogs SET status = ${o.status}, item_count = ${o.itemCount}, report = ${json(o.report)}, answered_at = ${toRfc3339(o.at)},
      due_at = CASE WHEN due_at < sent_at + ${o.unansweredMs}::float8 * interval '1 millisecond' THEN due_at ELSE ${toRfc3339(o.refreshAt)}::timestamptz END
    WHERE location_id = ${locationId} AND transaction_id = ${transactionId}`);
}

/** All of them, those first that were refused. */
export async function listCatalogs(db: Queryable): Promise<PublishedCatalog[]> {
  return db.query<PublishedCatalog>(sql`
    SELECT ${CATALOG} FROM beckn_catalogs ORDER BY CASE status WHEN 'rejected' THEN 0 WHEN 'partial' THEN 1 ELSE 2 END, location_id`);
}
