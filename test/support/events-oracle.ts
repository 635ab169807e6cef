/** What must hold of all events, whatever has happened: read from the table and judged here. */
import { sql, type Queryable } from '../../src/platform/database/index.ts';

export interface EventRow {
  /** null until the sequencer has seen it */
  position: number | null;
  object: string;
  objectId: string;
  objectVersion: number;
}

/** Objects whose every version is an event. An EVSE and its location count together, so each of them alone leaves some out. */
const WITHOUT_HOLES = new Set(['reservation', 'session', 'outage', 'conflict', 'block']);

/** Everything that is wrong with the events in the database, in words; nothing when all is well. Each of them must have its position. */
export async function brokenEvents(db: Queryable): Promise<string[]> {
  const events = await db.query<EventRow>(sql`
    SELECT position::float8 AS position, object, object_id AS "objectId", object_version AS "objectVersion" FROM events ORDER BY position NULLS LAST, seq`);
  const [sequencer] = await db.query<{ position: number }>(sql`SELECT position::float8 AS position FROM event_sequencer`);
  const reservations = await db.query<{ id: string; version: number }>(sql`SELECT id, version FROM reservations`);
  return [...judgeEvents(events, sequencer!.position), ...judgeLatest(events, reservations)];
}

/** A location's policy is an object besides the location and has its id. */
export function nameOf({ object, objectId }: Pick<EventRow, 'object' | 'objectId'>): string {
  return `${object} ${objectId}`;
}

/** @param events in the order of their positions */
export function judgeEvents(events: readonly EventRow[], lastPosition: number): string[] {
  const found: string[] = [];
  const versions = new Map<string, number>();
  for (const [i, event] of events.entries()) {
    if (event.position !== i + 1) found.push(`the event after position ${i} has the position ${event.position}`);
    found.push(...judgeVersion(event, versions.get(nameOf(event))));
    versions.set(nameOf(event), event.objectVersion);
  }
  if (lastPosition !== events.length) found.push(`the sequencer is at ${lastPosition}, and there are ${events.length} events`);
  return found;
}

/** @param before the version that the object's event before this one told of */
export function judgeVersion({ object, objectId, objectVersion }: Omit<EventRow, 'position'>, before: number | undefined): string[] {
  const isNext = WITHOUT_HOLES.has(object) ? objectVersion === (before ?? 0) + 1 : objectVersion > (before ?? 0);
  return isNext ? [] : [`${object} ${objectId} goes from version ${before ?? 'none'} to ${objectVersion}`];
}

function judgeLatest(events: readonly EventRow[], reservations: readonly { id: string; version: number }[]): string[] {
  const told = new Map(events.map(({ objectId, objectVersion }) => [objectId, objectVersion]));
  return reservations.flatMap(({ id, version }) => (told.get(id) === version ? [] : [`${id} is at version ${version}, and its events tell of ${told.get(id) ?? 'none'}`]));
}
