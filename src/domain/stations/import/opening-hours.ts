/** Opening hours as sources write them, in the form of OCPI. */
import { ALWAYS_OPEN, type OpeningTimes, type RegularHours } from '../location.ts';

const DAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];
const HOURS_LENGTH_MAX = 400;
const ALWAYS = /^(24\s*\/\s*7|24 ?h(ou)?rs?( daily)?|always( open)?|true|yes|open 24 hours)$/i;

export function alwaysOpen(): OpeningTimes {
  return { ...ALWAYS_OPEN, regularHours: [], exceptionalOpenings: [], exceptionalClosings: [] };
}

/**
 * Reads the plain forms of OpenStreetMap's opening_hours: `24/7`, `Mo-Fr 08:00-18:00; Sa 09:00-13:00`, several spans a day,
 * spans past midnight, `off`. Later rules replace earlier ones for the days they name; rules for public and school holidays are
 * left out, because they are no weekdays. Undefined for anything else: half-understood hours would be promises nobody made.
 */
export function parseOpeningHours(text: string | undefined): OpeningTimes | undefined {
  const trimmed = text?.replaceAll(/\s+/g, ' ').trim() ?? '';
  if (trimmed === '' || trimmed.length > HOURS_LENGTH_MAX) return undefined;
  if (ALWAYS.test(trimmed)) return alwaysOpen();
  const week: Span[][] = DAYS.map(() => []);
  for (const rule of trimmed.split(';').map((part) => part.trim()).filter((part) => part !== '')) {
    if (/^(ph|sh)\b(?!\s*,)/i.test(rule)) continue;
    const parsed = parseRule(rule);
    if (parsed === undefined) return undefined;
    for (const day of parsed.days) week[day] = parsed.spans;
  }
  return openingTimesOf(week);
}

/** `MON: 7:00am-6:00pm | TUE: 24 hours` and `Mon-Fri 8am-5pm` rewritten as OpenStreetMap would write them. */
export function openingHoursFromAmerican(text: string | undefined): OpeningTimes | undefined {
  const plain = text?.split(';')[0]?.trim() ?? '';
  if (/^24 hours( daily)?$/i.test(plain)) return alwaysOpen();
  const rewritten = (text ?? '')
    .replaceAll(/\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*:?/gi, (_, day: string) => day.slice(0, 2))
    .replaceAll(/24 hours/gi, '00:00-24:00')
    .replaceAll(/\b(\d{1,2})(?::(\d{2}))? ?([ap])\.?m\.?/gi, (_, hour: string, minute: string | undefined, half: string) => clock24(hour, minute, half))
    .replaceAll(/\bdaily\b/gi, 'Mo-Su')
    .replaceAll('|', ';');
  return parseOpeningHours(rewritten);
}

/** Times on a 24-hour clock as `HH:MM`, or undefined; 24:00 is the end of a day. */
export function parseClock(text: unknown): string | undefined {
  const match = typeof text === 'string' ? /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(text.trim()) : null;
  if (match === null) return undefined;
  const [hour, minute] = [Number(match[1]), Number(match[2])];
  const valid = minute < 60 && (hour < 24 || (hour === 24 && minute === 0));
  return valid ? `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}` : undefined;
}

/** From and to as `HH:MM` of one day. */
export type Span = readonly [string, string];

/** Hours per weekday (Monday first) as OCPI has them; a span past midnight goes on in the next day. */
export function openingTimesOf(week: readonly (readonly Span[])[]): OpeningTimes | undefined {
  const regularHours: RegularHours[] = [];
  week.forEach((spans, day) => {
    for (const [from, to] of spans) {
      if (to > from) regularHours.push({ weekday: day + 1, periodBegin: from, periodEnd: to });
      else {
        regularHours.push({ weekday: day + 1, periodBegin: from, periodEnd: '24:00' });
        if (to !== '00:00') regularHours.push({ weekday: ((day + 1) % 7) + 1, periodBegin: '00:00', periodEnd: to });
      }
    }
  });
  if (regularHours.length === 0) return undefined;
  if (isWholeWeek(regularHours)) return alwaysOpen();
  regularHours.sort((a, b) => a.weekday - b.weekday || (a.periodBegin < b.periodBegin ? -1 : 1));
  return { ...alwaysOpen(), twentyFourSeven: false, regularHours };
}

function isWholeWeek(hours: readonly RegularHours[]): boolean {
  return DAYS.every((_, day) => hours.some((span) => span.weekday === day + 1 && span.periodBegin === '00:00' && span.periodEnd === '24:00'));
}

function parseRule(rule: string): { days: number[]; spans: Span[] } | undefined {
  const match = /^([a-z,\s-]*?)\s*(off|closed|[\d:,\s-]+)$/i.exec(rule);
  const days = match === null ? undefined : parseDays(match[1] ?? '');
  const times = match?.[2] ?? '';
  if (days === undefined) return undefined;
  if (/^(off|closed)$/i.test(times)) return { days, spans: [] };
  const spans: Span[] = [];
  for (const part of times.split(',')) {
    const [from, to, ...more] = part.split('-').map(parseClock);
    if (from === undefined || to === undefined || from === '24:00' || more.length > 0) return undefined;
    spans.push([from, to]);
  }
  return { days, spans };
}

/** `Mo-Fr,Su` as numbers from 0 (Monday); nothing is the whole week. */
function parseDays(text: string): number[] | undefined {
  if (text.trim() === '') return [0, 1, 2, 3, 4, 5, 6];
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(',').map((item) => item.trim())) {
    if (part === 'ph' || part === 'sh') continue;
    const [from = '', to = from, ...more] = part.split('-').map((day) => day.trim());
    const [first, last] = [DAYS.indexOf(from), DAYS.indexOf(to)];
    if (first === -1 || last === -1 || more.length > 0) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return [...days];
}

function clock24(hourText: string, minuteText: string | undefined, half: string): string {
  const hour = (Number(hourText) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return `${String(hour).padStart(2, '0')}:${minuteText ?? '00'}`;
}
