/** The booking policy of a location: what may be booked, how long a slot is kept, and what it costs to change one's mind. */
import { MINUTE_MS } from '../../platform/clock/index.ts';
import { DomainError, type FieldError } from '../../platform/errors/index.ts';

export interface ReservationFee {
  /** ISO 4217 */
  currency: string;
  fixedMinor: number;
  perMinuteMinor: number;
  /** given back when the slot is used */
  depositMinor: number;
  /** the fee is taken off the bill of the session */
  credited: boolean;
}

export interface RefundTier {
  minMinutesBeforeStart: number;
  refundPercent: number;
}

export interface BookingPolicy {
  mode: 'mixed' | 'booking_only' | 'walk_in_only';
  /** slots begin and end on this grid, anchored at the location's local midnight */
  slotGridMinutes: number;
  minDurationMinutes: number;
  maxDurationMinutes: number;
  /** how long before its start a slot can be booked at the latest, and at the earliest */
  minLeadMinutes: number;
  maxLeadMinutes: number;
  /** kept free after each booking */
  bufferMinutes: number;
  /** a session may begin so long before the slot, if nobody else is promised then */
  earlyStartMinutes: number;
  /** a session may go on so long after the slot; never longer than the buffer */
  lateStopMinutes: number;
  /** a driver who is not there and has not said that they are late keeps the slot so long */
  noShowMinutes: number;
  /** a driver who has said that they are late keeps it so long */
  graceMinutes: number;
  /** how long a hold waits for its confirmation */
  holdMinutes: number;
  fee: ReservationFee;
  /** what has to be paid or held, besides fee and deposit, and when: the whole estimate before it is confirmed, or before charging begins, or nothing */
  paymentTiming?: 'pre_order' | 'pre_fulfillment' | 'post_fulfillment';
  /** into the driver's wallet when the operator's side lets them down, besides all that they have paid */
  compensationMinor?: number;
  noShowFeeMinor: number;
  /** the first tier that fits, the longest notice first; none fits: nothing is given back */
  refundTiers: RefundTier[];
  changeUntilMinutes: number;
  cancelUntilMinutes: number;
  maxActivePerDriver: number;
  noShowBan: { consecutive: number; banMinutes: number } | null;
  /** of the location's EVSEs, never booked at the same time */
  walkInSharePercent: number;
  /** what a walk-in may do when a booked slot comes up: not start, start until then, or start and risk it */
  walkInIntoSlot: 'refuse' | 'limit' | 'allow';
  /** uids of EVSEs that reservations move to when theirs is lost */
  backupEvseUids: string[];
  onFault: 'move_else_refund' | 'refund';
}

export interface PolicyVersion {
  id: string;
  operatorId: string;
  /** null for the operator's default */
  locationId: string | null;
  version: number;
  policy: BookingPolicy;
  createdAt: number;
}

export const DEFAULT_POLICY: BookingPolicy = {
  mode: 'mixed',
  slotGridMinutes: 15,
  minDurationMinutes: 15,
  maxDurationMinutes: 240,
  minLeadMinutes: 0,
  maxLeadMinutes: 30 * 24 * 60,
  bufferMinutes: 0,
  earlyStartMinutes: 10,
  lateStopMinutes: 0,
  noShowMinutes: 15,
  graceMinutes: 30,
  holdMinutes: 10,
  fee: { currency: 'EUR', fixedMinor: 0, perMinuteMinor: 0, depositMinor: 0, credited: true },
  paymentTiming: 'post_fulfillment',
  compensationMinor: 0,
  noShowFeeMinor: 0,
  refundTiers: [{ minMinutesBeforeStart: 0, refundPercent: 100 }],
  changeUntilMinutes: 0,
  cancelUntilMinutes: 0,
  maxActivePerDriver: 3,
  noShowBan: { consecutive: 3, banMinutes: 24 * 60 },
  walkInSharePercent: 0,
  walkInIntoSlot: 'limit',
  backupEvseUids: [],
  onFault: 'move_else_refund',
};

/** RSV-P2: fields that contradict each other are refused, each by name. */
export function requireConsistentPolicy(policy: BookingPolicy): void {
  const errors: FieldError[] = [];
  const must = (holds: boolean, pointer: string, message: string): void => {
    if (!holds) errors.push({ pointer, message });
  };
  const shortest = Math.ceil(policy.minDurationMinutes / policy.slotGridMinutes) * policy.slotGridMinutes;
  must(shortest <= policy.maxDurationMinutes, '/max_duration_minutes', 'must not be less than the shortest slot on the grid');
  must(policy.minLeadMinutes <= policy.maxLeadMinutes, '/max_lead_minutes', 'must not be less than min_lead_minutes');
  must(policy.noShowMinutes <= policy.graceMinutes, '/grace_minutes', 'must not be less than no_show_minutes');
  must(policy.lateStopMinutes <= policy.bufferMinutes, '/late_stop_minutes', 'must not be more than buffer_minutes');
  const notices = policy.refundTiers.map((tier) => tier.minMinutesBeforeStart);
  must(new Set(notices).size === notices.length, '/refund_tiers', 'must not name one notice twice');
  if (errors.length > 0) throw new DomainError('invalid_request', 'The policy contradicts itself.', { errors });
}

/** The fee of a reservation, in minor units of the policy's currency. */
export function reservationFeeMinor({ fee }: BookingPolicy, durationMs: number): number {
  return fee.fixedMinor + Math.ceil((fee.perMinuteMinor * durationMs) / MINUTE_MS);
}

/** What has to be paid before a reservation is confirmed. */
export function paymentDueMinor(policy: BookingPolicy, durationMs: number): number {
  return reservationFeeMinor(policy, durationMs) + policy.fee.depositMinor;
}

/** RSV-M1: whether anything is to be paid or held before a reservation is confirmed; how much the whole estimate is depends on prices. */
export function mustPayFirst(policy: BookingPolicy, durationMs: number): boolean {
  return policy.paymentTiming === 'pre_order' || paymentDueMinor(policy, durationMs) > 0;
}

/** How much of what was paid a driver gets back who cancels so long before the start (which may have passed), in percent. */
export function refundPercent(policy: BookingPolicy, minutesBeforeStart: number): number {
  const tiers = [...policy.refundTiers].sort((a, b) => b.minMinutesBeforeStart - a.minMinutesBeforeStart);
  return tiers.find((tier) => minutesBeforeStart >= tier.minMinutesBeforeStart)?.refundPercent ?? 0;
}

/** Seed 004's `free_until_before`: the shortest notice, in seconds, with which everything is given back; null when there is none. */
export function freeUntilBeforeSeconds(policy: BookingPolicy): number | null {
  const notices = policy.refundTiers.filter((tier) => tier.refundPercent === 100).map((tier) => Math.max(tier.minMinutesBeforeStart, policy.cancelUntilMinutes));
  return notices.length === 0 ? null : Math.min(...notices) * 60;
}
