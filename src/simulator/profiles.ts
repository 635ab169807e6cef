/** Charging profiles: which limit counts at an instant. The words of 1.6 and 2.x have been made one already. */
import type { EpochMs } from '../platform/clock/index.ts';

export type Purpose = 'station_max' | 'external' | 'tx_default' | 'tx';

export interface Profile {
  id: number;
  /** of the outlet (connector in 1.6, EVSE in 2.x) that it was set for; 0: all */
  outlet: number;
  purpose: Purpose;
  stack: number;
  transactionId?: string | number;
  kind: 'Absolute' | 'Recurring' | 'Relative';
  recurrency?: 'Daily' | 'Weekly';
  validFrom?: EpochMs;
  validTo?: EpochMs;
  schedule: { startsAt?: EpochMs; durationMs?: number; unit: 'A' | 'W'; periods: { fromMs: number; limit: number; phases?: number }[] };
}

/** What a limit in ampere means where it is applied. */
export interface Circuit {
  voltageV: number;
  phases: number;
}

const DAY_MS = 86_400_000;
const CYCLE_MS = { Daily: DAY_MS, Weekly: 7 * DAY_MS } as const;

/** @param startedAt of the transaction. @returns the limit in watts, Infinity where there is none */
export function limitW(profiles: readonly Profile[], outlet: number, at: EpochMs, startedAt: EpochMs, circuit: Circuit): number {
  const strongest = (purpose: Purpose, outlets: readonly number[]): number | undefined => profiles
    .filter((profile) => profile.purpose === purpose && outlets.includes(profile.outlet))
    .sort((a, b) => b.outlet - a.outlet || b.stack - a.stack)
    .map((profile) => limitOf(profile, at, startedAt, circuit)).find((limit) => limit !== undefined);
  return Math.min(
    strongest('tx', [outlet]) ?? strongest('tx_default', [0, outlet]) ?? Infinity, strongest('station_max', [0]) ?? Infinity, strongest('external', [0]) ?? Infinity,
  );
}

/** undefined where the profile says nothing about that instant, so that one of a lower stack level counts */
function limitOf({ schedule, kind, recurrency, validFrom, validTo }: Profile, at: EpochMs, startedAt: EpochMs, { voltageV, phases }: Circuit): number | undefined {
  if ((validFrom !== undefined && at < validFrom) || (validTo !== undefined && at >= validTo)) return undefined;
  const begin = kind === 'Relative' ? startedAt : schedule.startsAt ?? validFrom ?? startedAt;
  if (at < begin) return undefined;
  const passed = kind === 'Recurring' ? (at - begin) % CYCLE_MS[recurrency ?? 'Daily'] : at - begin;
  if (schedule.durationMs !== undefined && passed >= schedule.durationMs) return undefined;
  const period = schedule.periods.findLast(({ fromMs }) => fromMs <= passed);
  if (!period) return undefined;
  return schedule.unit === 'W' ? period.limit : period.limit * voltageV * Math.min(phases, period.phases ?? phases);
}

/** One of the same purpose, stack level and outlet takes the place of another, as one of the same id does. */
export function addProfile(profiles: readonly Profile[], added: Profile): Profile[] {
  const isReplaced = (old: Profile): boolean => (
    old.id === added.id || (old.purpose === added.purpose && old.stack === added.stack && old.outlet === added.outlet && old.transactionId === added.transactionId));
  return [...profiles.filter((old) => !isReplaced(old)), added];
}

export interface ProfileFilter {
  id?: number;
  outlet?: number;
  purpose?: Purpose;
  stack?: number;
}

export const matches = (profile: Profile, { id, outlet, purpose, stack }: ProfileFilter): boolean => (
  id !== undefined ? profile.id === id
    : (outlet === undefined || profile.outlet === outlet) && (purpose === undefined || profile.purpose === purpose) && (stack === undefined || profile.stack === stack));

/** The limits to come, as whole minutes see them. @param most what the outlet gives, in watts */
export function compositeW(limitAt: (at: EpochMs) => number, from: EpochMs, durationMs: number, most: number): { fromSeconds: number; limitW: number }[] {
  const periods: { fromSeconds: number; limitW: number }[] = [];
  for (let passed = 0; passed < Math.min(durationMs, DAY_MS); passed += 60_000) {
    const limit = Math.min(most, limitAt(from + passed));
    if (periods.at(-1)?.limitW !== limit) periods.push({ fromSeconds: passed / 1_000, limitW: limit });
  }
  return periods;
}
