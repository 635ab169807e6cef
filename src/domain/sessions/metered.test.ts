import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { energyOf, meteredIntervals, type MeteredSession } from './metered.ts';
import type { ChargingState } from './transaction.ts';

const START = 1_000_000;
const STATES: (ChargingState | null)[] = [null, 'charging', 'suspended_ev', 'suspended_evse', 'idle', 'ev_connected'];

const readings = fc.array(fc.record({
  at: fc.integer({ min: START - 10, max: START + 4_000_000 }), energyWh: fc.option(fc.integer({ min: 0, max: 100_000 })), chargingState: fc.constantFrom(...STATES),
}), { maxLength: 40 }).map((all) => all.toSorted((a, b) => a.at - b.at));

const sessions: fc.Arbitrary<MeteredSession> = fc.record({
  startedAt: fc.constant(START), endedAt: fc.integer({ min: START + 1_000, max: START + 4_000_000 }), meterStartWh: fc.option(fc.integer({ min: 0, max: 50_000 })),
  meterStopWh: fc.option(fc.integer({ min: 0, max: 100_000 })), readings,
});

describe('what was metered', () => {
  it('SES-13 the intervals fill the session without a gap, and hold all its energy, none of it while it parked', () => {
    fc.assert(fc.property(sessions, (session) => {
      const intervals = meteredIntervals(session);
      expect(intervals[0]!.start).toBe(session.startedAt);
      expect(intervals.at(-1)!.end).toBe(session.endedAt);
      intervals.slice(1).forEach(({ start }, i) => expect(start).toBe(intervals[i]!.end));
      expect(intervals.every(({ start, end }) => end > start)).toBe(true);
      expect(intervals.reduce((sum, { energyWh }) => sum.add(energyWh), intervals[0]!.energyWh.sub(intervals[0]!.energyWh)).equals(energyOf(session))).toBe(true);
      expect(intervals.filter(({ state }) => state === 'parking').every(({ energyWh }) => energyWh.equals(0))).toBe(true);
    }));
  });

  it('SES-13 a register that falls takes nothing back', () => {
    fc.assert(fc.property(sessions, fc.integer({ min: 0, max: 100_000 }), (session, register) => {
      const { meterStopWh: _stop, ...open } = session;
      const before = energyOf({ ...open, meterStopWh: null });
      expect(energyOf({ ...open, meterStopWh: register })).toBeGreaterThanOrEqual(before);
    }));
  });

  it('SES-13 the vehicle parks where it says so, and its energy flowed while it charged', () => {
    const [charging, parking] = meteredIntervals({
      startedAt: 0, endedAt: 7_200_000, meterStartWh: 0, meterStopWh: 5_000, readings: [
        { at: 0, energyWh: null, chargingState: 'charging' }, { at: 3_600_000, energyWh: null, chargingState: 'suspended_ev' },
      ],
    });
    expect(charging).toMatchObject({ start: 0, end: 3_600_000, state: 'charging', maxPowerW: 5_000 });
    expect(parking).toMatchObject({ start: 3_600_000, end: 7_200_000, state: 'parking' });
  });
});
