/** The booking policies of the demo network: what each operator, and here and there a location, differs in from the defaults. */
import type { BookingPolicy } from '../domain/reservations/index.ts';

/** Any part of a booking policy; what is left out is the default. */
export type DemoPolicy = Partial<BookingPolicy>;

const HOUR = 60;
const DAY = 24 * HOUR;

/** Nothing is due before a booking is confirmed, so that the whole story can be played without a payment. */
const NO_FEE = { currency: 'INR', fixedMinor: 0, perMinuteMinor: 0, depositMinor: 0, credited: true } as const;

/**
 * Highway plazas: short slots on a grid of 15 minutes, so that 12:45–13:30 can be booked, until shortly before arrival,
 * with 85 % back when cancelled four hours before (seeds 000 and 001).
 */
export const HIGHWAY_POLICY: DemoPolicy = {
  mode: 'mixed',
  slotGridMinutes: 15,
  minDurationMinutes: 15,
  maxDurationMinutes: 90,
  minLeadMinutes: 0,
  maxLeadMinutes: 14 * DAY,
  bufferMinutes: 0,
  earlyStartMinutes: 10,
  lateStopMinutes: 0,
  noShowMinutes: 15,
  graceMinutes: 25,
  holdMinutes: 10,
  fee: NO_FEE,
  noShowFeeMinor: 100_00,
  refundTiers: [{ minMinutesBeforeStart: 4 * HOUR, refundPercent: 85 }],
  changeUntilMinutes: 30,
  cancelUntilMinutes: 0,
  maxActivePerDriver: 3,
  noShowBan: { consecutive: 3, banMinutes: 7 * DAY },
  walkInSharePercent: 0,
  walkInIntoSlot: 'limit',
  onFault: 'move_else_refund',
};

/** Malls: shopping takes hours, and half of the plugs are for whoever comes by. */
export const MALL_POLICY: DemoPolicy = {
  mode: 'mixed',
  slotGridMinutes: 30,
  minDurationMinutes: 30,
  maxDurationMinutes: 4 * HOUR,
  minLeadMinutes: 0,
  maxLeadMinutes: 7 * DAY,
  bufferMinutes: 5,
  earlyStartMinutes: 10,
  lateStopMinutes: 5,
  noShowMinutes: 20,
  graceMinutes: 30,
  holdMinutes: 10,
  fee: NO_FEE,
  noShowFeeMinor: 50_00,
  refundTiers: [{ minMinutesBeforeStart: 2 * HOUR, refundPercent: 100 }, { minMinutesBeforeStart: 30, refundPercent: 50 }],
  changeUntilMinutes: 15,
  cancelUntilMinutes: 0,
  maxActivePerDriver: 2,
  noShowBan: null,
  walkInSharePercent: 50,
  walkInIntoSlot: 'allow',
  onFault: 'move_else_refund',
};

/** Hotels, offices and car parks: the plug belongs to the stay, so it is long, booked ahead and given to nobody else. */
export const STAY_POLICY: DemoPolicy = {
  mode: 'booking_only',
  slotGridMinutes: 60,
  minDurationMinutes: 60,
  maxDurationMinutes: 12 * HOUR,
  minLeadMinutes: 15,
  maxLeadMinutes: 30 * DAY,
  bufferMinutes: 15,
  earlyStartMinutes: 30,
  lateStopMinutes: 15,
  noShowMinutes: 60,
  graceMinutes: 2 * HOUR,
  holdMinutes: 15,
  fee: NO_FEE,
  noShowFeeMinor: 200_00,
  refundTiers: [{ minMinutesBeforeStart: DAY, refundPercent: 100 }, { minMinutesBeforeStart: 4 * HOUR, refundPercent: 85 }],
  changeUntilMinutes: HOUR,
  cancelUntilMinutes: HOUR,
  maxActivePerDriver: 5,
  noShowBan: null,
  walkInSharePercent: 0,
  walkInIntoSlot: 'refuse',
  onFault: 'move_else_refund',
};

/** Public street and station plugs: first come, first served. */
export const STREET_POLICY: DemoPolicy = {
  mode: 'walk_in_only',
  fee: NO_FEE,
  walkInIntoSlot: 'allow',
  onFault: 'refund',
};

/** Commuters leave the vehicle for the working day; used where a street operator takes bookings after all. */
export const COMMUTER_POLICY: DemoPolicy = {
  mode: 'mixed',
  slotGridMinutes: 30,
  minDurationMinutes: 2 * HOUR,
  maxDurationMinutes: 12 * HOUR,
  minLeadMinutes: 0,
  maxLeadMinutes: 7 * DAY,
  bufferMinutes: 0,
  earlyStartMinutes: 15,
  lateStopMinutes: 0,
  noShowMinutes: 45,
  graceMinutes: HOUR,
  holdMinutes: 5,
  noShowFeeMinor: 20_00,
  refundTiers: [{ minMinutesBeforeStart: HOUR, refundPercent: 100 }],
  changeUntilMinutes: 0,
  cancelUntilMinutes: 0,
  maxActivePerDriver: 5,
  noShowBan: { consecutive: 5, banMinutes: 3 * DAY },
  walkInSharePercent: 40,
  walkInIntoSlot: 'limit',
};
