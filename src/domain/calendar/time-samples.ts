/** Samples for the property tests of this room: days on which clocks do something odd, and a minute-by-minute clock. */
import fc from 'fast-check';
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';

/** Zones with days on which their clock changes: by an hour, by half an hour, at midnight, by a whole day, or never. */
const ODD_DAYS: [timeZone: string, days: string[]][] = [
  ['Asia/Kolkata', ['2026-11-20', '2026-12-31']],
  ['Europe/Berlin', ['2026-03-29', '2026-10-25', '2027-03-28']],
  ['America/New_York', ['2026-03-08', '2026-11-01', '2026-07-04']],
  ['Australia/Lord_Howe', ['2026-04-05', '2026-10-04']],
  ['Pacific/Apia', ['2011-12-30', '2011-12-31', '2012-04-01']],
  ['America/Sao_Paulo', ['2018-11-04', '2018-02-18']],
  ['Asia/Kathmandu', ['1986-01-01', '2026-05-05']],
  ['America/St_Johns', ['2006-04-02', '2006-10-29']],
  ['UTC', ['2026-02-28']],
];

/** A zone and an instant, on a whole minute, within 36 hours of something odd in that zone. */
export function oddMoment(): fc.Arbitrary<{ timeZone: string; at: EpochMs }> {
  return fc.record({
    zone: fc.constantFrom(...ODD_DAYS.flatMap(([timeZone, days]) => days.map((day) => ({ timeZone, day })))),
    minutes: fc.integer({ min: -36 * 60, max: 36 * 60 }),
  }).map(({ zone, minutes }) => ({ timeZone: zone.timeZone, at: Date.parse(`${zone.day}T12:00Z`) + minutes * MINUTE_MS }));
}

/** What the clock on the wall of a zone reads: weekday 1 (Monday) to 7 and minutes after midnight. */
export function clockReading(at: EpochMs, timeZone: string): { weekday: number; minute: number } {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return { weekday: local.dayOfWeek, minute: local.hour * 60 + local.minute };
}

/** The minutes in [from, to) for which something holds, both on whole minutes. */
export function minutesWhere(from: EpochMs, to: EpochMs, holds: (at: EpochMs) => boolean): EpochMs[] {
  const found: EpochMs[] = [];
  for (let at = from; at < to; at += MINUTE_MS) if (holds(at)) found.push(at);
  return found;
}

/** Local date and time in a zone as an instant; the earlier one where the reading is repeated. */
export function instantOf(local: string, timeZone: string): EpochMs {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone, { disambiguation: 'earlier' }).epochMilliseconds;
}
