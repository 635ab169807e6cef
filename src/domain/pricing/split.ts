/** PRC-3: makes periods of what was metered, each short enough that no price changes within it. */
import { DAY_MS, type EpochMs } from '../../platform/clock/index.ts';
import { offsetSegments } from '../calendar/index.ts';
import { exact, ZERO, type Fraction } from './decimal.ts';
import type { Period } from './period.ts';
import type { PreparedTariff } from './price-periods.ts';
import type { SoFar } from './restrictions.ts';

/** What a meter told of a time: the energy flowed evenly, and the vehicle did one thing. Intervals do not overlap and stand in order; between them nothing is counted. */
export interface MeteredInterval {
  start: EpochMs;
  /** later than the start */
  end: EpochMs;
  state: 'charging' | 'parking' | 'reserved';
  energyWh: Fraction;
  minCurrentA?: number;
  maxCurrentA?: number;
  minPowerW?: number;
  maxPowerW?: number;
}

/** @param tariffs all that the periods will be priced by */
export function splitPeriods(tariffs: readonly PreparedTariff[], intervals: readonly MeteredInterval[], timeZone: string): Period[] {
  const changes = changesOf(tariffs);
  const soFar = { reserved: { energyWh: ZERO, durationS: ZERO }, session: { energyWh: ZERO, durationS: ZERO } };
  return intervals.flatMap((interval) => {
    const context: SoFar = interval.state === 'reserved' ? soFar.reserved : soFar.session;
    const cuts = cutsOf(interval, changes, context, timeZone);
    context.energyWh = context.energyWh.add(interval.energyWh);
    context.durationS = context.durationS.add(exact(interval.end - interval.start).div(1_000));
    return cuts.slice(0, -1).map((from, i) => periodOf(interval, from, cuts[i + 1]!));
  });
}

/** Where prices may change. */
interface Changes {
  /** ms since local midnight, 0 among them; empty when no price depends on the clock */
  timesOfDayMs: number[];
  energyWh: number[];
  durationS: number[];
}

function changesOf(tariffs: readonly PreparedTariff[]): Changes {
  const times = new Set<number>();
  const energies = new Set<number>();
  const durations = new Set<number>();
  const add = (set: Set<number>, ...values: (number | undefined)[]) => values.forEach((value) => value !== undefined && value > 0 && set.add(value));
  for (const { elements, surcharges } of tariffs) {
    for (const { restrictions: r } of [...elements, ...surcharges]) {
      if (!r) continue;
      const { given } = r;
      if (given.startTime !== undefined || given.endTime !== undefined) times.add(r.startOfDayMs % DAY_MS).add(r.endOfDayMs % DAY_MS);
      if (given.startDate !== undefined || given.endDate !== undefined || given.daysOfWeek) times.add(0);
      add(energies, given.minEnergyWh, given.maxEnergyWh);
      add(durations, given.minDurationS, given.maxDurationS);
    }
  }
  return { timesOfDayMs: [...times], energyWh: [...energies], durationS: [...durations] };
}

/** Ms since the interval's start: 0, every change within it, and its length; in order, without repeats. */
function cutsOf({ start, end, energyWh }: MeteredInterval, changes: Changes, soFar: SoFar, timeZone: string): Fraction[] {
  const length = exact(end - start);
  const cuts = [
    ...clockChanges(changes.timesOfDayMs, start, end, timeZone).map((at) => exact(at - start)),
    ...changes.durationS.map((seconds) => exact(seconds).sub(soFar.durationS).mul(1_000)),
    ...(energyWh.equals(0) ? [] : changes.energyWh.map((wh) => exact(wh).sub(soFar.energyWh).div(energyWh).mul(length))),
  ].filter((cut) => cut.compare(0) > 0 && cut.compare(length) < 0).sort((a, b) => a.compare(b));
  return [ZERO, ...cuts, length].filter((cut, i, all) => i === 0 || !cut.equals(all[i - 1]!));
}

/** The instants within a time at which a clock on the wall shows one of these times, or is put forward or back. */
function clockChanges(timesOfDayMs: readonly number[], from: EpochMs, to: EpochMs, timeZone: string): EpochMs[] {
  if (timesOfDayMs.length === 0) return [];
  return offsetSegments(timeZone, from, to).flatMap((segment) => {
    const [first, last] = [Math.max(from, segment.start), Math.min(to, segment.end)];
    const found = first > from ? [first] : [];
    for (let day = Math.floor((first + segment.offsetMs) / DAY_MS) * DAY_MS; day < last + segment.offsetMs; day += DAY_MS) {
      found.push(...timesOfDayMs.map((time) => day + time - segment.offsetMs).filter((at) => at > first && at < last));
    }
    return found;
  });
}

function periodOf(interval: MeteredInterval, from: Fraction, to: Fraction): Period {
  const { start, end, state, energyWh, ...measured } = interval;
  const lengthMs = to.sub(from);
  const seconds = lengthMs.div(1_000);
  return {
    ...measured, start: start + Math.floor(from.valueOf()),
    ...(energyWh.equals(0) ? {} : { energyWh: energyWh.mul(lengthMs).div(end - start) }),
    ...(state === 'charging' ? { chargingS: seconds } : state === 'parking' ? { parkingS: seconds } : { reservationS: seconds }),
  };
}
