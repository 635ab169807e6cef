/**
 * The built-in payment provider of sandbox networks. It is a simulator: no money moves. It keeps books of its own, has a payment page on
 * which a tester plays the driver and the bank, and sends signed notices, as providers do.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { NoticeRefused, ProviderRefusal, type PaymentProvider, type ProviderPayment, type StartRequest } from '../../domain/payments/index.ts';
import { toRfc3339 } from '../../platform/clock/index.ts';
import type { Database } from '../../platform/database/index.ts';
import * as store from './store.ts';

export const SANDBOX = 'sandbox';
/** Where its payment pages are. */
export const PAGE_PATH = '/sandbox/payments';
/** What a saved method of the sandbox is called: it pays by itself, unless its name says that it is declined. */
export const DECLINED = 'sandbox_declined';

export interface SandboxOptions {
  database: Database;
  /** how drivers reach this server */
  publicUrl(): string;
  /** signs notices */
  secret: string;
}

export function sandboxProvider({ database, publicUrl, secret }: SandboxOptions): PaymentProvider {
  const told = (p: store.SandboxPayment): ProviderPayment => truthOf(p, publicUrl());
  const changed = async (ref: string, work: (p: store.SandboxPayment) => store.SandboxPayment): Promise<ProviderPayment> => {
    const found = await store.change(database, ref, work);
    if (!found) throw new ProviderRefusal('unknown_payment', 'That payment is not known here.');
    return told(found);
  };
  return {
    id: SANDBOX, mode: 'sandbox', methods: ['payment_link', 'upi_transfer', 'saved_method'], canHold: ['payment_link', 'upi_transfer', 'saved_method'],
    start: async (request) => {
      if (request.instrument === DECLINED) throw new ProviderRefusal('declined', 'The sandbox bank declined that saved method.');
      await store.insert(database, newPayment(request));
      return told((await store.findByPayment(database, request.paymentId))!);
    },
    capture: ({ ref, amountMinor }) => changed(ref, (p) => {
      if (p.state !== 'authorized') throw new ProviderRefusal('not_authorized', `That payment is ${p.state}.`);
      if (amountMinor > p.authorizedMinor) throw new ProviderRefusal('amount_too_large', `Only ${p.authorizedMinor} are authorised.`);
      return { ...p, state: 'captured', capturedMinor: amountMinor };
    }),
    cancel: ({ ref }) => changed(ref, (p) => {
      if (p.state === 'captured') throw new ProviderRefusal('already_captured', 'That payment is captured.');
      return p.state === 'failed' ? p : { ...p, state: 'cancelled' };
    }),
    increase: ({ ref, amountMinor }) => changed(ref, (p) => {
      if (p.state !== 'authorized') throw new ProviderRefusal('not_authorized', `That payment is ${p.state}.`);
      return amountMinor > p.authorizedMinor ? { ...p, authorizedMinor: amountMinor } : p;
    }),
    refund: ({ ref, amountMinor, refundId }) => changed(ref, (p) => withRefund(p, amountMinor, refundId)),
    find: async ({ paymentId }) => {
      const found = await store.findByPayment(database, paymentId);
      return found && told(found);
    },
    readNotice: (headers, body) => {
      if (!isSigned(secret, headers['sandbox-signature'] ?? '', body)) throw new NoticeRefused('its signature is wrong.');
      return JSON.parse(body) as { paymentId: string };
    },
    list: async function* listAll({ from, to }) {
      for (let after = ''; ;) {
        const page = await store.list(database, { from: toRfc3339(from), to: toRfc3339(to) }, after, 500);
        yield* page.map(told);
        if (page.length === 0) return;
        after = page.at(-1)!.ref;
      }
    },
  };
}

function newPayment(r: StartRequest): Omit<store.SandboxPayment, 'createdAt'> {
  const p: Omit<store.SandboxPayment, 'createdAt'> = {
    ref: `sbx_${randomBytes(18).toString('base64url')}`, paymentId: r.paymentId, currency: r.currency, amountMinor: r.amountMinor, capture: r.capture, description: r.description,
    returnUrl: r.returnUrl ?? null, state: 'pending', authorizedMinor: 0n, capturedMinor: 0n, refunds: [], failure: null, label: r.upiAddress ?? null,
    instrument: r.instrument ?? null, saves: r.saves,
  };
  return r.method === 'saved_method' ? paid(p) : p;
}

/** The driver has paid: it is authorised, or captured at once. */
export function paid<P extends Omit<store.SandboxPayment, 'createdAt'>>(p: P): P {
  const capturedMinor = p.capture === 'automatic' ? p.amountMinor : 0n;
  const saved = p.saves ? { instrument: `sandbox_${p.ref}` } : {};
  return { ...p, ...saved, state: p.capture === 'automatic' ? 'captured' : 'authorized', authorizedMinor: p.amountMinor, capturedMinor, label: p.label
    ?? 'Sandbox card •••• 4242', failure: null };
}

function withRefund(p: store.SandboxPayment, amountMinor: bigint, refundId: string): store.SandboxPayment {
  if (p.refunds.some((refund) => refund.refundId === refundId)) return p;
  const before = p.refunds.reduce((sum, refund) => sum + BigInt(refund.amountMinor), 0n);
  if (before + amountMinor > p.capturedMinor) throw new ProviderRefusal('amount_too_large', `Only ${p.capturedMinor - before} are left to give back.`);
  return { ...p, refunds: [...p.refunds, { ref: `${p.ref}_${p.refunds.length + 1}`, refundId, amountMinor: String(amountMinor) }] };
}

function truthOf(p: store.SandboxPayment, publicUrl: string): ProviderPayment {
  return {
    ref: p.ref, paymentId: p.paymentId, state: p.state, currency: p.currency, authorizedMinor: p.authorizedMinor, capturedMinor: p.capturedMinor,
    refunds: p.refunds.map(({ ref, refundId, amountMinor }) => ({ ref, refundId, amountMinor: BigInt(amountMinor), state: 'succeeded' })),
    ...(p.state === 'pending' ? { url: `${publicUrl}${PAGE_PATH}/${p.ref}` } : {}), ...(p.label === null ? {} : { label: p.label }),
    ...(p.failure === null ? {} : { failure: p.failure }),
    ...(p.saves && p.instrument !== null ? { instrument: { ref: p.instrument, label: p.label ?? 'Sandbox card' } } : {}),
  };
}

export function signatureOf(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

function isSigned(secret: string, signature: string, body: string): boolean {
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(secret, body))];
  return given.length === right.length && timingSafeEqual(given, right);
}

