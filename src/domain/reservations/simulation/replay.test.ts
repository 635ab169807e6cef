import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../policy.ts';
import type { Attempt } from './demand.ts';
import { accepted, at, attempt, minutes, scenarioOf, tryPolicy, LOCATION_ID } from './samples.ts';
import { replay } from './replay.ts';

const driver = (driverId: string) => ({ driverId });

describe('what a policy makes of requests', () => {
  it('accepts what fits, and refuses the rest by the rule that it breaks', () => {
    const attempts = [
      accepted(10, 11), attempt(10.5, 11.5), attempt(12, 13), attempt(13.1, 14), attempt(14, 20), attempt(15, 16, { askedAt: at(14.9) }), attempt(2, 3),
    ];
    const { tally, answers } = tryPolicy({ attempts }, { minLeadMinutes: 30, maxDurationMinutes: 120 });
    expect(answers).toHaveLength(attempts.length);
    expect(tally).toMatchObject({
      requests: 7, accepted: 3, assumed: 2, used: 3, refused: { slot_unavailable: 1, off_grid: 1, duration_not_allowed: 1, lead_time_not_allowed: 1 },
    });
    expect(tryPolicy({ attempts }, { mode: 'walk_in_only' }).tally).toMatchObject({ accepted: 0, refused: { booking_not_offered: 7 } });
  });

  it('keeps buffers and the share for walk-ins', () => {
    const attempts = [accepted(10, 11), accepted(11, 12), accepted(11, 12, {}, { asked: { start: at(11), end: at(12) } })];
    expect(tryPolicy({ attempts, evses: 2 }).tally.accepted).toBe(3);
    expect(tryPolicy({ attempts, evses: 2 }, { bufferMinutes: 15 }).tally).toMatchObject({ accepted: 2, refused: { slot_unavailable: 1 } });
    expect(tryPolicy({ attempts, evses: 2 }, { walkInSharePercent: 50 }).tally).toMatchObject({ accepted: 2, refused: { walk_in_share_reached: 1 } });
  });

  it('counts what a driver has, and bans who does not come', () => {
    const absent = { arrivedAt: null, departedAt: null, endedAs: 'noShows' } as const;
    const attempts = [4, 6, 8].map((hour) => accepted(hour, hour + 1, absent, driver('a')));
    expect(tryPolicy({ attempts }, { noShowBan: { consecutive: 1, banMinutes: 120 } }).tally).toMatchObject({ accepted: 2, noShows: 2, refused: { driver_banned: 1 } });
    const early = attempts.map((one) => ({ ...one, askedAt: at(1), life: { ...one.life!, confirmedAt: at(1) } }));
    expect(tryPolicy({ attempts: early }, { maxActivePerDriver: 2 }).tally).toMatchObject({ accepted: 2, refused: { too_many_active_reservations: 1 } });
  });

  it('leaves to nobody but the organisation how many holds it may have', () => {
    expect(tryPolicy({ attempts: [attempt(10, 11, { refusedWith: 'hold_limit_reached' })] }).tally.refused).toEqual({ hold_limit_reached: 1 });
  });

  it('SIM-4 makes the attempts of one wish until one is accepted', () => {
    const wish = [attempt(10, 11, { ...driver('a'), askedAt: at(8) }), attempt(10, 10.5, { ...driver('a'), askedAt: at(8.1) })];
    const blocked = { blocks: [{ evseId: 'evse_1', start: at(10.5), end: at(12), madeAt: at(1), removedAt: null }] };
    expect(tryPolicy({ attempts: wish }).answers).toEqual([{ acceptedAttempt: 0 }]);
    expect(tryPolicy({ attempts: wish, facts: blocked }).answers).toEqual([{ acceptedAttempt: 1 }]);
    expect(tryPolicy({ attempts: wish, facts: blocked }, { minDurationMinutes: 60 })).toMatchObject({
      tally: { requests: 1, accepted: 0 }, answers: [{ refusedWith: 'duration_not_allowed' }],
    });
  });

  it('SIM-5 takes who was refused in fact to use the slot, and who asked for it at last to do what they did', () => {
    const known = accepted(10, 11, { arrivedAt: null, departedAt: null, endedAs: 'noShows' }, { ...driver('a'), askedAt: at(9) });
    const again = [attempt(10, 11, { ...driver('a'), askedAt: at(8) }), known];
    expect(tryPolicy({ attempts: again }).tally).toMatchObject({ accepted: 1, assumed: 0, noShows: 1 });
    const elsewhen = [attempt(12, 13, { ...driver('a'), askedAt: at(8.5) }), known];
    expect(tryPolicy({ attempts: elsewhen }).tally).toMatchObject({ accepted: 1, assumed: 1, used: 1, usedMs: minutes(60) });
  });
});

