import ICAL from 'ical.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.ts';
import { expandRule, MOST_OCCURRENCES, parseRule } from './rule.ts';

const NOW = Date.parse('2026-11-01T00:00:00Z');
const local = (text: string) => Temporal.PlainDateTime.from(text);
const expand = (rule: string, start = '2026-11-02T08:00', zone = 'Europe/Berlin') => expandRule(parseRule(rule), local(start), zone, NOW);
const dates = (...given: Parameters<typeof expand>) => expand(...given).map(({ date }) => date);
/** What is said of a rule that is refused. */
function refusal(...given: Parameters<typeof expand>): string {
  try {
    return `taken: ${expand(...given).length}`;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.message;
  }
}

describe('SER-1 a rule', () => {
  it('is taken in any case, and with its name', () => {
    expect(dates('RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3')).toEqual(['2026-11-02', '2026-11-04', '2026-11-09']);
    expect(dates(' freq=monthly;byday=-1fr;count=2 ')).toEqual(['2026-11-27', '2026-12-25']);
    expect(dates('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2')).toEqual(['2026-11-30', '2026-12-31']);
  });

  it.each([
    ['', 'must be parts'], [';', 'must be parts'], ['FREQ=DAILY;COUNT=2;', 'must be parts'], ['COUNT=2', 'must say FREQ'],
    ['FREQ', 'has no such FREQ'],
    ['FREQ=HOURLY;COUNT=2', 'daily at most'], ['FREQ=MINUTELY;COUNT=2', 'daily at most'], ['FREQ=SECONDLY;COUNT=1000000', 'daily at most'],
    ['FREQ=FOO;COUNT=2', 'has no such FREQ'],
    ['DTSTART:20261102T080000\nRRULE:FREQ=DAILY;COUNT=2', 'without DTSTART'],
    ['DTSTART;TZID=Europe/Berlin:20261102T080000\nRRULE:FREQ=DAILY;COUNT=2', 'without DTSTART'],
    ['FREQ=DAILY;DTSTART=20261102T080000;COUNT=2', 'without DTSTART'], ['FREQ=DAILY;COUNT=2\nEXDATE:20261103T080000', 'has no such COUNT'],
    ['FREQ=DAILY;BYHOUR=8,17;COUNT=2', 'no time of day'], ['FREQ=DAILY;BYMINUTE=0,30;COUNT=2', 'no time of day'],
    ['FREQ=DAILY;BYSECOND=0;COUNT=2', 'no time of day'],
    ['FREQ=DAILY', 'must say when it ends'], ['FREQ=DAILY;COUNT=2;UNTIL=20261231', 'one of them'], ['FREQ=DAILY;COUNT=2;COUNT=3', 'says COUNT twice'],
    ['FREQ=DAILY;COUNT=0', 'has no such COUNT'], ['FREQ=DAILY;COUNT=-3', 'has no such COUNT'], ['FREQ=DAILY;COUNT=2=3', 'has no such COUNT'],
    ['FREQ=DAILY;INTERVAL=0;COUNT=2', 'has no such INTERVAL'], ['FREQ=DAILY;INTERVAL=999999999;COUNT=2', 'has no such INTERVAL'],
    ['FREQ=DAILY;UNTIL=20261231T080000', 'must say UNTIL as a day'], ['FREQ=DAILY;UNTIL=20270231', 'no day of the calendar'],
    ['FREQ=DAILY;UNTIL=20261231T250000Z', 'no day of the'],
    ['FREQ=DAILY;BYMONTH=13;COUNT=2', 'has no such BYMONTH'], ['FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2', 'has no such BYMONTHDAY'],
    ['FREQ=WEEKLY;BYDAY=XX;COUNT=2', 'has no such BYDAY'],
    ['FREQ=YEARLY;BYDAY=53MO;COUNT=1', 'has no such BYDAY'], ['FREQ=YEARLY;BYYEARDAY=367;COUNT=1', 'has no such BYYEARDAY'],
    ['FREQ=YEARLY;BYWEEKNO=54;COUNT=1', 'has no such BYWEEKNO'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0;COUNT=1', 'has no such BYSETPOS'], ['FREQ=WEEKLY;WKST=XX;COUNT=1', 'has no such WKST'],
    ['FREQ=DAILY;RSCALE=HEBREW;COUNT=2', 'not known: RSCALE'],
    ['FREQ=DAILY;__proto__=1;COUNT=2', 'not known: __PROTO__'], ['FREQ=DAILY;constructor=1;COUNT=2', 'not known: CONSTRUCTOR'],
    ['FREQ=WEEKLY;BYDAY=2MO;COUNT=2', 'can not be followed'], ['FREQ=WEEKLY;BYMONTHDAY=3;COUNT=2', 'can not be followed'],
    ['FREQ=MONTHLY;BYSETPOS=1;COUNT=2', 'can not be followed'],
  ])('%j is refused: %s', (rule, words) => {
    expect(refusal(rule)).toContain(words);
  });

  it('is refused in words, whatever it says', () => {
    const word = fc.constantFrom(
      'FREQ', 'DAILY', 'YEARLY', '=', ';', ',', 'COUNT', 'BYDAY', 'MO', '-1', '366', 'BYSETPOS', 'BYMONTHDAY', 'UNTIL', '20270101', 'BYYEARDAY', '\n', ':',
    );
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(word).map((words) => words.join(''))), (rule) => {
      refusal(rule);
    }), { numRuns: 500 });
  });
});

