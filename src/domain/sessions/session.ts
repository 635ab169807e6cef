import type { EpochMs } from '../../platform/clock/index.ts';

/** How a session was begun. `sandbox`: by a call in the place of a charger. */
export const SESSION_TYPES = ['app', 'wallet', 'rfid', 'qr', 'payment_link', 'terminal', 'sandbox'] as const;
export type SessionType = (typeof SESSION_TYPES)[number];

/** What a driver wants to stop at; whichever comes first. */
export interface Targets {
  energyWh?: number;
  /** in minor units of the tariff's currency, tax included */
  costMinor?: number;
  /** of charging, since it began */
  durationMinutes?: number;
  /** of the battery, where the station tells it */
  socPercent?: number;
}

/** Why energy does not flow though the vehicle is there: the driver's pause, or a limit that was reached. */
export type HoldBack = 'pausing' | 'paused' | 'resuming' | 'limit';

/** Why a session's energy was ended by us. */
export const LIMIT_REASONS = ['authorized_amount', 'target_energy', 'target_cost', 'target_duration', 'target_soc', 'slot_end', 'stop_requested'] as const;
export type LimitReason = (typeof LIMIT_REASONS)[number];

/** What was foreseen when its energy was ended, and, once it is billed, how far it went over. */
export interface LimitNote {
  reason: LimitReason;
  at: EpochMs;
  limitMinor?: number;
  foreseenMinor?: number;
  /** what the session came to beyond the limit; 0 when it kept to it */
  overshootMinor?: number;
}

/**
 * A vehicle being served, with or without a reservation. `created → started → (paused ⇄ started) → ended`, or `cancelled`; it goes on while
 * its charger is away (`isInterrupted`).
 */
export interface Session {
  id: string;
  networkId: string;
  /** who serves the driver: the provider, or the operator itself */
  organisationId: string;
  operatorId: string;
  locationId: string;
  stationId: string | null;
  evseId: string;
  connectorId: string | null;
  driverId: string | null;
  reservationId: string | null;
  type: SessionType;
  status: 'created' | 'started' | 'paused' | 'ended' | 'cancelled';
  /** of one that is created: when it was */
  startedAt: EpochMs;
  /** of one that is created: cancelled when nothing has started by then */
  startBy: EpochMs | null;
  /** when it has to be over: the end of its slot and the late stop, or the next driver's slot */
  endsBy: EpochMs | null;
  endedAt: EpochMs | null;
  /** why it was cancelled, or what ended it */
  endedReason: string | null;
  energyWh: number;
  /** what starts it at the station */
  tokenUid: string | null;
  remoteStartId: number | null;
  isInterrupted: boolean;
  interruptedAt: EpochMs | null;
  targets: Targets | null;
  paymentId: string | null;
  holdBack: HoldBack | null;
  limitNote: LimitNote | null;
  checkAt: EpochMs | null;
  repriceAt: EpochMs | null;
  /** since when the vehicle is there and takes nothing */
  parkedSince: EpochMs | null;
  overstayToldAt: EpochMs | null;
  /** of the link by which anybody can follow it */
  trackingHash: string | null;
  /** of the secret of who began it without being anybody's driver */
  guestHash: string | null;
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

/** Whether charging has begun, and is not over. */
export function isRunning({ status }: Pick<Session, 'status'>): boolean {
  return status === 'started' || status === 'paused';
}
