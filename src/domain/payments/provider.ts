/**
 * The port to payment providers. Whatever is asked of one, it answers with all that it knows of the payment; the answer is applied
 * as a difference to what is known here, so that one that comes twice, late or out of order changes nothing.
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Method } from './payment.ts';

/** A payment as its provider has it. Amounts are minor units, all that ever was. */
export interface ProviderPayment {
  ref: string;
  /** our id, as the provider was told it */
  paymentId: string | null;
  state: 'pending' | 'authorized' | 'captured' | 'failed' | 'cancelled';
  currency: string;
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refunds: ProviderRefund[];
  /** where the driver pays, while it is pending */
  url?: string;
  /** until when what is authorised can be captured (real time) */
  capturableUntil?: EpochMs;
  /** the saved card or mandate, where one was saved, and what a person may see of it */
  instrument?: { ref: string; label: string };
  label?: string;
  failure?: { code: string; message: string };
}

export interface ProviderRefund {
  ref: string;
  /** our id, as the provider was told it */
  refundId: string | null;
  amountMinor: bigint;
  state: 'pending' | 'succeeded' | 'failed';
}

export interface StartRequest {
  /** our id: under it the payment can be found again */
  paymentId: string;
  idempotencyKey: string;
  method: Method;
  amountMinor: bigint;
  currency: string;
  capture: 'manual' | 'automatic';
  description: string;
  returnUrl?: string;
  upiAddress?: string;
  /** a saved method: the payment is made without the driver */
  instrument?: string;
  /** whether the card or mandate is to be saved for later */
  saves: boolean;
  /** groups saved methods */
  customerId?: string;
  expiresAt?: EpochMs;
}

export interface ChangeRequest {
  ref: string;
  paymentId: string;
  idempotencyKey: string;
  amountMinor: bigint;
  currency: string;
}

export interface PaymentProvider {
  id: string;
  /** where its payments may be made */
  mode: 'live' | 'sandbox';
  methods: readonly Method[];
  /** whether it can authorise now and capture later, by method */
  canHold: readonly Method[];
  start(request: StartRequest): Promise<ProviderPayment>;
  /** captures so much of what is authorised; the rest is released */
  capture(request: ChangeRequest): Promise<ProviderPayment>;
  /** releases what is authorised, or withdraws what is pending */
  cancel(request: Omit<ChangeRequest, 'amountMinor'>): Promise<ProviderPayment>;
  /** raises what is authorised to so much in all; absent where it can't */
  increase?(request: ChangeRequest): Promise<ProviderPayment>;
  refund(request: ChangeRequest & { refundId: string; reason: string }): Promise<ProviderPayment>;
  /** asks for the truth; undefined when it has never heard of it */
  find(by: { paymentId: string; ref: string | null; createdAt: EpochMs }): Promise<ProviderPayment | undefined>;
  /** reads a notice (webhook): whose signature is wrong throws `NoticeRefused`. What it says is not believed, only looked up */
  readNotice(headers: Record<string, string | undefined>, body: string): { paymentId?: string; ref?: string };
  /** all payments of a time, for the reconciliation */
  list(time: { from: EpochMs; to: EpochMs }): AsyncIterable<ProviderPayment>;
}

/** A provider said no, for good: nothing was moved by that call. Everything else that a call throws leaves open what happened. */
export class ProviderRefusal extends Error {
  override readonly name = 'ProviderRefusal';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A notice that is not of the provider, or too old. */
export class NoticeRefused extends Error {
  override readonly name = 'NoticeRefused';
}
