/** Bills for whoever may see them: the driver, their provider, and the operator whose they are. */
import { notFound } from '../../platform/errors/index.ts';
import { actingOrganisation, may, ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import { billEvent, type ObjectBill } from './bill.ts';
import * as store from './store-bills.ts';

/** Throws `not_found`. */
export async function getBill(ctx: Context, id: string): Promise<ObjectBill> {
  requireAccess(ctx, 'bill.read', ownersOfCaller(ctx));
  const bill = await store.findBill(ctx.tx, id);
  if (bill?.networkId !== ctx.network.id || !may(ctx, 'bill.read', bill)) throw notFound('bill', id);
  return bill;
}

/** Locks a bill that waits for its invoice, once its payments are settled. */
export function lockBillToInvoice(ctx: Context): Promise<ObjectBill | undefined> {
  return store.lockToInvoice(ctx.tx, ctx.network.id);
}

/** Writes down what was invoiced of a bill, which is locked, or why nothing was, and tells it. */
export async function noteInvoiced(ctx: Context, bill: ObjectBill, { invoiceId, problem }: { invoiceId: string | null; problem: string | null }): Promise<void> {
  await store.setInvoiced(ctx.tx, bill.id, { invoiceId, problem });
  if (invoiceId === bill.invoiceId && problem === bill.invoiceProblem) return;
  const changed: ObjectBill = { ...bill, invoiceId, invoiceProblem: problem, version: bill.version + 1, updatedAt: ctx.now };
  await store.updateBill(ctx.tx, changed);
  await ctx.emit(billEvent('bill.updated', changed));
}

export async function listBills(ctx: Context, query: Omit<store.BillListing, 'networkId' | 'partyId'>): Promise<ObjectBill[]> {
  requireAccess(ctx, 'bill.read', ownersOfCaller(ctx));
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  if (ownDriverId !== undefined && query.driverId !== undefined && query.driverId !== ownDriverId) return [];
  return store.listBills(ctx.tx, { ...query, networkId: ctx.network.id, partyId: actingOrganisation(ctx), ...(ownDriverId === undefined ? {} : { driverId: ownDriverId }) });
}
