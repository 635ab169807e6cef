/** Of what was acknowledged: it is there as it was told, and so is every object that has versions. */
import { shownIn, type Call } from './calls.ts';
import type { Json } from '../support/api.ts';
import type { EventFact, Facts } from './facts.ts';
import type { Finding } from './replay.ts';

/** How an answer shows what an event keeps, for the fields that promise something. */
const ESSENCE: Record<string, (shown: Json) => unknown[]> = {
  reservation: (r) => [r.status, r.evse, at(r.reserved_start), at(r.reserved_end), at(r.hold_expires_at), at(r.assign_at), at(r.kept_until), r.session, r.driver],
  session: (s) => [s.status, s.evse, at(s.ends_by), at(s.ended_at), s.reservation],
  outage: (o) => [o.evse, at(o.start), at(o.end)],
  conflict: (c) => [c.status, c.evse, c.booking, c.cause_id, c.resolution],
  waitlist_entry: (e) => [e.status, e.driver, e.lapses, at(e.earliest_start), at(e.latest_end), at(e.ended_at)],
};
const KEPT: Record<string, readonly string[]> = {
  reservation: ['status', 'evseId', 'reservedStart', 'reservedEnd', 'holdExpiresAt', 'assignAt', 'noShowAt', 'sessionId', 'driverId'],
  session: ['status', 'evseId', 'endsBy', 'endedAt', 'reservationId'],
  outage: ['evseId', 'startsAt', 'endsAt'],
  conflict: ['status', 'evseId', 'bookingId', 'causeId', 'resolution'],
  waitlist_entry: ['status', 'driverId', 'lapses', 'earliestStart', 'latestEnd', 'endedAt'],
};
const at = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant));

export function judgeAnswers(facts: Facts, calls: readonly Call[]): Finding[] {
  const events = new Map(facts.events.map((event) => [`${event.object} ${event.objectId} ${event.objectVersion}`, event]));
  return calls.flatMap((call) => shownIn(call).flatMap((shown) => judgeAnswer(call, shown, events)));
}

function judgeAnswer({ step, name }: Call, shown: Json, events: ReadonlyMap<string, EventFact>): Finding[] {
  const essence = ESSENCE[shown.object];
  if (!essence) return [];
  const event = events.get(`${shown.object} ${shown.id} ${shown.version}`);
  if (!event) return [{ about: [shown.id], says: `step ${step} (${name}) was told of ${shown.id} in version ${shown.version}, which is lost` }];
  const kept = KEPT[shown.object]!.map((field) => event.data[field] ?? null);
  if (JSON.stringify(essence(shown)) === JSON.stringify(kept)) return [];
  const told = JSON.stringify(essence(shown));
  return [{ about: [shown.id], says: `step ${step} (${name}) was told ${told} of ${shown.id}, version ${shown.version}, and kept is ${JSON.stringify(kept)}` }];
}

/** Each row is what its last event told. */
export function judgeRows(facts: Facts): Finding[] {
  const last = new Map(facts.events.map((event) => [event.objectId, event]));
  const rows: { id: string; version: number; status?: string }[] = [...facts.reservations, ...facts.sessions, ...facts.outages, ...facts.conflicts, ...facts.entries];
  return rows.flatMap(({ id, version, status }) => {
    const event = last.get(id);
    if (event?.objectVersion === version && (status === undefined || event.data.status === status)) return [];
    return [{ about: [id], says: `${id} is at version ${version}, and its events end with ${event?.objectVersion ?? 'none'}` }];
  });
}
