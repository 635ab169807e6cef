import type { EpochMs } from '../../platform/clock/index.ts';
import type { ErrorCode } from '../../platform/errors/index.ts';
import type { AskedFor } from './asked-for.ts';

/** A request that was refused. */
export interface Refusal {
  networkId: string;
  operatorId: string;
  locationId: string;
  /** nothing else is known of the person */
  driverId: string | null;
  code: ErrorCode;
  askedAt: EpochMs;
  asked: AskedFor;
}
