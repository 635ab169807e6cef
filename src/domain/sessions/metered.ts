/** What was metered, as the pricing engine wants it (SES-13). Pure. */
import { HOUR_MS, type EpochMs } from '../../platform/clock/index.ts';
import { exact, type MeteredInterval } from '../pricing/index.ts';
import type { ChargingState, Reading } from './transaction.ts';

export interface MeteredSession {
  startedAt: EpochMs;
  endedAt: EpochMs;
  meterStartWh: number | null;
  /** null while it goes on */
  meterStopWh: number | null;
  /** in the order of their time */
  readings: readonly Pick<Reading, 'at' | 'energyWh' | 'chargingState'>[];
}

interface Mark {
  at: EpochMs;
  /** since the start; never falls */
  energyWh: number;
}

/** A register that falls has been reset, or is wrong: what had flowed until then stands, and nothing is taken back. */
export function energyMarks({ startedAt, endedAt, meterStartWh, meterStopWh, readings }: MeteredSession): { marks: Mark[]; hasFallen: boolean } {
  const told = readings.filter(({ energyWh, at }) => energyWh !== null && at >= startedAt && at <= endedAt).map(({ at, energyWh }) => ({ at, register: energyWh! }));
  if (meterStopWh !== null) told.push({ at: endedAt, register: meterStopWh });
  const base = meterStartWh ?? told[0]?.register ?? 0;
  let highest = base;
  let hasFallen = false;
  const marks: Mark[] = [{ at: startedAt, energyWh: 0 }];
  for (const { at, register } of told) {
    if (register < highest) hasFallen = true;
    highest = Math.max(highest, register);
    if (at > marks.at(-1)!.at) marks.push({ at, energyWh: highest - base });
    else marks.at(-1)!.energyWh = Math.max(marks.at(-1)!.energyWh, highest - base);
  }
  if (marks[0]!.energyWh > 0) marks[0] = { at: startedAt, energyWh: 0 }; // nothing can have flowed before it began
  if (marks.at(-1)!.at < endedAt) marks.push({ at: endedAt, energyWh: highest - base });
  return { marks, hasFallen };
}

/** All that has flowed, in watt-hours. */
export function energyOf(session: MeteredSession): number {
  return energyMarks(session).marks.at(-1)!.energyWh;
}

/**
 * The times between what the meter showed, cut where the vehicle began or ceased to charge. Energy flowed evenly while it charged. Where nobody told
 * what the vehicle did, it charged as long as energy flowed, and parked else.
 */
export function meteredIntervals(session: MeteredSession): MeteredInterval[] {
  const { marks } = energyMarks(session);
  const changes = session.readings.filter(({ chargingState }) => chargingState !== null).map(({ at, chargingState }) => ({ at, state: chargingState! }));
  return marks.slice(1).flatMap((mark, i) => partsOf(marks[i]!, mark, changes));
}

type Change = { at: EpochMs; state: ChargingState };

function partsOf(from: Mark, to: Mark, changes: readonly Change[]): MeteredInterval[] {
  const deltaWh = to.energyWh - from.energyWh;
  const times = [from.at, ...changes.map(({ at }) => at).filter((at) => at > from.at && at < to.at), to.at];
  const parts = times.slice(1).map((end, i) => ({ start: times[i]!, end, isCharging: isChargingAt(changes, times[i]!, deltaWh) }));
  const nobodyCharges = parts.every(({ isCharging }) => !isCharging);
  const chargingMs = parts.reduce((sum, { start, end, isCharging }) => sum + (isCharging || (nobodyCharges && deltaWh > 0) ? end - start : 0), 0);
  return parts.map(({ start, end, isCharging }): MeteredInterval => {
    if (!isCharging && !(nobodyCharges && deltaWh > 0)) return { start, end, state: 'parking', energyWh: exact(0), minPowerW: 0, maxPowerW: 0 };
    const powerW = (deltaWh * HOUR_MS) / chargingMs;
    return { start, end, state: 'charging', energyWh: exact(deltaWh).mul(end - start).div(chargingMs), minPowerW: powerW, maxPowerW: powerW };
  });
}

function isChargingAt(changes: readonly Change[], at: EpochMs, deltaWh: number): boolean {
  const state = changes.findLast((change) => change.at <= at)?.state;
  return state === undefined ? deltaWh > 0 : state === 'charging';
}
