/**
 * Instants are whole milliseconds since 1970-01-01T00:00Z, in UTC, as plain numbers: they compare, add and
 * serialise without loss. Anything that has to do with a calendar (days, daylight saving) goes through Temporal.
 */
export type EpochMs = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** RFC 3339 in UTC with milliseconds; also how an instant is handed to the database. */
export function toRfc3339(instant: EpochMs): string {
  return new Date(instant).toISOString();
}

/**
 * The process's own clock: for logs, rate limits, signatures and retries, which stay on real time in every network.
 * Anything that decides about a promise takes the time of its transaction's context instead, which is the database's.
 */
export function processNow(): EpochMs {
  return Date.now();
}
