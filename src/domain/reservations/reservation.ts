/**
 * The reservation: a driver's agreement that leads to a booking (seed 004). Its six states are the seed's; final states never
 * change. `LIFE_CYCLE` says what every event does in every state; SPEC.md prints the same table and a test walks it whole.
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { ConnectorStandard } from '../stations/index.ts';
import type { AskedFor } from './asked-for.ts';
import type { AssignmentNote, FlexibleWish, Outlook } from './flexible/wish.ts';
import type { BookingPolicy } from './policy.ts';

export const STATUSES = ['pending', 'confirmed', 'completed', 'cancelled', 'failed', 'expired'] as const;
export type Status = (typeof STATUSES)[number];

export const FAILED_REASONS = ['no_available_connectors', 'payment_failed', 'other'] as const;

export const LIFE_CYCLE_EVENTS = [
  'confirm', 'update', 'cancel', 'operator_cancel', 'extend', 'move', 'late', 'leave', 'session_start', 'session_end', 'hold_expiry', 'no_show', 'evse_lost',
  'assigned', 'not_assigned', 'window_passed',
] as const;
export type LifeCycleEvent = (typeof LIFE_CYCLE_EVENTS)[number];

/** A status: what the event leads to. `refused`: the caller is told `invalid_state`. `ignored`: nothing happens. */
export type Outcome = Status | 'refused' | 'ignored';

const final: Record<LifeCycleEvent, Outcome> = {
  confirm: 'refused', update: 'refused', cancel: 'refused', operator_cancel: 'refused', extend: 'refused', move: 'refused', late: 'refused', leave: 'refused',
  session_start: 'refused', session_end: 'ignored', hold_expiry: 'ignored', no_show: 'ignored', evse_lost: 'ignored',
  assigned: 'ignored', not_assigned: 'ignored', window_passed: 'ignored',
};

export const LIFE_CYCLE: Record<Status, Record<LifeCycleEvent, Outcome>> = {
  pending: {
    confirm: 'confirmed', update: 'pending', cancel: 'cancelled', operator_cancel: 'cancelled', extend: 'pending', move: 'pending', late: 'refused', leave: 'refused',
    session_start: 'refused', session_end: 'ignored', hold_expiry: 'failed', no_show: 'ignored', evse_lost: 'failed',
    assigned: 'confirmed', not_assigned: 'failed', window_passed: 'expired',
  },
  confirmed: {
    confirm: 'refused', update: 'refused', cancel: 'cancelled', operator_cancel: 'cancelled', extend: 'confirmed', move: 'confirmed', late: 'confirmed', leave: 'confirmed',
    session_start: 'confirmed', session_end: 'completed', hold_expiry: 'ignored', no_show: 'expired', evse_lost: 'failed',
    assigned: 'ignored', not_assigned: 'ignored', window_passed: 'ignored',
  },
  completed: final,
  cancelled: final,
  failed: final,
  expired: final,
};

/** `armed`: the station keeps it. `soft`: we refuse everybody else there. `not_enforceable`: the station does not always ask us. */
export const ENFORCEMENTS = ['arming', 'armed', 'soft', 'not_enforceable'] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];

export interface Reservation {
  id: string;
  networkId: string;
  /** who made it: an eMSP (or app), or the operator itself */
  organisationId: string;
  /** of the place; null for a flexible one that waits for its assignment */
  operatorId: string | null;
  mode: 'exact' | 'flexible';
  status: Status;
  locationId: string | null;
  stationId: string | null;
  evseId: string | null;
  connectorId: string | null;
  bookingId: string | null;
  driverId: string | null;
  vehicleId: string | null;
  reservedStart: EpochMs | null;
  reservedEnd: EpochMs | null;
  /** while pending: until when the slot is held */
  holdExpiresAt: EpochMs | null;
  /** while confirmed and not begun: when it counts as not used */
  noShowAt: EpochMs | null;
  /** while it waits for its assignment (flexible): when that is decided */
  assignAt: EpochMs | null;
  /** while it waits: what the newest plan says of it; changes without a new version */
  outlook: Outlook | null;
  policyId: string | null;
  /** the policy as it was when the promise was made; a later change of it changes nothing here (RSV-P1). Before the assignment, the built-in one */
  policy: BookingPolicy;
  metadata: Record<string, string>;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;

  connectorStandards: ConnectorStandard[];
  idealStart: EpochMs;
  idealEnd: EpochMs;
  earliestStart: EpochMs;
  latestEnd: EpochMs;
  /** IANA, of the location */
  timeZone: string;
  energyWh: number | null;
  paymentMethod: string | null;
  reservationFeeMinor: number;
  currency: string;
  confirmedAt: EpochMs | null;
  endedAt: EpochMs | null;
  failedReason: (typeof FAILED_REASONS)[number] | null;
  /** why it ended, in a word: `hold_expired`, `no_show`, `left_unused`, or the words of who cancelled */
  endedDetail: string | null;
  cancelledBy: 'driver' | 'operator' | null;
  /** when a driver who is late has said to arrive */
  expectedArrival: EpochMs | null;
  leftAt: EpochMs | null;
  sessionId: string | null;
  sessionStartedAt: EpochMs | null;
  /** what is owed for not using it */
  noShowFeeMinor: number;
  /** why it was moved from its EVSE, when nobody asked for that */
  movedBecause: 'outage' | 'occupancy' | null;
  /** how an exact one was asked for */
  askedFor?: AskedFor;
  /** the series that it is an occurrence of */
  seriesId: string | null;
  /** the entry of the waitlist that it is, or was, an offer to */
  waitlistEntryId: string | null;
  /** what it was agreed to cost, where all of that was paid or held before it was confirmed */
  agreedMinor?: number | null;
  /** the quote that it was made with, whose prices hold for it */
  quoteId?: string | null;
  /** whether money is involved: payments were begun; it is to be paid by itself, or billed, now; it was billed */
  money?: 'open' | 'to_pay' | 'to_bill' | 'billed' | null;
  /** how its slot is kept for it at the station, while it stands and is not used; absent: in our calendar alone */
  enforcement?: Enforcement | null;
  /** what begins it at the station where it has no driver */
  startToken?: string | null;
  /** what a flexible one asked for */
  wish: FlexibleWish | null;
  /** why a flexible one got what it got, or what was tried */
  assignment: AssignmentNote | null;
}

/** How its slot is kept for it now. */
export function enforcementOf({ status, sessionId, enforcement }: Pick<Reservation, 'status' | 'sessionId' | 'enforcement'>): Enforcement | 'none' {
  return status === 'confirmed' && sessionId === null ? enforcement ?? 'none' : 'none';
}

/** Whether it is a flexible one that nobody has decided on yet: it has no slot. */
export function isWaiting({ assignAt }: Pick<Reservation, 'assignAt'>): boolean {
  return assignAt !== null;
}

export function isFinal(status: Status): boolean {
  return status !== 'pending' && status !== 'confirmed';
}

/** Until when a confirmed reservation waits for its driver: shorter when nobody has said that they are late. Never beyond its end. */
export function noShowDeadline(policy: BookingPolicy, reservedStart: EpochMs, reservedEnd: EpochMs, expectedArrival: EpochMs | null): EpochMs {
  const keptMs = policy.noShowMinutes * 60_000;
  const graceMs = policy.graceMinutes * 60_000;
  const waited = expectedArrival === null ? keptMs : Math.min(Math.max(keptMs, expectedArrival - reservedStart + keptMs), graceMs);
  return Math.min(reservedStart + waited, reservedEnd);
}
