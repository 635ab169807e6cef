import type { EventReader } from '../support/event-reader.ts';
import type { Facts } from './facts.ts';
import type { Caller } from './network.ts';
import type { Finding } from './replay.ts';

/** A reader that went on from where it was, whatever became of the processes, has seen each event for its eyes once, in order. */
export function judgeReader(
  caller: Pick<Caller, 'name' | 'organisationId'>, reader: Pick<EventReader, 'events' | 'faults'>, { events }: Pick<Facts, 'events'>,
): Finding[] {
  const seen = reader.events.map(({ position, type, object_id: id, object_version: version }) => `${position} ${type} ${id} ${version}`);
  const last = reader.events.at(-1)?.position ?? 0;
  const there = events.filter(({ position, isPublic, audience }) => position! <= last && (isPublic || audience.includes(caller.organisationId)))
    .map(({ position, type, objectId, objectVersion }) => `${position} ${type} ${objectId} ${objectVersion}`);
  const longer = seen.length > there.length ? seen : there;
  const first = longer.findIndex((_, i) => there[i] !== seen[i]);
  const faults = [...reader.faults, ...(first === -1 ? [] : [`saw ${seen[first] ?? 'nothing'} where there is ${there[first] ?? 'nothing'}`])];
  return faults.map((fault) => ({ about: [], says: `the reader of ${caller.name}: ${fault}` }));
}
