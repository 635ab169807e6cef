import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../platform/clock/index.ts';
import { cancelQuote } from './cancel-quote.ts';
import {
  DEFAULT_POLICY, freeUntilBeforeSeconds, paymentDueMinor, refundPercent, requireConsistentPolicy, reservationFeeMinor, type BookingPolicy,
} from './policy.ts';
import { noShowDeadline, type Reservation } from './reservation.ts';

const policy = (change: Partial<BookingPolicy>): BookingPolicy => ({ ...DEFAULT_POLICY, ...change });
const START = Date.UTC(2027, 0, 1, 12, 45);
const SEED = policy({ refundTiers: [{ minMinutesBeforeStart: 240, refundPercent: 85 }] });

describe('the policy', () => {
  it('RSV-P13 the tier of the longest notice that fits counts, to the very minute', () => {
    expect([241, 240, 239.99, 0, -5].map((minutes) => refundPercent(SEED, minutes))).toEqual([85, 85, 0, 0, 0]);
    const tiers = [
      { minMinutesBeforeStart: 0, refundPercent: 10 }, { minMinutesBeforeStart: 60, refundPercent: 50 },
      { minMinutesBeforeStart: 1440, refundPercent: 100 },
    ];
    fc.assert(fc.property(fc.shuffledSubarray(tiers, { minLength: 3 }), fc.integer({ min: -100, max: 3_000 }), (refundTiers, minutes) => {
      const expected = minutes >= 1440 ? 100 : minutes >= 60 ? 50 : minutes >= 0 ? 10 : 0;
      expect(refundPercent(policy({ refundTiers }), minutes)).toBe(expected);
    }));
  });

  it('RSV-12 says how long cancelling is free, as the seed says it', () => {
    const full = { minMinutesBeforeStart: 120, refundPercent: 100 };
    expect(freeUntilBeforeSeconds(SEED)).toBeNull();
    expect(freeUntilBeforeSeconds(policy({ refundTiers: [full, { minMinutesBeforeStart: 30, refundPercent: 99 }] }))).toBe(7_200);
    expect(freeUntilBeforeSeconds(policy({ refundTiers: [full], cancelUntilMinutes: 180 }))).toBe(10_800);
  });

  it('RSV-P11 the fee is fixed and per minute, a part of a minor unit rounded up; the deposit is due with it', () => {
    const fee = { currency: 'INR', fixedMinor: 100, perMinuteMinor: 3, depositMinor: 500, credited: true };
    expect(reservationFeeMinor(policy({ fee }), 45 * MINUTE_MS)).toBe(235);
    expect(reservationFeeMinor(policy({ fee }), 45 * MINUTE_MS + 1)).toBe(236);
    expect(paymentDueMinor(policy({ fee }), 45 * MINUTE_MS)).toBe(735);
    expect(paymentDueMinor(DEFAULT_POLICY, HOUR_MS)).toBe(0);
  });

  it('RSV-P2 the built-in policy does not contradict itself, and every contradiction is named', () => {
    expect(() => requireConsistentPolicy(DEFAULT_POLICY)).not.toThrow();
    const wrong = policy({
      minDurationMinutes: 500, minLeadMinutes: 50_000, noShowMinutes: 31, lateStopMinutes: 5,
      refundTiers: [SEED.refundTiers[0]!, SEED.refundTiers[0]!],
    });
    expect(() => requireConsistentPolicy(wrong)).toThrow(expect.objectContaining({
      code: 'invalid_request',
      details: { errors: [
        '/max_duration_minutes', '/max_lead_minutes', '/grace_minutes', '/late_stop_minutes', '/refund_tiers',
      ].map((pointer) => expect.objectContaining({ pointer })) },
    }));
  });
});

describe('until when a slot is kept', () => {
  const kept = (change: Partial<BookingPolicy>, endMinutes: number, arrivalMinutes: number | null) =>
    (noShowDeadline(
      policy(change), START, START + endMinutes * MINUTE_MS, arrivalMinutes === null ? null : START + arrivalMinutes * MINUTE_MS,
    ) - START) / MINUTE_MS;

  it('RSV-14 RSV-15 the no-show time, or the arrival and the no-show time, never beyond grace and end', () => {
    const times = { noShowMinutes: 10, graceMinutes: 25 };
    expect([null, -30, 0, 5, 14, 15, 24, 999].map((arrival) => kept(times, 60, arrival))).toEqual([10, 10, 10, 15, 24, 25, 25, 25]);
    expect([null, 5, 20].map((arrival) => kept(times, 12, arrival))).toEqual([10, 12, 12]);
    expect(kept(times, 5, null)).toBe(5);
  });
});

describe('the cancel quote', () => {
  const reservation = (change: Partial<Reservation>): Reservation => ({
    status: 'confirmed', policy: SEED, reservedStart: START, reservedEnd: START + 45 * MINUTE_MS, reservationFeeMinor: 10_001, currency: 'INR',
    sessionId: null, ...change,
  }) as Reservation;

  it('RSV-12 gives back 85 % of the fee with four hours of notice, rounded down, and keeps the rest', () => {
    expect(cancelQuote(reservation({}), START - 4 * HOUR_MS)).toEqual({
      cancellable: true, reason: null, refundPercent: 85, refundMinor: 8_500, cancellationFeeMinor: 1_501, noShowFeeMinor: 0, currency: 'INR',
      freeUntilBeforeSeconds: null,
    });
    expect(cancelQuote(reservation({}), START - 4 * HOUR_MS + 1)).toMatchObject(
      { cancellable: true, refundPercent: 0, refundMinor: 0, cancellationFeeMinor: 10_001 },
    );
  });

  it('RSV-12 RSV-13 says why not: begun, charging, over, too late; a hold costs nothing', () => {
    expect(cancelQuote(reservation({}), START)).toMatchObject({ cancellable: false, reason: 'its time has begun' });
    expect(cancelQuote(reservation({ sessionId: 'ses_1' }), START - 1)).toMatchObject({ cancellable: false, reason: 'charging has begun' });
    expect(cancelQuote(reservation({ status: 'expired' }), START - 1)).toMatchObject({ cancellable: false, reason: 'it is expired' });
    const cutOff = reservation({ policy: { ...SEED, cancelUntilMinutes: 60 } });
    expect([START - HOUR_MS, START - HOUR_MS + 1].map((now) => cancelQuote(cutOff, now).cancellable)).toEqual([true, false]);
    expect(cancelQuote(reservation({ status: 'pending' }), START + 1)).toMatchObject(
      { cancellable: true, refundMinor: 10_001, cancellationFeeMinor: 0 },
    );
  });

  it('RSV-12 what is given back and what is kept are the fee, whatever the percentage', () => {
    fc.assert(fc.property(fc.nat(1_000_000_000), fc.integer({ min: 0, max: 100 }), (feeMinor, refundPercentOf) => {
      const tiers = policy({ refundTiers: [{ minMinutesBeforeStart: 0, refundPercent: refundPercentOf }] });
      const { refundMinor, cancellationFeeMinor } = cancelQuote(reservation({ policy: tiers, reservationFeeMinor: feeMinor }), START - 1);
      expect(refundMinor + cancellationFeeMinor).toBe(feeMinor);
      expect(Math.abs(refundMinor - (feeMinor * refundPercentOf) / 100)).toBeLessThan(1);
    }));
  });
});
