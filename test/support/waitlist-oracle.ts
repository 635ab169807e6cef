/** What must hold of the waitlist, whatever has happened (WTL-13): read from the tables and judged here, without the code that is to be proven. */
import { sql, type Queryable } from '../../src/platform/database/index.ts';

interface EntryRow {
  id: string;
  status: string;
  version: number;
  lapses: number;
  reservationId: string | null;
  lookAt: number | null;
  events: number;
  lastEvent: number;
}

interface HoldRow {
  id: string;
  status: string;
  entryId: string;
}

/** Everything that is wrong, in words; nothing when all is well. */
export async function brokenWaitlist(db: Queryable): Promise<string[]> {
  const entries = await db.query<EntryRow>(sql`
    SELECT w.id, w.status, w.version, w.lapses, w.reservation_id AS "reservationId", w.look_at AS "lookAt", count(e.id)::int AS events,
      max(e.object_version)::int AS "lastEvent"
    FROM waitlist_entries w LEFT JOIN events e ON e.object_id = w.id GROUP BY w.id`);
  const holds = await db.query<HoldRow>(sql`SELECT id, status, waitlist_entry_id AS "entryId" FROM reservations WHERE waitlist_entry_id IS NOT NULL`);
  const byEntry = Map.groupBy(holds, ({ entryId }) => entryId);
  return entries.flatMap((entry) => judge(entry, byEntry.get(entry.id) ?? [])).concat(
    holds.filter(({ entryId }) => !entries.some(({ id }) => id === entryId)).map(({ id }) => `${id} is an offer to nobody`),
  );
}

function judge(entry: EntryRow, holds: readonly HoldRow[]): string[] {
  const { id, status } = entry;
  const found: string[] = [];
  const pending = holds.filter((hold) => hold.status === 'pending');
  const own = holds.find((hold) => hold.id === entry.reservationId);
  if (entry.events !== entry.version || entry.lastEvent !== entry.version) found.push(`${id} has version ${entry.version} and ${entry.events} events up to ${entry.lastEvent}`);
  if (status === 'offered' && (own?.status !== 'pending' || pending.length !== 1)) found.push(`${id} is offered ${own?.status ?? 'nothing'}, with ${pending.length} holds`);
  if (status !== 'offered' && pending.length > 0) found.push(`${id} is ${status} and has ${pending.length} holds`);
  if (status === 'claimed' && (own === undefined || own.status === 'pending')) found.push(`${id} is claimed, and its reservation ${own?.status ?? 'is not there'}`);
  if (status !== 'claimed' && holds.some((hold) => hold.status === 'confirmed')) found.push(`${id} is ${status}, and its offer is confirmed`);
  if ((status === 'waiting') !== (entry.lookAt !== null)) found.push(`${id} is ${status} and looked for ${entry.lookAt === null ? 'never' : 'again'}`);
  if (status === 'lapsed' && entry.lapses !== 2) found.push(`${id} has lapsed after ${entry.lapses} lapses`);
  return found;
}
