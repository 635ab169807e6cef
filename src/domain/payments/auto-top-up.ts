import type { EpochMs } from '../../platform/clock/index.ts';

/** How a wallet is topped up by itself (seed 003: `wallet.auto_top_up`). */
export interface AutoTopUp {
  driverId: string;
  currency: string;
  networkId: string;
  organisationId: string;
  active: boolean;
  paymentMethodId: string;
  /** with how much, and when less than so much is available */
  amountMinor: bigint;
  belowMinor: bigint;
  /** after a failure: until when it is not tried again, and what was wrong */
  restsUntil: EpochMs | null;
  failure: string | null;
  version: number;
  updatedAt: EpochMs;
}
