/** Goes through the events of a history in their order and shows judges each change of a reservation, with all that stood then. */
import type { Booking } from '../../src/domain/calendar/index.ts';
import type { BookingPolicy, Reservation } from '../../src/domain/reservations/index.ts';
import type { BookingFact, EventFact, Facts } from './facts.ts';

/** Something that is wrong, and the objects that it is about. */
export interface Finding {
  about: string[];
  says: string;
}

/** What there was when an event happened, that event included. */
export interface Scene {
  event: EventFact;
  /** each reservation as it was told last */
  reservations: ReadonlyMap<string, Reservation>;
  /** promises that stood, by their id */
  standing: ReadonlyMap<string, BookingFact>;
  /** outages, and the sessions of cars, that have begun and not ended */
  going: ReadonlySet<string>;
  /** each place's policies so far, the newest last */
  policies: ReadonlyMap<string, readonly BookingPolicy[]>;
}

export interface Change {
  before: Reservation | undefined;
  after: Reservation;
}

export interface Judges {
  /** of every change of a reservation */
  change?(change: Change, scene: Scene): string[];
  /** of every event */
  event?(scene: Scene): string[];
}

export function replay(facts: Facts, judges: readonly Judges[]): Finding[] {
  const rows = new Map(facts.bookings.map((booking) => [booking.id, booking]));
  const reservations = new Map<string, Reservation>();
  const standing = new Map<string, BookingFact>();
  const going = new Set<string>();
  const policies = new Map<string, BookingPolicy[]>();
  const findings: Finding[] = [];
  const stand = (id: string): void => {
    const row = rows.get(id);
    if (row) standing.set(id, row);
    else findings.push({ about: [id], says: `there is no booking ${id}, and an event tells of it` });
  };
  for (const event of facts.events) {
    const change = event.object === 'reservation' ? { before: reservations.get(event.objectId), after: event.data as unknown as Reservation } : undefined;
    if (change) {
      const { before, after } = change;
      reservations.set(event.objectId, after);
      if (before?.bookingId != null && before.bookingId !== after.bookingId) standing.delete(before.bookingId);
      if (after.bookingId !== null && after.bookingId !== before?.bookingId) stand(after.bookingId);
    }
    if (event.type === 'block.created') stand((event.data as unknown as Booking).id);
    if (event.type === 'block.removed') standing.delete(event.objectId);
    if (/^(outage|session)\.started$/.test(event.type)) going.add(event.objectId);
    if (/^(outage|session)\.ended$/.test(event.type)) going.delete(event.objectId);
    if (event.type === 'policy.updated') policies.set(event.objectId, [...(policies.get(event.objectId) ?? []), event.data.policy as BookingPolicy]);
    const scene = { event, reservations, standing, going, policies };
    const says = judges.flatMap((judge) => [...(judge.event?.(scene) ?? []), ...(change ? (judge.change?.(change, scene) ?? []) : [])]);
    findings.push(...says.map((text) => ({ about: idsIn(text, event), says: `${event.type} of ${event.objectId} (version ${event.objectVersion}): ${text}` })));
  }
  return findings;
}

const ID = /\b[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}\b/g;
const idsIn = (text: string, { objectId, data }: EventFact): string[] =>
  [...new Set([objectId, ...(text.match(ID) ?? []), ...[data.reservationId, data.causeId, data.sessionId].filter((id) => typeof id === 'string')])];
