/** How charging is expected to go: at which power, and how long, until the battery is full. Pure. */
import { HOUR_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { PowerPoint } from '../drivers/index.ts';
import { exact, type Fraction } from './decimal.ts';
import type { MeteredInterval } from './split.ts';

/** The battery of a vehicle that comes to charge. */
export interface Battery {
  capacityWh: number;
  /** how full it is at the start: whole percents from 0 to 99 */
  socPercent: number;
  /** the most that it takes, by how full it is; straight between the points, and level before the first and behind the last */
  powerCurve?: readonly PowerPoint[];
}

/** A part of charging at one power, in watts, more than 0. Without an energy it never ends. */
export interface ChargingStep {
  powerW: number;
  energyWh?: Fraction;
}

/** PRC-24: percent by percent until the battery is full, at what it takes in the middle of each, and no more than `powerW`; without a battery at that for ever. */
export function chargingSteps(powerW: number, battery?: Battery): ChargingStep[] {
  if (!battery) return [{ powerW }];
  const { capacityWh, socPercent, powerCurve = [] } = battery;
  const steps: { powerW: number; percents: number }[] = [];
  for (let soc = socPercent; soc < 100; soc++) {
    const takenW = Math.max(1, Math.round(Math.min(powerW, powerAt(powerCurve, soc + 0.5))));
    if (steps.at(-1)?.powerW === takenW) steps.at(-1)!.percents += 1;
    else steps.push({ powerW: takenW, percents: 1 });
  }
  return steps.map((step) => ({ powerW: step.powerW, energyWh: exact(capacityWh).mul(step.percents).div(100) }));
}

function powerAt(curve: readonly PowerPoint[], soc: number): number {
  const after = curve.findIndex(({ socPercent }) => socPercent >= soc);
  if (after <= 0) return curve.at(after === 0 ? 0 : -1)?.powerW ?? Infinity;
  const [from, to] = [curve[after - 1]!, curve[after]!];
  return from.powerW + ((to.powerW - from.powerW) * (soc - from.socPercent)) / (to.socPercent - from.socPercent);
}

/** What would be metered from a start until so much has flowed, so much time has passed, or the battery is full, whichever comes first. */
export function courseOf(start: EpochMs, steps: readonly ChargingStep[], until: { energyWh?: Fraction; mostMs: number }): MeteredInterval[] {
  const end = start + until.mostMs;
  const intervals: MeteredInterval[] = [];
  let [at, left] = [start, until.energyWh];
  for (const { powerW, energyWh } of steps) {
    const wanted = least(energyWh, left);
    if (at >= end || wanted?.equals(0)) break;
    const neededMs = wanted === undefined ? Infinity : timeOf(wanted, powerW);
    const lengthMs = Math.min(neededMs, end - at);
    const flowed = lengthMs === neededMs ? wanted! : exact(powerW).mul(lengthMs).div(HOUR_MS);
    intervals.push({ start: at, end: at + lengthMs, state: 'charging', energyWh: flowed, minPowerW: powerW, maxPowerW: powerW });
    at += lengthMs;
    left = left?.sub(flowed);
  }
  return intervals;
}

/** Until the battery is full; endless without one. */
export function timeToFull(steps: readonly ChargingStep[]): number {
  return steps.reduce((sum, { powerW, energyWh }) => sum + (energyWh === undefined ? Infinity : timeOf(energyWh, powerW)), 0);
}

/** In whole milliseconds, rounded up: never less than the energy needs. */
function timeOf(energyWh: Fraction, powerW: number): number {
  return energyWh.mul(HOUR_MS).div(powerW).ceil().valueOf();
}

function least(a: Fraction | undefined, b: Fraction | undefined): Fraction | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.compare(b) <= 0 ? a : b;
}
