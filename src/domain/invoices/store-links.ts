import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';

export interface StoredLink {
  invoiceId: string;
  tokenSha256: string;
  createdAt: EpochMs;
}

/** Adds an address; of all that the invoice has then, the newest `most` stay. */
export async function insertLink(db: Queryable, { invoiceId, tokenSha256, createdAt }: StoredLink, most: number): Promise<void> {
  await db.query(sql`INSERT INTO invoice_links (token_sha256, invoice_id, created_at) VALUES (${tokenSha256}, ${invoiceId}, ${toRfc3339(createdAt)})`);
  await db.query(sql`
    DELETE FROM invoice_links WHERE token_sha256 IN (
      SELECT token_sha256 FROM invoice_links WHERE invoice_id = ${invoiceId} ORDER BY created_at DESC, token_sha256 = ${tokenSha256} DESC OFFSET ${most})`);
}

export async function deleteLinks(db: Queryable, invoiceId: string): Promise<void> {
  await db.query(sql`DELETE FROM invoice_links WHERE invoice_id = ${invoiceId}`);
}

export async function findLinked(db: Queryable, tokenSha256: string): Promise<{ id: string; networkId: string } | undefined> {
  return (await db.query<{ id: string; networkId: string }>(sql`
    SELECT i.id, i.network_id AS "networkId" FROM invoice_links l JOIN invoices i ON i.id = l.invoice_id WHERE l.token_sha256 = ${tokenSha256}`))[0];
}
