/** Saved payment methods: what a driver can pay with without visiting a page again (PAY-40, PAY-41). */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { getDriver } from '../drivers/index.ts';
import { audit, requireAccess, type Action, type Context } from '../organisations/index.ts';
import { paymentMethodEvent, type PaymentMethod } from './payment-method.ts';
import type { Payment } from './payment.ts';
import { deactivateAutoTopUps } from './store-auto-top-ups.ts';
import * as store from './store-payment-methods.ts';

/** A driver's, the default one first. Throws `not_found`. */
export async function listPaymentMethods(ctx: Context, driverId: string): Promise<PaymentMethod[]> {
  await requireOwnDriver(ctx, 'payment.read', driverId);
  return store.findOfDriver(ctx.tx, driverId);
}

/** Makes it the one that is used where none is named. Throws `not_found`. */
export async function preferPaymentMethod(ctx: Context, driverId: string, id: string): Promise<PaymentMethod> {
  await requireOwnDriver(ctx, 'payment.create', driverId);
  const method = await lockLiving(ctx, driverId, id);
  return change(ctx, method, { preferredAt: ctx.now }, 'payment_method.updated');
}

/** It pays nothing any more, and tops no wallet up. Payments that have begun by it go on. Throws `not_found`. */
export async function removePaymentMethod(ctx: Context, driverId: string, id: string): Promise<PaymentMethod> {
  await requireOwnDriver(ctx, 'payment.create', driverId);
  const method = await lockLiving(ctx, driverId, id);
  await deactivateAutoTopUps(ctx.tx, id, ctx.now);
  await audit(ctx, 'payment_method.remove', 'payment_method', id, { driver: driverId });
  return change(ctx, method, { removedAt: ctx.now }, 'payment_method.removed');
}

/** The driver's saved method with that id, or the default one; whoever calls has made sure that the caller may. Throws `not_found`. */
export async function requirePaymentMethod(ctx: Context, driverId: string | null, id?: string): Promise<PaymentMethod> {
  const methods = driverId === null ? [] : await store.findOfDriver(ctx.tx, driverId);
  const found = id === undefined ? methods[0] : methods.find((method) => method.id === id);
  if (found) return found;
  if (id !== undefined) throw notFound('payment method of that driver', id);
  throw new DomainError('payment_method_not_offered', 'That driver has saved no payment method.');
}

/**
 * PAY-40: the card or mandate that a driver wanted to save with a payment. However often the provider tells it, it is saved once; one that was removed
 * comes back only by a payment that began after that. Gives its id; undefined when it stays removed.
 */
export async function savePaymentMethod(ctx: Context, payment: Payment, { ref, label }: { ref: string; label: string }): Promise<string | undefined> {
  const { networkId, organisationId, driverId, provider } = payment;
  const wanted: PaymentMethod = {
    id: newId('paymentMethod'), networkId, organisationId, driverId: driverId!, provider: provider!, providerRef: ref, label, preferredAt: null, removedAt: null, version: 1,
    createdAt: ctx.now, updatedAt: ctx.now,
  };
  const saved = await store.insertOrRevive(ctx.tx, wanted, payment.createdAt);
  if (saved) await ctx.emit(paymentMethodEvent('payment_method.saved', saved));
  return (saved ?? (await store.findByRef(ctx.tx, wanted)))?.id;
}

async function requireOwnDriver(ctx: Context, action: Action, driverId: string): Promise<void> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, action, { organisationId, driverId });
}

async function lockLiving(ctx: Context, driverId: string, id: string): Promise<PaymentMethod> {
  const method = await store.lockMethod(ctx.tx, id);
  if (method?.driverId !== driverId || method.removedAt !== null) throw notFound('payment method', id);
  return method;
}

async function change(ctx: Context, method: PaymentMethod, by: Partial<PaymentMethod>, eventType: 'payment_method.updated' | 'payment_method.removed'): Promise<PaymentMethod> {
  const changed = { ...method, ...by, version: method.version + 1, updatedAt: ctx.now };
  await store.updateMethod(ctx.tx, changed);
  await ctx.emit(paymentMethodEvent(eventType, changed));
  return changed;
}
