/** Times and durations as they come (colons for dashes, `15S`, no zone) and as they are written: RFC 3339 and ISO 8601. */
import { SECOND_MS, toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';

const WITH_OFFSET = /(Z|[+-]\d{2}:?\d{2})$/i;
/** `2025:09:24:10:00:00`, which the seeds send */
const COLONS = /^(\d{4}):(\d{2}):(\d{2}):(\d{2}):(\d{2}):(\d{2})$/;

/** Whether a time says by itself which instant it is. */
export const isAbsolute = (text: string): boolean => WITH_OFFSET.test(text.trim());

/**
 * An instant, or undefined for what is none. A time without an offset is local.
 * @param timeZone where it is meant, for times without an offset; IANA
 */
export function parseMoment(text: unknown, timeZone = 'UTC'): EpochMs | undefined {
  if (typeof text !== 'string' || text.length > 40) return undefined;
  const written = text.trim().replace(COLONS, '$1-$2-$3T$4:$5:$6');
  try {
    if (isAbsolute(written)) return Temporal.Instant.from(written).epochMilliseconds;
    return Temporal.PlainDateTime.from(written).toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    return undefined;
  }
}

/** A duration of ISO 8601, with or without its `PT` (`15S`), in milliseconds; undefined for what is none, or negative. */
export function parseDuration(text: unknown, from: EpochMs = 0): number | undefined {
  if (typeof text !== 'string' || text.length > 40) return undefined;
  const trimmed = text.trim();
  const written = /^(\d+H)?(\d+M)?(\d+(\.\d+)?S)?$/i.test(trimmed) ? `PT${trimmed}` : trimmed;
  try {
    const duration = Temporal.Duration.from(written);
    if (duration.sign < 0) return undefined;
    const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO('UTC');
    return start.add(duration).epochMilliseconds - from;
  } catch {
    return undefined;
  }
}

export const formatMoment = (at: EpochMs): string => toRfc3339(at);
export const formatDuration = (ms: number): string => `PT${Math.max(0, Math.round(ms / SECOND_MS))}S`;