describe('SER-3 a rule is bounded', () => {
  it.each([
    ['FREQ=DAILY;COUNT=367', '366 occurrences at most'], ['FREQ=DAILY;COUNT=1000000', '366 occurrences at most'],
    ['FREQ=DAILY;COUNT=99999999999999999999', '366 occurrences at most'],
    ['FREQ=DAILY;UNTIL=20281031', '366 occurrences at most'], ['FREQ=DAILY;UNTIL=99991231', '2 years ahead at most'],
    ['FREQ=WEEKLY;COUNT=300', 'gives 105 of its 300'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5', 'gives 0 of its 5'], ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5', 'gives 0 of its 5'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20271231', 'gives no occurrence'], ['FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=5;COUNT=3', 'gives 0 of its 3'],
    ['FREQ=DAILY;BYDAY=MO;BYSETPOS=2;COUNT=3', 'gives 0 of its 3'], ['FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=100;COUNT=1', 'gives 0 of its 1'],
    ['FREQ=YEARLY;INTERVAL=999;COUNT=2', 'gives 1 of its 2'],
    ['FREQ=DAILY;UNTIL=20261102T065959Z', 'gives no occurrence'],
  ])('%s is refused: %s', (rule, words) => {
    expect(refusal(rule)).toContain(words);
  });

  it('and reaches its bounds', () => {
    expect(expand(`FREQ=DAILY;COUNT=${MOST_OCCURRENCES}`)).toHaveLength(366);
    expect(dates('FREQ=DAILY;UNTIL=20261104')).toEqual(['2026-11-02', '2026-11-03', '2026-11-04']);
    expect(dates('FREQ=DAILY;UNTIL=20261103T070000Z')).toEqual(['2026-11-02', '2026-11-03']);
    expect(dates('FREQ=DAILY;UNTIL=20261103T065959Z')).toEqual(['2026-11-02']);
    expect(dates('FREQ=DAILY;UNTIL=20261103', '2026-11-02T00:30', 'Asia/Kolkata')).toEqual(['2026-11-02', '2026-11-03']);
  });
});

describe('SER-2 the clock', () => {
  const wall = (...given: Parameters<typeof expand>) => expand(...given).map(({ startsAt }) => new Date(startsAt).toISOString().slice(5, 16));

  it('keeps the time of day when it changes', () => {
    expect(wall('FREQ=WEEKLY;COUNT=3', '2027-03-22T08:00')).toEqual(['03-22T07:00', '03-29T06:00', '04-05T06:00']);
    expect(wall('FREQ=DAILY;COUNT=3', '2027-10-30T08:00')).toEqual(['10-30T06:00', '10-31T07:00', '11-01T07:00']);
  });

  it('skips the day on which it skips that time, and does not count it', () => {
    expect(wall('FREQ=DAILY;COUNT=3', '2027-03-27T02:30')).toEqual(['03-27T01:30', '03-29T00:30', '03-30T00:30']);
    expect(wall('FREQ=DAILY;UNTIL=20270329', '2027-03-27T02:30')).toEqual(['03-27T01:30', '03-29T00:30']);
    expect(wall('FREQ=DAILY;COUNT=2', '2027-10-02T02:15', 'Australia/Lord_Howe')).toEqual(['10-01T15:45', '10-03T15:15']);
    expect(refusal('FREQ=DAILY;COUNT=3', '2027-03-28T02:30')).toContain('The clock skips that time');
  });

  it('takes the first of two times that are the same', () => {
    expect(wall('FREQ=DAILY;COUNT=3', '2027-10-30T02:30')).toEqual(['10-30T00:30', '10-31T00:30', '11-01T01:30']);
  });

  it('gives each day once, in order, on its own time of day', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca');
    const start = fc.record({ day: fc.integer({ min: 1, max: 300 }), minute: fc.integer({ min: 0, max: 1439 }) });
    const day = fc.subarray(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'], { minLength: 1 });
    fc.assert(fc.property(zone, start, day, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 100 }), (timeZone, at, days, interval, count) => {
      const from = local('2026-11-02T00:00').add({ days: at.day, minutes: at.minute });
      fc.pre(from.toZonedDateTime(timeZone).toPlainDateTime().equals(from));
      fc.pre(count * interval < 50 * days.length);
      const found = expandRule(parseRule(`FREQ=WEEKLY;INTERVAL=${interval};BYDAY=${days.join(',')};COUNT=${count}`), from, timeZone, NOW);
      expect(found).toHaveLength(count);
      expect(found.map(({ startsAt }) => startsAt)).toEqual(found.map(({ startsAt }) => startsAt).sort((a, b) => a - b));
      for (const { date, startsAt } of found) {
        expect(Temporal.Instant.fromEpochMilliseconds(startsAt).toZonedDateTimeISO(timeZone).toPlainDateTime().toString()).toBe(`${date}T${from.toPlainTime().toString()}`);
      }
    }), { numRuns: 60 });
  });

  it('has the days that another library finds', () => {
    const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');
    const list = (item: fc.Arbitrary<string>) => fc.uniqueArray(item, { minLength: 1, maxLength: 4 }).map((items) => items.join(','));
    const rule = fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 20 })).map(([interval]) => `FREQ=DAILY;INTERVAL=${interval}`),
      fc.tuple(fc.integer({ min: 1, max: 5 }), list(weekday), weekday).map(([interval, days, first]) => `FREQ=WEEKLY;INTERVAL=${interval};BYDAY=${days};WKST=${first}`),
      fc.tuple(fc.integer({ min: 1, max: 3 }), list(fc.integer({ min: 1, max: 31 }).map(String))).map(([interval, days]) => `FREQ=MONTHLY;INTERVAL=${interval};BYMONTHDAY=${days}`),
      fc.tuple(fc.constantFrom('1', '2', '-1'), weekday).map(([nth, day]) => `FREQ=MONTHLY;BYDAY=${nth}${day}`),
    );
    fc.assert(fc.property(rule, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 30 }), (text, n, count) => {
      const from = local('2026-11-02T08:00').add({ days: n });
      const iterator = ICAL.Recur.fromString(`${text};COUNT=${count}`).iterator(ICAL.Time.fromDateTimeString(from.toString()));
      const theirs: string[] = [];
      for (let next = iterator.next() as ICAL.Time | null; next; next = iterator.next() as ICAL.Time | null) theirs.push(next.toString().slice(0, 10));
      fc.pre(theirs.at(-1)! < '2028-10-01');
      expect(expandRule(parseRule(`${text};COUNT=${count}`), from, 'Europe/Berlin', NOW).map(({ date }) => date)).toEqual(theirs);
    }), { numRuns: 200 });
  });
});