describe('SIM-6 when the driver comes, and the vehicle leaves', () => {
  const late = accepted(10, 11, { arrivedAt: at(10.2) });
  const waiting = attempt(10.5, 11.5, { askedAt: at(10.15) });

  it('who comes later than the slot is kept is a no-show, and the slot is somebody else\'s', () => {
    expect(tryPolicy({ attempts: [late, waiting] }).tally).toMatchObject({ accepted: 1, noShows: 0, used: 1 });
    expect(tryPolicy({ attempts: [late, waiting] }, { noShowMinutes: 5 }).tally).toMatchObject({ accepted: 2, noShows: 1, used: 1, assumed: 1 });
  });

  it('who has said so is waited for as long as the grace lasts', () => {
    const said = accepted(10, 11, { arrivedAt: at(10.4), delays: [{ at: at(10), expectedArrival: at(10.4) }] });
    expect(tryPolicy({ attempts: [said] }).tally).toMatchObject({ used: 1 });
    expect(tryPolicy({ attempts: [said] }, { noShowMinutes: 5, graceMinutes: 20 }).tally).toMatchObject({ noShows: 1 });
  });

  it('who comes too early waits', () => {
    const early = accepted(10, 11, { arrivedAt: at(9.9), departedAt: at(11) });
    expect(tryPolicy({ attempts: [early] }).tally.usedMs).toBe(minutes(66));
    expect(tryPolicy({ attempts: [early] }, { earlyStartMinutes: 0 }).tally.usedMs).toBe(minutes(60));
  });

  it('a vehicle that leaves early makes room, and one whose time ends earlier goes earlier', () => {
    const leaving = accepted(10, 12, { departedAt: at(10.5) });
    expect(tryPolicy({ attempts: [leaving, attempt(10.75, 11.5, { askedAt: at(10.6) })] }).tally).toMatchObject({ accepted: 2, bookedMs: minutes(75), usedMs: minutes(75) });
    const over = accepted(10, 11, { departedAt: at(11.25), lateStopMinutes: 15 });
    expect(tryPolicy({ attempts: [over] }, { bufferMinutes: 15, lateStopMinutes: 15 }).tally.usedMs).toBe(minutes(75));
    expect(tryPolicy({ attempts: [over] }).tally.usedMs).toBe(minutes(60));
  });

  it('a hold that is confirmed too late for this policy is gone', () => {
    const held = accepted(10, 11, { confirmedAt: at(9) + minutes(8) });
    expect(tryPolicy({ attempts: [held] }).tally).toMatchObject({ used: 1, holdsExpired: 0 });
    expect(tryPolicy({ attempts: [held] }, { holdMinutes: 5 }).tally).toMatchObject({ used: 0, holdsExpired: 1, bookedMs: 0 });
  });
});

describe('SIM-7 what a policy refuses of what a driver did', () => {
  it('a cancellation after the cut-off: nobody comes', () => {
    const cancelled = accepted(10, 11, { cancelledAt: at(9.5), cancelledBy: 'driver', arrivedAt: null, departedAt: null, endedAs: 'cancelledByDriver' });
    expect(tryPolicy({ attempts: [cancelled] }).tally).toMatchObject({ cancelledByDriver: 1, bookedMs: 0 });
    expect(tryPolicy({ attempts: [cancelled] }, { cancelUntilMinutes: 60 }).tally).toMatchObject({ cancellationsRefused: 1, noShows: 1, bookedMs: minutes(15) });
    const byOperator: Attempt = { ...cancelled, life: { ...cancelled.life!, cancelledBy: 'operator' } };
    expect(tryPolicy({ attempts: [byOperator] }, { cancelUntilMinutes: 60 }).tally).toMatchObject({ cancelledByOperator: 1 });
  });

  it('a move or an extension: the old slot stands', () => {
    const moved = accepted(10, 11, { changes: [{ at: at(9.5), evseId: 'evse_1', start: at(12), end: at(13) }], arrivedAt: at(12), departedAt: at(13) });
    expect(tryPolicy({ attempts: [moved] }).tally).toMatchObject({ used: 1, changesRefused: 0 });
    expect(tryPolicy({ attempts: [moved] }, { changeUntilMinutes: 60 }).tally).toMatchObject({ changesRefused: 1, noShows: 1 });
    expect(tryPolicy({ attempts: [moved, accepted(12.5, 13)] }).tally).toMatchObject({ accepted: 1, refused: { slot_unavailable: 1 } });
    const extended = accepted(10, 11, { changes: [{ at: at(10.5), evseId: 'evse_1', start: at(10), end: at(12) }], departedAt: at(12) });
    expect(tryPolicy({ attempts: [extended] }).tally).toMatchObject({ used: 1, usedMs: minutes(120), changesRefused: 0 });
    expect(tryPolicy({ attempts: [extended] }, { maxDurationMinutes: 60 }).tally).toMatchObject({ used: 1, usedMs: minutes(60), changesRefused: 1 });
  });
});

