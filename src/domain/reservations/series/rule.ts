/**
 * Recurrence rules (RFC 5545, 3.3.10): what is taken of them, and the days that they give. The library expands them; what it would
 * read over (a month 13, an unknown part) is refused here, and nothing is expanded beyond what a series may have.
 */
import { RRuleTemporal } from 'rrule-temporal';
import type { EpochMs } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';

/** More than one a day is no series, more than a year of days neither. */
export const MOST_OCCURRENCES = 366;
export const MOST_YEARS_AHEAD = 2;

/** For the library: two years of days, and the days of the weeks, months and years around them. */
const MOST_PERIODS = 1_000;
const MOST_CANDIDATES = 20_000;

const listOf = (item: string) => new RegExp(`^${item}(,${item})*$`);

/** What each part may say. Each occurrence has a day of its own, so the time of day is none of the rule's. */
const PARTS: Record<string, RegExp> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/, INTERVAL: /^[1-9]\d{0,2}$/, COUNT: /^[1-9]\d{0,5}$/, UNTIL: /^\d{8}(T\d{6}Z)?$/, WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
  BYDAY: listOf('([+-]?([1-9]|[1-4]\\d|5[0-2]))?(MO|TU|WE|TH|FR|SA|SU)'), BYMONTH: listOf('([1-9]|1[0-2])'), BYMONTHDAY: listOf('[+-]?([1-9]|[12]\\d|3[01])'),
  BYYEARDAY: listOf('[+-]?([1-9]|[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])'), BYWEEKNO: listOf('[+-]?([1-9]|[1-4]\\d|5[0-3])'),
  BYSETPOS: listOf('[+-]?([1-9]|[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])'),
};

/** Why some parts that RFC 5545 has are not taken. */
const REFUSED: Record<string, string> = {
  DTSTART: 'goes without DTSTART: the first start is a field of its own', BYHOUR: 'has no time of day: that is the start\'s; make a series for each time of day',
  BYMINUTE: 'has no time of day: that is the start\'s', BYSECOND: 'has no time of day: that is the start\'s',
};

export interface Rule {
  /** as the caller sent it, in capitals, without `RRULE:` */
  text: string;
  /** what it says besides its end */
  pattern: string;
  count?: number;
  /** the last day (in the zone of the series), or the last instant */
  until?: Temporal.PlainDate | Temporal.Instant;
}

/** SER-1: reads the text of a rule. Throws `invalid_request` for all that could not be done to the letter, and for a rule without an end. */
export function parseRule(sent: string): Rule {
  const text = sent.trim().toUpperCase().replace(/^RRULE:/, '');
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const [, name = '', value = ''] = /^([^=:]*)=?(.*)$/s.exec(part)!;
    if (!Object.hasOwn(PARTS, name)) throw wrong(refusalOf(name));
    if (!PARTS[name]!.test(value)) throw wrong(wrongValue(name, value));
    if (parts.has(name)) throw wrong(`says ${name} twice`);
    parts.set(name, value);
  }
  if (!parts.has('FREQ')) throw wrong('must say FREQ');
  const [count, until] = [parts.get('COUNT'), parts.get('UNTIL')];
  if ((count === undefined) === (until === undefined)) throw wrong('must say when it ends: by COUNT or by UNTIL, one of them');
  if (Number(count ?? 0) > MOST_OCCURRENCES) throw wrong(`may give ${MOST_OCCURRENCES} occurrences at most`);
  const pattern = [...parts].filter(([name]) => name !== 'COUNT' && name !== 'UNTIL').map(([name, value]) => `${name}=${value}`).join(';');
  return { text, pattern, ...(count === undefined ? {} : { count: Number(count) }), ...(until === undefined ? {} : { until: readUntil(until) }) };
}

