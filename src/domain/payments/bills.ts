/** Bills for whoever may see them: the driver, their provider, and the operator whose they are. */
import { notFound } from '../../platform/errors/index.ts';
import { actingOrganisation, may, ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import type { ObjectBill } from './bill.ts';
import * as store from './store-bills.ts';

/** Throws `not_found`. */
export async function getBill(ctx: Context, id: string): Promise<ObjectBill> {
  requireAccess(ctx, 'bill.read', ownersOfCaller(ctx));
  const bill = await store.findBill(ctx.tx, id);
  if (bill?.networkId !== ctx.network.id || !may(ctx, 'bill.read', bill)) throw notFound('bill', id);
  return bill;
}

export async function listBills(ctx: Context, query: Omit<store.BillListing, 'networkId' | 'partyId'>): Promise<ObjectBill[]> {
  requireAccess(ctx, 'bill.read', ownersOfCaller(ctx));
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  if (ownDriverId !== undefined && query.driverId !== undefined && query.driverId !== ownDriverId) return [];
  return store.listBills(ctx.tx, { ...query, networkId: ctx.network.id, partyId: actingOrganisation(ctx), ...(ownDriverId === undefined ? {} : { driverId: ownDriverId }) });
}
