/** A top-up: money that gets into a driver's wallet by a payment. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { ContextEvent } from '../organisations/index.ts';

/** `pending` until its payment has ended; money that arrives after it had failed still completes it. */
export const TOP_UP_STATUSES = ['pending', 'completed', 'failed'] as const;
/** By somebody, or by itself, since the wallet had become low. */
export const TOP_UP_TYPES = ['manual', 'auto'] as const;

/** Amounts are whole minor units: bigint, but text in events, which are JSON. */
export interface TopUp<Minor = bigint> {
  id: string;
  networkId: string;
  organisationId: string;
  driverId: string;
  type: (typeof TOP_UP_TYPES)[number];
  currency: string;
  /** what is to be paid */
  amountMinor: Minor;
  /** what gets into the wallet for it: the same, or with a bonus */
  walletAmountMinor: Minor;
  /** what has got into it */
  creditedMinor: Minor;
  status: (typeof TOP_UP_STATUSES)[number];
  paymentId: string;
  metadata: Record<string, string>;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

export function topUpEvent(topUp: TopUp): ContextEvent {
  const { amountMinor, walletAmountMinor, creditedMinor, status, ...rest } = topUp;
  const data: TopUp<string> = { ...rest, status, amountMinor: String(amountMinor), walletAmountMinor: String(walletAmountMinor), creditedMinor: String(creditedMinor) };
  const type = status === 'pending' ? 'top_up.created' : `top_up.${status}`;
  return { type, object: 'top_up', objectId: topUp.id, objectVersion: topUp.version, isPublic: false, audience: [topUp.organisationId], touches: [], data };
}
