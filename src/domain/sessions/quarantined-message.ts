import type { EpochMs } from '../../platform/clock/index.ts';

/** What a station has told that fits nowhere. */
export interface QuarantinedMessage {
  id: string;
  networkId: string;
  operatorId: string;
  stationId: string;
  action: string;
  payload: Record<string, unknown>;
  reason: 'transaction_unknown';
  receivedAt: EpochMs;
  resolvedAt: EpochMs | null;
}
