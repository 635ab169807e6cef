import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, sqlState, SQL_STATE, type Queryable, type Sql } from '../../platform/database/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Invoice, InvoiceContent, InvoiceKind, IssuedLine } from './invoice.ts';
import type { Series } from './series.ts';

export interface InvoiceDraft extends Pick<Invoice, 'id' | 'networkId' | 'kind' | 'sellerId' | 'providerId' | 'driverId' | 'about' | 'creditedId'> {
  idempotencyKey: string;
  content: InvoiceContent;
}

/**
 * Adds what is issued under the next number of its series, at a time that is not before the last one's. The key is taken first, which waits
 * for another transaction that is taking it; the number last, which waits for whoever else is numbering.
 *
 * @returns undefined, and takes no number, when the key is taken
 */
export async function insertInvoice(db: Queryable, d: InvoiceDraft, { entity, stem }: Series, now: EpochMs): Promise<{ number: string; issuedAt: EpochMs } | undefined> {
  try {
    return (await db.query<{ number: string; issuedAt: EpochMs }>(sql`
      WITH claimed AS (
        INSERT INTO invoice_keys (network_id, idempotency_key) VALUES (${d.networkId}, ${d.idempotencyKey}) ON CONFLICT DO NOTHING RETURNING 1 AS one
      ), given AS (
        INSERT INTO invoice_series AS s (organisation_id, entity, stem, last_number, last_at)
        SELECT ${d.sellerId}::text, ${entity}::text, ${stem}::text, 1, ${toRfc3339(now)}::timestamptz FROM claimed
        ON CONFLICT (organisation_id, entity, stem) DO UPDATE SET last_number = s.last_number + 1, last_at = greatest(s.last_at, excluded.last_at)
        RETURNING s.last_number, s.last_at
      )
      INSERT INTO invoices (
        id, network_id, kind, seller_id, entity, stem, sequence, number, provider_id, driver_id, object, object_id, credited_id, idempotency_key, content, issued_at)
      SELECT ${d.id}::text, ${d.networkId}::text, ${d.kind}::text, ${d.sellerId}::text, ${entity}::text, ${stem}::text, last_number, ${stem}::text || last_number::text,
        ${d.providerId}::text, ${d.driverId}::text, ${d.about.object}::text, ${d.about.objectId}::text, ${d.creditedId}::text, ${d.idempotencyKey}::text,
        ${amountsAsText(d.content)}::jsonb, last_at
      FROM given RETURNING number, issued_at AS "issuedAt"`))[0];
  } catch (error) {
    if (sqlState(error) !== SQL_STATE.checkViolation) throw error;
    throw new DomainError('invalid_state', `The series ${stem} is full: its numbers would have more than 16 characters. Set a shorter prefix.`, { status: 'full' });
  }
}

type InvoiceRow = Omit<Invoice, keyof InvoiceContent | 'about'> & { object: string; objectId: string; content: unknown };
const INVOICE = sql`id, network_id AS "networkId", kind, number, seller_id AS "sellerId", provider_id AS "providerId", driver_id AS "driverId", object,
  object_id AS "objectId", credited_id AS "creditedId", content, issued_at AS "issuedAt"`;

async function invoicesOf(db: Queryable, statement: Sql): Promise<Invoice[]> {
  const rows = await db.query<InvoiceRow>(statement);
  return rows.map(({ content, object, objectId, ...row }) => ({ ...amountsFromText(content) as InvoiceContent, ...row, about: { object, objectId } }));
}

export async function findInvoice(db: Queryable, networkId: string, id: string): Promise<Invoice | undefined> {
  return (await invoicesOf(db, sql`SELECT ${INVOICE} FROM invoices WHERE id = ${id} AND network_id = ${networkId}`))[0];
}

/** Locks it, so that one at a time takes back of it. */
export async function lockInvoice(db: Queryable, networkId: string, id: string): Promise<Invoice | undefined> {
  return (await invoicesOf(db, sql`SELECT ${INVOICE} FROM invoices WHERE id = ${id} AND network_id = ${networkId} FOR UPDATE`))[0];
}

export async function findByKey(db: Queryable, networkId: string, idempotencyKey: string): Promise<Invoice | undefined> {
  return (await invoicesOf(db, sql`SELECT ${INVOICE} FROM invoices WHERE network_id = ${networkId} AND idempotency_key = ${idempotencyKey}`))[0];
}

/** What credit notes have taken back of an invoice so far. */
export async function creditedLines(db: Queryable, invoiceId: string): Promise<IssuedLine[]> {
  const notes = await invoicesOf(db, sql`SELECT ${INVOICE} FROM invoices WHERE credited_id = ${invoiceId}`);
  return notes.flatMap(({ lines }) => lines);
}

export interface InvoiceFilter {
  networkId: string;
  /** those that it sells by, or that its drivers have */
  organisationId?: string;
  driverId?: string;
  objectId?: string;
  kind?: InvoiceKind;
  creditedId?: string;
}

/** Newest first. What an organisation sells and what its drivers have are looked up each along its own index, as far as the page goes. */
export async function listInvoices(db: Queryable, filter: InvoiceFilter, page: { after?: string; before?: string; limit: number }): Promise<Invoice[]> {
  const { networkId, organisationId, driverId, objectId, kind, creditedId } = filter;
  const isBackwards = page.before !== undefined;
  const order = isBackwards ? sql`ORDER BY id ASC` : sql`ORDER BY id DESC`;
  const where = sql`network_id = ${networkId} ${driverId === undefined ? sql`` : sql`AND driver_id = ${driverId}`}
    ${objectId === undefined ? sql`` : sql`AND object_id = ${objectId}`}
    ${kind === undefined ? sql`` : sql`AND kind = ${kind}`} ${creditedId === undefined ? sql`` : sql`AND credited_id = ${creditedId}`}
    ${isBackwards ? sql`AND id > ${page.before}` : page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ${order} LIMIT ${page.limit}`;
  const ids = organisationId === undefined ? sql`SELECT id FROM invoices WHERE ${where}`
    : sql`(SELECT id FROM invoices WHERE seller_id = ${organisationId} AND ${where}) UNION (SELECT id FROM invoices WHERE provider_id = ${organisationId} AND ${where})`;
  const found = await invoicesOf(db, sql`SELECT ${INVOICE} FROM invoices WHERE id IN (${ids}) ${order} LIMIT ${page.limit}`);
  return isBackwards ? found.reverse() : found;
}

/** JSON with amounts as text, since its numbers are not exact beyond 2^53. */
function amountsAsText(content: InvoiceContent): string {
  return JSON.stringify(content, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

/** Back from it: all that is named `…Minor`. */
function amountsFromText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(amountsFromText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key.endsWith('Minor') ? BigInt(inner as string) : amountsFromText(inner)]));
}
