/** Invoices of bills (INV-14): each bill of more than nothing is invoiced once its payments are settled; a corrected one is taken back and invoiced again. */
import { DomainError } from '../../platform/errors/index.ts';
import { loadDriver } from '../drivers/index.ts';
import { findOrganisation, type Context } from '../organisations/index.ts';
import { lockBillToInvoice, noteInvoiced, paymentsOf, type ObjectBill } from '../payments/index.ts';
import { loadLocation } from '../stations/index.ts';
import { issueCreditNote } from './credit-note.ts';
import { gstStateCode } from './gst-states.ts';
import type { Buyer, InvoicePayment } from './invoice.ts';
import { issueInvoice } from './issue.ts';
import { readTaxId } from './tax-id.ts';

/**
 * Invoices one bill that waits for it; the operator sells, and the driver buys, or, without a driver, their provider. One that can't be
 * invoiced says why, and is not tried again until it is corrected. Gives how many.
 */
export async function invoiceBill(ctx: Context): Promise<number> {
  const bill = await lockBillToInvoice(ctx);
  if (!bill) return 0;
  try {
    await noteInvoiced(ctx, bill, { invoiceId: await ctx.tx.savepoint(() => issue(ctx, bill)), problem: null });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await noteInvoiced(ctx, bill, { invoiceId: bill.invoiceId, problem: error.message });
  }
  return 1;
}

async function issue(ctx: Context, bill: ObjectBill): Promise<string | null> {
  if (bill.invoiceId !== null) {
    await issueCreditNote(ctx, bill.invoiceId, { reason: 'The bill was corrected.', idempotencyKey: `${bill.id} takes back ${bill.invoiceId}` });
  }
  if (bill.totalMinor === 0n) return null;
  const { content } = bill;
  const location = content.locationId === null ? undefined : await loadLocation(ctx.tx, content.locationId);
  const state = location?.country === 'IND' ? gstStateCode(location.state ?? '') : undefined;
  const { id } = await issueInvoice(ctx, {
    sellerId: bill.operatorId, buyer: await buyerOf(ctx, bill), about: { object: bill.object, objectId: bill.objectId }, currency: bill.currency,
    lines: content.lines.map((line) => ({ ...line, exclTaxMinor: BigInt(line.exclTaxMinor), taxMinor: BigInt(line.taxMinor) })),
    exclTaxMinor: BigInt(content.exclTaxMinor), taxMinor: BigInt(content.taxMinor), totalMinor: bill.totalMinor, payments: await paidFor(ctx, bill),
    suppliedAt: content.startedAt, ...(content.endedAt > content.startedAt ? { suppliedUntil: content.endedAt } : {}), ...(state === undefined ? {} : { placeOfSupply: state }),
    idempotencyKey: `${bill.id} version ${bill.version}`,
  });
  return id;
}

/** INV-15: a business that was named with a payment for it buys; else the driver. A tax id that is none makes nobody a business. */
async function buyerOf(ctx: Context, { driverId, organisationId, operatorId, objectId }: ObjectBill): Promise<Buyer> {
  const { buyer_name: business, buyer_tax_id: told, buyer_address: address } = (await paymentsOf(ctx, objectId)).findLast(({ metadata }) => metadata.buyer_tax_id)?.metadata ?? {};
  const taxId = told === undefined ? undefined : readTaxId(told)?.id;
  if (taxId !== undefined) {
    return { taxId, ...(driverId === null ? {} : { driverId }), ...(business === undefined ? {} : { name: business }), ...(address === undefined ? {} : { address }) };
  }
  if (driverId === null && organisationId === operatorId) return {}; // a guest of the operator's
  if (driverId === null) return { name: (await findOrganisation(ctx.tx, organisationId))!.name };
  const name = (await loadDriver(ctx.tx, driverId))?.name ?? undefined;
  return { driverId, ...(name === undefined ? {} : { name }) };
}

/** What of the bill was paid, never more than it: older debts are collected with the same payments. */
async function paidFor(ctx: Context, { objectId, totalMinor }: ObjectBill): Promise<InvoicePayment[]> {
  let left = totalMinor;
  const paid: InvoicePayment[] = [];
  for (const { method, capturedMinor, refundedMinor, updatedAt } of await paymentsOf(ctx, objectId)) {
    const amountMinor = capturedMinor - refundedMinor < left ? capturedMinor - refundedMinor : left;
    left -= amountMinor;
    if (amountMinor > 0n) paid.push({ method, amountMinor, paidAt: updatedAt });
  }
  return paid;
}
