/** What the simulated Razorpay keeps, and how it refuses. */
import { randomBytes } from 'node:crypto';

export type Notes = Record<string, string>;

export interface RzOrder {
  id: string;
  entity: 'order';
  amount: number;
  amount_paid: number;
  currency: string;
  receipt: string | null;
  status: 'created' | 'attempted' | 'paid';
  notes: Notes;
  created_at: number;
  /** not shown */
  hidden: { isAutomatic: boolean; customerId?: string; token?: { max_amount: number; expire_at: number } };
}

export interface RzPayment {
  id: string;
  entity: 'payment';
  amount: number;
  currency: string;
  status: 'created' | 'authorized' | 'captured' | 'refunded' | 'failed';
  captured: boolean;
  order_id: string | null;
  method: string;
  vpa: string | null;
  amount_refunded: number;
  customer_id: string | null;
  token_id: string | null;
  notes: Notes | [];
  error_code: string | null;
  error_description: string | null;
  error_reason: string | null;
  created_at: number;
}

export interface RzLink {
  id: string;
  amount: number;
  currency: string;
  reference_id: string;
  order_id: string | null;
  short_url: string;
  status: 'created' | 'partially_paid' | 'expired' | 'cancelled' | 'paid';
  payments: { payment_id: string; amount: number; status: 'captured' }[] | null;
  notes: Notes;
}

export interface RzRefund {
  id: string;
  entity: 'refund';
  amount: number;
  currency: string;
  payment_id: string;
  notes: Notes;
  receipt: string | null;
  status: 'pending' | 'processed' | 'failed';
}

export interface RzToken {
  id: string;
  entity: 'token';
  recurring_details: { status: 'initiated' | 'confirmed' | 'rejected' | 'cancelled' | 'cancellation_initiated'; failure_reason: string | null };
  expired_at: number;
  hidden: { customerId: string; maxAmount: number };
}

export interface RazorpayState {
  orders: Map<string, RzOrder>;
  payments: Map<string, RzPayment>;
  links: Map<string, RzLink>;
  refunds: Map<string, RzRefund>;
  tokens: Map<string, RzToken>;
}

export const emptyState = (): RazorpayState => ({ orders: new Map(), payments: new Map(), links: new Map(), refunds: new Map(), tokens: new Map() });

export const rzId = (prefix: string): string => `${prefix}_${randomBytes(9).toString('base64url').replaceAll(/[-_]/g, 'x').padEnd(14, '0').slice(0, 14)}`;

/** A refusal in Razorpay's form. */
export class RazorpayFault extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(description: string, reason = 'input_validation_failed', status = 400) {
    super(description);
    this.status = status;
    this.reason = reason;
  }
}

export const errorBody = (description: string, reason = 'NA', code = 'BAD_REQUEST_ERROR'): object => (
  { error: { code, description, source: 'business', step: 'payment_initiation', reason, metadata: {} } });

/** As it is answered. */
export function shown(object: object): object {
  const { hidden: _, ...rest } = object as Record<string, unknown>;
  return structuredClone(rest);
}
