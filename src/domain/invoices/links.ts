/** Addresses under which an invoice is read without a key: whoever has one has the invoice (INV-11). */
import { createHash, randomBytes } from 'node:crypto';
import type { EpochMs } from '../../platform/clock/index.ts';
import { notFound } from '../../platform/errors/index.ts';
import { audit, type Context, type Runtime } from '../organisations/index.ts';
import type { Invoice } from './invoice.ts';
import { getInvoice } from './read.ts';
import { findInvoice } from './store.ts';
import { deleteLinks, findLinked, insertLink } from './store-links.ts';

/** 32 random bytes in base64url. */
export const INVOICE_TOKEN_PATTERN = '[A-Za-z0-9_-]{43}';
/** More end the oldest. */
const MOST_LINKS = 10;

/** Makes an address for an invoice that the caller may read. Its secret is returned this once, and only its hash is kept. */
export async function makeInvoiceLink(ctx: Context, id: string): Promise<{ invoiceId: string; token: string; createdAt: EpochMs }> {
  await getInvoice(ctx, id);
  const token = randomBytes(32).toString('base64url');
  await insertLink(ctx.tx, { invoiceId: id, tokenSha256: hashOf(token), createdAt: ctx.now }, MOST_LINKS);
  await audit(ctx, 'invoice_link.create', 'invoice', id);
  return { invoiceId: id, token, createdAt: ctx.now };
}

/** Ends all addresses of an invoice. */
export async function endInvoiceLinks(ctx: Context, id: string): Promise<void> {
  await getInvoice(ctx, id);
  await deleteLinks(ctx.tx, id);
  await audit(ctx, 'invoice_link.end', 'invoice', id);
}

/** Throws `not_found`. */
export async function readLinkedInvoice({ database }: Runtime, token: string): Promise<Invoice> {
  const linked = await findLinked(database, hashOf(token));
  const invoice = linked && await findInvoice(database, linked.networkId, linked.id);
  if (!invoice) throw notFound('invoice', '…');
  return invoice;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
