/** The end of a history, as far as it concerns some objects: for whoever looks for the cause of a finding. */
import { isDone, outcomeOf, type Call } from './calls.ts';
import type { EventFact, Facts } from './facts.ts';
import type { Finding } from './replay.ts';

const MOST_FINDINGS = 10;
const MOST_LINES = 14;

export function tell(findings: readonly Finding[], facts: Facts, calls: readonly Call[]): string {
  const shown = findings.slice(0, MOST_FINDINGS).map(({ says, about }) => [`- ${says}`, ...tailOf(about, facts, calls)].join('\n'));
  const more = findings.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** A car is told of by its session. */
const withSessions = (about: readonly string[], { occupancies }: Facts): string[] =>
  [...about, ...occupancies.filter(({ id }) => about.includes(id)).flatMap(({ sessionId }) => sessionId ?? [])];

function tailOf(concerned: readonly string[], facts: Facts, calls: readonly Call[]): string[] {
  const { events } = facts;
  const about = withSessions(concerned, facts);
  const requests = new Map(calls.map((call) => [call.answer.headers.get('x-request-id'), call]));
  const told = events.filter(({ objectId }) => about.includes(objectId)).map((event) => eventLine(event, requests.get(event.requestId)));
  const said = (call: Call): string => JSON.stringify([call.path, call.body ?? '', isDone(call) ? call.answer.body.id : '']);
  const made = calls.filter((call) => call.method !== 'GET' && about.some((id) => said(call).includes(id))).map(callLine);
  return [...told.slice(-MOST_LINES), ...made.slice(-MOST_LINES)].map((line) => `    ${line}`);
}

const FIELDS = [
  'status', 'evseId', 'bookingId', 'causeId', 'startsAt', 'endsAt', 'expectedEndAt', 'reservedStart', 'reservedEnd', 'holdExpiresAt', 'noShowAt', 'assignAt',
  'endsBy', 'endedDetail', 'movedBecause', 'resolution', 'driverId',
];
const isInstant = (field: string): boolean => /(At|By|Start|End)$/.test(field);

function eventLine({ position, type, objectId, objectVersion, occurredAt, data }: EventFact, call: Call | undefined): string {
  const fields = FIELDS.filter((field) => data[field] != null).map((field) => `${field}=${isInstant(field) ? iso(data[field] as number) : String(data[field])}`);
  return `event ${position} at ${iso(occurredAt)}: ${type} ${objectId} v${objectVersion}${call ? ` by step ${call.step}` : ''}: ${fields.join(' ')}`;
}

function callLine(call: Call): string {
  const lost = call.lost > 0 ? `, ${call.lost} times lost` : '';
  return `step ${call.step}: ${call.as.name} ${call.method} ${call.path} ${JSON.stringify(call.body ?? null)} → ${outcomeOf(call)}${lost}`;
}

const iso = (at: number): string => new Date(at).toISOString();
