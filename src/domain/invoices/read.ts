/** Reading what was issued, for whoever it concerns: seller, provider and driver (INV-10). */
import { notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, may, ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import { issueCreditNote, type CreditInput } from './credit-note.ts';
import type { Invoice } from './invoice.ts';
import * as store from './store.ts';

/** What may not be seen is not found. */
export async function getInvoice(ctx: Context, id: string): Promise<Invoice> {
  requireAccess(ctx, 'invoice.read', ownersOfCaller(ctx));
  const invoice = await store.findInvoice(ctx.tx, ctx.network.id, id);
  if (!invoice || !isOpen(ctx, invoice)) throw notFound('invoice', id);
  return invoice;
}

/** A seller sees what it sells, whatever its roles; a provider what its drivers buy. */
function isOpen(ctx: Context, { sellerId, providerId, driverId }: Invoice): boolean {
  return may(ctx, 'invoice.read', { operatorId: sellerId, organisationId: sellerId, driverId }) || may(ctx, 'invoice.read', { organisationId: providerId });
}

/** Newest first; those that the caller may see. */
export async function listInvoices(
  ctx: Context, filter: Pick<store.InvoiceFilter, 'driverId' | 'objectId' | 'kind' | 'creditedId'>, page: { after?: string; before?: string; limit: number },
): Promise<Invoice[]> {
  requireAccess(ctx, 'invoice.read', ownersOfCaller(ctx));
  const own = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  if (own !== undefined && filter.driverId !== undefined && filter.driverId !== own) return [];
  const whose = own === undefined ? { organisationId: actingOrganisation(ctx) } : { driverId: own };
  return store.listInvoices(ctx.tx, { ...filter, ...whose, networkId: ctx.network.id }, page);
}

/** Takes back of an invoice what its seller says. */
export async function creditInvoice(ctx: Context, id: string, input: Omit<CreditInput, 'idempotencyKey'>): Promise<Invoice> {
  const { sellerId } = await getInvoice(ctx, id);
  requireAccess(ctx, 'invoice.credit', { operatorId: sellerId, organisationId: sellerId });
  const note = await issueCreditNote(ctx, id, { ...input, idempotencyKey: `credit note ${newId('invoice')}` });
  await audit(ctx, 'invoice.credit', 'invoice', id, { credit_note: note.id, reason: input.reason, total: Number(note.totalMinor) });
  return note;
}
