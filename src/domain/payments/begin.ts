/** A payment begins: it is written down, and what collects it is asked. Whoever calls has made sure that the caller may. */
import { randomInt } from 'node:crypto';
import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { mergeMetadata } from '../drivers/index.ts';
import type { Context, PaymentProviderFacts } from '../organisations/index.ts';
import { requestCall } from './calls.ts';
import { authoriseLocally, captureLocally } from './local.ts';
import type { PaymentMethod } from './payment-method.ts';
import { requirePaymentMethod } from './payment-methods.ts';
import { isRemote, paymentEvent, type Method, type Payment, type PaymentDetails } from './payment.ts';
import { findOfTerminal, insertPayment } from './store-payments.ts';

export interface PaymentDraft extends Pick<Payment, 'organisationId' | 'driverId' | 'object' | 'objectId' | 'method' | 'timing' | 'currency' | 'amountMinor'> {
  /** captured at once; else it is held where that is possible, until it is known what is owed */
  isFinal: boolean;
  carriedMinor?: bigint;
  walletAmountMinor?: bigint;
  /** who collects it; else the first that offers the method */
  provider?: string;
  details?: PaymentDetails;
  /** until when it can be paid */
  expiresAt?: EpochMs;
  /** the card or mandate is saved for later payments */
  saves?: boolean;
  /** of a terminal: what it calls the payment */
  providerRef?: string;
  /** of a saved method: which; else the driver's default one */
  paymentMethodId?: string;
  metadata?: Record<string, string>;
}

/**
 * Throws `payment_method_not_offered`, `already_exists` for what a terminal has told of before, `insufficient_funds` for a wallet that has too little, and
 * `not_found` for a saved method that the driver does not have.
 */
export async function beginPayment(ctx: Context, draft: PaymentDraft): Promise<Payment> {
  const isSaved = draft.method === 'saved_method' && draft.details?.instrument === undefined;
  if (draft.method === 'terminal') await requireNewAtTerminal(ctx, draft);
  const saved = isSaved ? await requirePaymentMethod(ctx, draft.driverId, draft.paymentMethodId) : undefined;
  if (draft.saves) requireSavable(draft);
  const provider = isRemote(draft.method) ? requireProvider(ctx, draft.method, saved?.provider ?? draft.provider) : undefined;
  const { isFinal, provider: _, saves, paymentMethodId: __, ...given } = draft;
  const canHold = provider ? provider.canHold.includes(draft.method) : draft.method !== 'bank_transfer';
  const payment: Payment = {
    ...given, id: newId('payment'), networkId: ctx.network.id, provider: provider?.id ?? null, capture: isFinal || !canHold ? 'automatic' : 'manual',
    carriedMinor: given.carriedMinor ?? 0n, walletAmountMinor: given.walletAmountMinor ?? null, authorizedMinor: 0n, capturedMinor: 0n, refundedMinor: 0n, status: 'pending',
    details: { ...given.details, ...(saves ? { saves } : {}), ...(saved ? instrumentOf(saved) : {}) },
    reference: newReference(), providerRef: given.providerRef ?? null, expiresAt: given.expiresAt ?? null, holds: [], told: true, wantsLookUp: false,
    metadata: mergeMetadata({}, given.metadata), version: 1, createdAt: ctx.now, updatedAt: ctx.now,
  };
  await insertPayment(ctx.tx, payment);
  await ctx.emit(paymentEvent('payment.created', payment));
  if (provider) {
    await requestCall(ctx, payment, 'start');
    return payment;
  }
  if (payment.method === 'bank_transfer') return payment;
  const authorised = await authoriseLocally(ctx, payment);
  return payment.capture === 'manual' ? authorised : captureLocally(ctx, authorised, payment.amountMinor);
}

/** PAY-54: what a terminal has authorised is spent once. */
async function requireNewAtTerminal(ctx: Context, { organisationId, providerRef }: PaymentDraft): Promise<void> {
  const known = providerRef === undefined ? undefined : await findOfTerminal(ctx.tx, organisationId, providerRef);
  if (known) throw new DomainError('already_exists', 'What that terminal has authorised pays for something already.', { payment: known.id, for: known.objectId });
}

const instrumentOf = ({ id, providerRef, label }: PaymentMethod): PaymentDetails => ({ paymentMethodId: id, instrument: providerRef, label });

function requireSavable({ driverId, method }: PaymentDraft): void {
  if (driverId !== null && isRemote(method) && method !== 'saved_method') return;
  throw new DomainError('invalid_request', 'Only what a driver pays with at a payment provider can be saved.', { errors: [{ pointer: '/save_payment_method',
    message: 'goes with a driver, and a page or a UPI address' }] });
}

function requireProvider(ctx: Context, method: Method, id: string | undefined): PaymentProviderFacts {
  const offered = ctx.settings.providers.filter(({ mode, methods }) => mode === ctx.network.mode && methods.includes(method));
  const provider = id === undefined ? offered[0] : offered.find((candidate) => candidate.id === id);
  if (provider) return provider;
  const ways = [...new Set(ctx.settings.providers.filter(({ mode }) => mode === ctx.network.mode).flatMap(({ methods }) => methods))];
  throw new DomainError('payment_method_not_offered', `Nobody collects payments by ${method} here${id === undefined ? '' : ` through ${id}`}.`, { offered: [...ways,
    'wallet', 'bank_transfer'] });
}

/** No letters that read like others. */
const SIGNS = '23456789ABCDEFGHJKLMNPQRSTVWXYZ';
const REFERENCE_SIGNS = 9;

/** What a bank transfer names: unique, and short enough to be typed. */
function newReference(): string {
  return `PT${Array.from({ length: REFERENCE_SIGNS }, () => SIGNS[randomInt(SIGNS.length)]).join('')}`;
}
