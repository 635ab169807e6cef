/** What Razorpay answers, as far as it is read here. Amounts are paise; times are seconds since 1970. */

/** Razorpay writes notes that there are none of as an empty list. */
export type Notes = Record<string, string> | [];

export interface Order {
  id: string;
  amount: number;
  currency: string;
  receipt: string | null;
  status: 'created' | 'attempted' | 'paid';
  notes: Notes;
}

export interface Payment {
  id: string;
  amount: number;
  currency: string;
  status: 'created' | 'authorized' | 'captured' | 'refunded' | 'failed';
  /** what was refunded without having been captured is none of our money */
  captured: boolean;
  order_id: string | null;
  method: string;
  vpa?: string | null;
  amount_refunded: number;
  customer_id?: string | null;
  token_id?: string | null;
  notes: Notes;
  error_code: string | null;
  error_description: string | null;
  error_reason: string | null;
}

export interface Refund {
  id: string;
  amount: number;
  status: 'pending' | 'processed' | 'failed';
  notes: Notes;
}

export interface PaymentLink {
  id: string;
  amount: number;
  currency: string;
  reference_id: string;
  order_id?: string | null;
  short_url: string;
  status: 'created' | 'partially_paid' | 'expired' | 'cancelled' | 'paid';
  /** only what was captured; null before */
  payments: { payment_id: string }[] | null;
}

export interface Token {
  id: string;
  recurring_details: { status: 'initiated' | 'confirmed' | 'rejected' | 'paused' | 'cancelled' | 'cancellation_initiated'; failure_reason: string | null };
  expired_at?: number | null;
}

/** Under these we write in notes what is ours. */
export const NOTE = { payment: 'plugtime_payment', refund: 'plugtime_refund', kind: 'plugtime_kind', flow: 'plugtime_flow', withdrawn: 'plugtime_withdrawn' } as const;

/** Notes with one more. */
export function withNote({ notes }: { notes: Notes }, name: string, value: string): Record<string, string> {
  return { ...(Array.isArray(notes) ? {} : notes), [name]: value };
}

export function noteOf({ notes }: { notes?: Notes | null }, name: string): string | undefined {
  return notes && !Array.isArray(notes) ? notes[name] : undefined;
}

/** What a one-time mandate is agreed with: a payment that fails on purpose. */
export const AGREED = 'upi_dummy_payment';
