import type { EpochMs } from '../../platform/clock/index.ts';
import type { BootInfo } from './connection.ts';

/** What becomes of stations that an operator does not know. */
export type UnknownStations = 'refuse' | 'pending';

/** A station that has come without being known, and waits to be accepted. */
export interface PendingStation {
  id: string;
  networkId: string;
  operatorId: string;
  identity: string;
  protocol: string;
  remoteAddress: string | null;
  /** of the password that it came with, if that is long enough to be one */
  passwordHash: string | null;
  boot: BootInfo | null;
  firstSeenAt: EpochMs;
  lastSeenAt: EpochMs;
}