describe('SIM-8 walk-ins', () => {
  const walkIn = { evseId: 'evse_1', startsAt: at(9.5), expectedEndAt: null, endsAt: at(10.5) };
  const facts = { walkIns: [walkIn] };
  const booked = [accepted(10, 11, {}, { askedAt: at(8) })];

  it('are let in, cut short or turned away by the policy and by what is booked', () => {
    expect(tryPolicy({ facts }).tally).toMatchObject({ walkIns: 1, walkInsTurnedAway: 0, walkInsCutShort: 0, walkInMs: minutes(60) });
    expect(tryPolicy({ facts, attempts: booked }).tally).toMatchObject({ walkInsCutShort: 1, walkInMs: minutes(30), walkInConflicts: 0 });
    expect(tryPolicy({ facts, attempts: booked }, { walkInIntoSlot: 'refuse' }).tally).toMatchObject({ walkInsTurnedAway: 1, walkInMs: 0 });
    expect(tryPolicy({ facts, attempts: booked }, { walkInIntoSlot: 'allow' }).tally).toMatchObject({ walkInMs: minutes(60), walkInConflicts: 1 });
    expect(tryPolicy({ facts }, { mode: 'booking_only' }).tally).toMatchObject({ walkInsTurnedAway: 1 });
  });

  it('are in the way of who asks while they are there, as far as anybody can know', () => {
    const soon = (hour: number) => attempt(hour, hour + 0.5, { askedAt: at(9.6) });
    expect(tryPolicy({ facts, attempts: [soon(10)] }).tally.refused).toEqual({ slot_unavailable: 1 });
    expect(tryPolicy({ facts, attempts: [soon(10.75)] }).tally.accepted).toBe(1);
  });
});

describe('SIM-10 what is given', () => {
  it('holds its slot, whatever the policy, and is not counted', () => {
    const { life } = accepted(10, 11, { confirmedAt: at(-5) });
    const given = [{ locationId: LOCATION_ID, driverId: 'a', askedAt: at(-5), policy: DEFAULT_POLICY, life: life! }];
    expect(tryPolicy({ more: { given }, attempts: [attempt(10.5, 11.5)] }, { mode: 'booking_only' }).tally).toMatchObject({
      requests: 1, accepted: 0, used: 0, bookedMs: minutes(60), usedMs: minutes(60),
    });
    expect(tryPolicy({ more: { given }, attempts: [attempt(12, 13, driver('a'))] }, { maxActivePerDriver: 1 }).tally.accepted).toBe(1);
    expect(tryPolicy({ more: { given }, attempts: [attempt(11.5, 13, driver('a'))] }, { maxActivePerDriver: 1 }).tally.refused).toEqual({ too_many_active_reservations: 1 });
  });

  it('is a block or an outage while it is known', () => {
    const blocks = [{ evseId: 'evse_1', start: at(10), end: at(11), madeAt: at(8), removedAt: at(9.5) }];
    const asked = [attempt(10, 11, { askedAt: at(7) }), attempt(10, 11, { askedAt: at(9) }), attempt(10.5, 11, { askedAt: at(9.6) })];
    expect(asked.map((one) => tryPolicy({ attempts: [one], facts: { blocks } }).tally.accepted)).toEqual([1, 0, 1]);
    const outages = [{ evseId: 'evse_1', startsAt: at(8), expectedEndAt: null, endsAt: at(9.5), createdAt: at(8) }];
    expect(asked.map((one) => tryPolicy({ attempts: [one], facts: { outages } }).tally.accepted)).toEqual([1, 0, 1]);
  });

  it('is what a driver had elsewhere, and how often they had not come', () => {
    const elsewhere = [{ driverId: 'a', madeAt: at(-3), endedAt: at(12), arrivedAt: null, isNoShow: true, noShowBan: { consecutive: 3, banMinutes: 60 } }];
    const drivers = [{ id: 'a', consecutiveNoShows: 2, bannedUntil: null }];
    const sample = { attempts: [attempt(11, 12, driver('a')), attempt(20, 21, { ...driver('a'), askedAt: at(12.5) })], more: { elsewhere, drivers } };
    expect(tryPolicy(sample, { maxActivePerDriver: 1 }).tally.refused).toEqual({ too_many_active_reservations: 1, driver_banned: 1 });
  });
});

