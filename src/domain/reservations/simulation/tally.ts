/** What is counted of a replay. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import type { ErrorCode } from '../../../platform/errors/index.ts';
import type { Interval } from '../../calendar/index.ts';

/** Income in minor units of one currency. */
export interface Income {
  /** of reservations that were used, where the fee is not taken off the bill, and of those that were not used */
  reservationFeesMinor: number;
  /** what was kept of cancelled ones */
  cancellationFeesMinor: number;
  noShowFeesMinor: number;
}

export interface Tally {
  /** what drivers wanted: retries count once */
  requests: number;
  accepted: number;
  refused: Partial<Record<ErrorCode, number>>;
  /** of the accepted, those that were refused in fact: nobody knows what would have become of them, so they are taken to be used from start to end */
  assumed: number;
  /** what became of the accepted */
  used: number;
  noShows: number;
  cancelledByDriver: number;
  cancelledByOperator: number;
  holdsExpired: number;
  leftUnused: number;
  /** their EVSE was not to be had, and no other was */
  lost: number;
  /** neither used nor over yet */
  open: number;
  /** what drivers did and this policy refuses */
  changesRefused: number;
  cancellationsRefused: number;
  walkIns: number;
  walkInsTurnedAway: number;
  walkInsCutShort: number;
  /** a booked slot began while a walk-in was there */
  walkInConflicts: number;
  /** opening time of all EVSEs that can be booked, within the period */
  openMs: number;
  /** kept for reservations */
  bookedMs: number;
  /** of vehicles that were there for a reservation, and without one */
  usedMs: number;
  walkInMs: number;
  /** by currency */
  income: Record<string, Income>;
}

const COUNTS = [
  'requests', 'accepted', 'assumed', 'used', 'noShows', 'cancelledByDriver', 'cancelledByOperator', 'holdsExpired', 'leftUnused', 'lost', 'open', 'changesRefused',
  'cancellationsRefused', 'walkIns', 'walkInsTurnedAway', 'walkInsCutShort', 'walkInConflicts', 'openMs', 'bookedMs', 'usedMs', 'walkInMs',
] as const satisfies (keyof Tally)[];
const INCOMES = ['reservationFeesMinor', 'cancellationFeesMinor', 'noShowFeesMinor'] as const satisfies (keyof Income)[];

export function emptyTally(): Tally {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<(typeof COUNTS)[number], number>;
  return { ...counts, refused: {}, income: {} };
}

/** `a` and `factor` times `b`: 1 sums them up, -1 tells what `a` has more. */
export function combine(a: Tally, b: Tally, factor: 1 | -1): Tally {
  const result = emptyTally();
  for (const name of COUNTS) result[name] = a[name] + factor * b[name];
  for (const code of new Set([...Object.keys(a.refused), ...Object.keys(b.refused)]) as Set<ErrorCode>) {
    const count = (a.refused[code] ?? 0) + factor * (b.refused[code] ?? 0);
    if (count !== 0) result.refused[code] = count;
  }
  for (const currency of new Set([...Object.keys(a.income), ...Object.keys(b.income)])) {
    for (const name of INCOMES) addIncome(result, currency, name, (a.income[currency]?.[name] ?? 0) + factor * (b.income[currency]?.[name] ?? 0));
  }
  return result;
}

export function countRefusal({ refused }: Tally, code: ErrorCode): void {
  refused[code] = (refused[code] ?? 0) + 1;
}

/** Nothing is written down where nothing is taken. */
export function addIncome({ income }: Tally, currency: string, kind: keyof Income, amountMinor: number): void {
  if (amountMinor === 0) return;
  const of = (income[currency] ??= { reservationFeesMinor: 0, cancellationFeesMinor: 0, noShowFeesMinor: 0 });
  of[kind] += amountMinor;
}

/** How much of a time lies within another. */
export function overlapMs(a: Interval, b: Interval): EpochMs {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
}