function refusalOf(name: string): string {
  if (name === '') return 'must be parts such as FREQ=WEEKLY, with semicolons between them';
  return Object.hasOwn(REFUSED, name) ? REFUSED[name]! : `has a part that is not known: ${name.slice(0, 20)}`;
}

function wrongValue(name: string, value: string): string {
  if (name === 'FREQ' && /^(HOURLY|MINUTELY|SECONDLY)$/.test(value)) return `may recur daily at most: ${value} is not offered`;
  if (name === 'COUNT' && /^\d{7,}$/.test(value)) return `may give ${MOST_OCCURRENCES} occurrences at most`;
  if (name === 'UNTIL') return 'must say UNTIL as a day (20261231) or as an instant in UTC (20261231T230000Z)';
  return `has no such ${name}: ${value.slice(0, 20)}`;
}

function readUntil(value: string): Rule['until'] {
  try {
    return value.length === 8 ? Temporal.PlainDate.from(value) : Temporal.Instant.from(value);
  } catch {
    throw wrong('has an UNTIL that is no day of the calendar');
  }
}

/** One day of a series: its date in the zone of the series, and the instant of its start. */
export interface RuleDay {
  date: string;
  startsAt: EpochMs;
}

/**
 * SER-2: the days that a rule gives from a local start on, in order. The start's time of day stays on the clock when clocks change; a day
 * on which the clock skips it has no occurrence, and one on which it comes twice has its first (RFC 5545, 3.3.10).
 *
 * Throws `invalid_request` for a rule that gives nothing, too much, or what lies too far ahead of `now`.
 */
export function expandRule(rule: Rule, start: Temporal.PlainDateTime, timeZone: string, now: EpochMs): RuleDay[] {
  const first = start.toZonedDateTime(timeZone);
  if (!first.toPlainDateTime().equals(start)) throw new DomainError(
    'invalid_request', 'The clock skips that time.', { errors: [{ pointer: '/start', message: 'is skipped by the clock on that day' }] },
  );
  const horizon = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).add({ years: MOST_YEARS_AHEAD });
  const until = rule.until && endOf(rule.until, timeZone);
  if (until && Temporal.ZonedDateTime.compare(until, horizon) > 0) throw wrong(`may reach ${MOST_YEARS_AHEAD} years ahead at most`);
  const days = daysOf(rule, first, until ?? horizon);
  if (days.length > MOST_OCCURRENCES) throw wrong(`may give ${MOST_OCCURRENCES} occurrences at most`);
  if (rule.count !== undefined && days.length < rule.count) {
    throw wrong(`gives ${days.length} of its ${rule.count} occurrences in the ${MOST_YEARS_AHEAD} years that a series may reach ahead`);
  }
  if (days.length === 0) throw wrong('gives no occurrence');
  return days;
}

function endOf(until: NonNullable<Rule['until']>, timeZone: string): Temporal.ZonedDateTime {
  if (until instanceof Temporal.Instant) return until.toZonedDateTimeISO(timeZone);
  return until.add({ days: 1 }).toZonedDateTime(timeZone).subtract({ milliseconds: 1 });
}

function daysOf(rule: Rule, first: Temporal.ZonedDateTime, until: Temporal.ZonedDateTime): RuleDay[] {
  const most = rule.count ?? MOST_OCCURRENCES + 1;
  const days: RuleDay[] = [];
  try {
    new RRuleTemporal({
      rruleString: rule.pattern, dtstart: first, until, strict: true, cache: false, maxIterations: MOST_PERIODS, maxCandidateEvaluations: MOST_CANDIDATES,
    }).all((at) => {
      days.push({ date: at.toPlainDate().toString(), startsAt: at.epochMilliseconds });
      return days.length < most;
    });
  } catch (error) {
    throw wrong(`can not be followed: ${(error as Error).message}`);
  }
  return days;
}

function wrong(message: string): DomainError {
  return new DomainError('invalid_request', `The rule ${message}.`, { errors: [{ pointer: '/rrule', message }] });
}