describe('SIM-11 what it comes to', () => {
  const fee = { currency: 'INR', fixedMinor: 1000, perMinuteMinor: 10, depositMinor: 500, credited: false };

  it('in money', () => {
    const cancelled = accepted(14, 15, { cancelledAt: at(13.5), cancelledBy: 'driver', arrivedAt: null, departedAt: null });
    const absent = accepted(16, 17, { arrivedAt: null, departedAt: null });
    const policy = { fee, noShowFeeMinor: 300, refundTiers: [{ minMinutesBeforeStart: 0, refundPercent: 75 }] };
    const attempts = [accepted(10, 11), cancelled, absent];
    expect(tryPolicy({ attempts }, policy).tally.income).toEqual({ INR: { reservationFeesMinor: 1600 + 1600, cancellationFeesMinor: 400, noShowFeesMinor: 300 } });
    expect(tryPolicy({ attempts }, { ...policy, fee: { ...fee, credited: true } }).tally.income.INR!.reservationFeesMinor).toBe(1600);
    expect(tryPolicy({ attempts }).tally.income).toEqual({});
  });

  it('in time, within the period', () => {
    const { tally } = tryPolicy({ evses: 2, attempts: [accepted(23, 25, { departedAt: null, endedAs: 'open' })] });
    expect(tally).toMatchObject({ openMs: 48 * minutes(60), bookedMs: minutes(60), usedMs: minutes(60), open: 1, used: 0 });
  });
});

describe('a replay', () => {
  const quarter = fc.integer({ min: 4, max: 80 }).map((n) => n / 4);
  const upTo = (max: number) => fc.integer({ min: 1, max });
  const request = fc.record({ from: quarter, long: upTo(8), lead: upTo(20), evse: upTo(2), driver: fc.constantFrom(null, 'a', 'b') });
  const policies = fc.record({ bufferMinutes: fc.constantFrom(0, 15), walkInSharePercent: fc.constantFrom(0, 50), maxActivePerDriver: upTo(3) });

  it('never promises an EVSE twice, accounts for every wish, and always comes out the same', () => {
    fc.assert(fc.property(fc.array(request, { maxLength: 40 }), policies, (requests, change) => {
      const attempts = requests.map(({ from, long, lead, evse, driver: driverId }) =>
        attempt(from, from + long / 4, { driverId, askedAt: at(from - lead / 4), asked: { evseId: `evse_${evse}`, start: at(from), end: at(from + long / 4) } }));
      const scenario = scenarioOf({ attempts, evses: 2 });
      const run = () => replay(scenario, new Map([[LOCATION_ID, { ...DEFAULT_POLICY, ...change }]]));
      const { tallies, answers } = run();
      const tally = tallies.get(LOCATION_ID)!;
      const refusals = Object.values(tally.refused).reduce((sum, count) => sum + count, 0);
      expect(tally.requests).toBe(scenario.demands.length);
      expect(tally.accepted + refusals).toBe(tally.requests);
      expect(tally.used + tally.noShows + tally.open).toBe(tally.accepted);
      const slots = scenario.demands.flatMap((demand, i) => {
        const answer = answers[i]!;
        return 'acceptedAttempt' in answer ? [demand.attempts[answer.acceptedAttempt]!.asked] : [];
      });
      const kept = (slot: Attempt['asked']): number => slot.end! + minutes(change.bufferMinutes);
      const clash = slots.some((a, i) => slots.some((b, j) => i < j && a.evseId === b.evseId && a.start < kept(b) && b.start < kept(a)));
      expect(clash).toBe(false);
      expect(run()).toEqual({ tallies, answers });
    }), { numRuns: 300 });
  });
});
