/**
 * A payment: what is collected from a driver for an object, by a provider outside or from what is ours.
 *
 *     pending ──▶ authorized ──▶ succeeded          refunds are counted beside it
 *        │             └───────▶ cancelled
 *        ├──▶ succeeded (captured at once)
 *        └──▶ failed | cancelled | expired ──▶ authorized | succeeded (money that arrives late is never denied)
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { ContextEvent } from '../organisations/index.ts';

/** How it is paid. Beckn's names (seed 001) are PAYMENT-LINK, UPI-TRANSFER and BANK-TRANSFER. */
export const METHODS = {
  payment_link: 'a page of the payment provider, at `url`',
  upi_transfer: "a request of the payment provider to the driver's UPI address",
  saved_method: 'a card or mandate that the driver has saved with the payment provider',
  wallet: "the driver's wallet",
  bank_transfer: 'a transfer that names `reference`, found in an imported statement or marked as paid',
  terminal: 'authorised at a payment terminal',
} as const;
export type Method = keyof typeof METHODS;

/** Those that a provider outside collects. */
export function isRemote(method: Method): boolean {
  return method === 'payment_link' || method === 'upi_transfer' || method === 'saved_method';
}

/** When it is to be paid (seed 001: PRE-ORDER, PRE-FULFILLMENT, POST-FULFILLMENT). */
export const TIMINGS = ['pre_order', 'pre_fulfillment', 'post_fulfillment'] as const;
export type Timing = (typeof TIMINGS)[number];

export const PAYMENT_STATUSES = ['pending', 'authorized', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** What a payment can be for. */
export const PAID_OBJECTS = ['reservation', 'session', 'top_up', 'outstanding'] as const;
export type PaidObject = (typeof PAID_OBJECTS)[number];

export interface PaymentDetails {
  /** where the driver pays */
  url?: string;
  /** where the page sends the driver afterwards */
  returnUrl?: string;
  /** the driver's UPI address */
  upiAddress?: string;
  /** our id of the saved method, and what the provider calls it */
  paymentMethodId?: string;
  instrument?: string;
  /** it collects what that payment could not, of the same instrument */
  furtherTo?: string;
  /** what a person may see of it: "Visa •••• 4242" */
  label?: string;
  /** the driver wants the card or mandate to be saved */
  saves?: boolean;
  failure?: { code: string; message: string };
  /** of a terminal: what it has told afterwards */
  settlement?: TerminalSettlement;
}

export interface TerminalSettlement {
  /** `settled`, `canceled`, `rejected`, `failed` */
  status: string;
  amountMinor: string;
  /** as it was told */
  at: string;
  receiptId?: string;
  receiptUrl?: string;
}

/** A part of the money that is held: a pending transfer of the ledger. */
export interface HeldPart {
  transferId: string;
  amountMinor: string;
}

export interface Payment {
  id: string;
  networkId: string;
  /** who collects: the driver's provider */
  organisationId: string;
  driverId: string | null;
  object: PaidObject;
  objectId: string;
  method: Method;
  /** who collects it for us, where it is not ours */
  provider: string | null;
  timing: Timing;
  /** manual: it is authorised first, and captured when it is known what is owed */
  capture: 'manual' | 'automatic';
  currency: string;
  amountMinor: bigint;
  /** how much of it pays what the driver owed before */
  carriedMinor: bigint;
  /** of a top-up: what gets into the wallet, bonus included */
  walletAmountMinor: bigint | null;
  /** all that was ever authorised, captured, given back */
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  status: PaymentStatus;
  details: PaymentDetails;
  /** what a bank transfer names; unique in the network */
  reference: string;
  providerRef: string | null;
  /** of a pending one: until when it can be paid; of an authorised one: until when it can be captured */
  expiresAt: EpochMs | null;
  holds: HeldPart[];
  /** whether what it pays for has looked at its newest change */
  told: boolean;
  /** whether somebody has said that it has changed at its provider since it was looked up */
  wantsLookUp: boolean;
  metadata: Record<string, string>;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

export interface Refund {
  id: string;
  paymentId: string;
  amountMinor: bigint;
  status: 'pending' | 'succeeded' | 'failed';
  reason: string;
  providerRef: string | null;
  /** the pending transfer of the ledger */
  transferId: string | null;
  /** given by the provider once it was billed: nobody owes it again */
  isGoodwill: boolean;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** What is held of it now, in minor units. */
export function heldMinor({ holds }: Pick<Payment, 'holds'>): bigint {
  return holds.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
}

/** Whether nothing can come of it any more by itself. */
export function isEnded(status: PaymentStatus): boolean {
  return status !== 'pending' && status !== 'authorized';
}

/** In events, which are JSON, amounts are text. */
export type PaymentEventData = Omit<Payment, 'amountMinor' | 'carriedMinor' | 'walletAmountMinor' | 'authorizedMinor' | 'capturedMinor' | 'refundedMinor'>
  & Record<'amountMinor' | 'carriedMinor' | 'authorizedMinor' | 'capturedMinor' | 'refundedMinor', string> & { walletAmountMinor: string | null };

export function paymentEvent(type: string, p: Payment): ContextEvent {
  const data: PaymentEventData = {
    ...p, amountMinor: String(p.amountMinor), carriedMinor: String(p.carriedMinor), authorizedMinor: String(p.authorizedMinor), capturedMinor: String(p.capturedMinor),
    refundedMinor: String(p.refundedMinor), walletAmountMinor: p.walletAmountMinor === null ? null : String(p.walletAmountMinor),
  };
  return { type, object: 'payment', objectId: p.id, objectVersion: p.version, isPublic: false, audience: [p.organisationId], touches: [], data };
}
