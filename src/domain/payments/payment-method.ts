/** A card or mandate that a driver has saved with a payment provider: what the provider calls it, and what a person may see of it. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { ContextEvent } from '../organisations/index.ts';

export interface PaymentMethod {
  id: string;
  networkId: string;
  organisationId: string;
  driverId: string;
  /** where it is saved, and what it is called there */
  provider: string;
  providerRef: string;
  /** what a person may see of it: "Visa •••• 4242" */
  label: string;
  /** when the driver made it the default */
  preferredAt: EpochMs | null;
  removedAt: EpochMs | null;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** Events tell nobody what the provider calls it. */
export type PaymentMethodEventData = Omit<PaymentMethod, 'providerRef'>;

export function paymentMethodEvent(type: 'payment_method.saved' | 'payment_method.updated' | 'payment_method.removed', method: PaymentMethod): ContextEvent {
  const { providerRef: _, ...data } = method;
  return {
    type, object: 'payment_method', objectId: method.id, objectVersion: method.version, isPublic: false, audience: [method.organisationId], touches: [],
    data: data satisfies PaymentMethodEventData,
  };
}
