import type { EpochMs } from '../../platform/clock/index.ts';

/** A vehicle being served, with or without a reservation. `created → started → (paused ⇄ started) → ended`, or `cancelled`. */
export interface Session {
  id: string;
  networkId: string;
  /** who serves the driver: the provider, or the operator itself */
  organisationId: string;
  operatorId: string;
  locationId: string;
  evseId: string;
  connectorId: string | null;
  driverId: string | null;
  reservationId: string | null;
  status: 'created' | 'started' | 'paused' | 'ended' | 'cancelled';
  startedAt: EpochMs;
  /** when it has to be over: the end of its slot and the late stop, or the next driver's slot */
  endsBy: EpochMs | null;
  endedAt: EpochMs | null;
  energyWh: number;
  /** in the end: what it comes to */
  cost: SessionCost | null;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

export interface SessionCost {
  billId: string;
  currency: string;
  totalMinor: number;
}
