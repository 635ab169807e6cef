/** Of the waitlist: every step of an entry is one of its life, each offer that is open has its hold, and each hold that is an offer its entry (WTL-13). */
import type { Reservation, WaitlistEntry } from '../../src/domain/reservations/index.ts';
import { WAITLIST_LIFE, WAITLIST_LIMITS, type WaitlistEvent } from '../../src/domain/reservations/waitlist/entry.ts';
import type { Facts } from './facts.ts';
import type { Finding, Judges } from './replay.ts';

/** What an event may have been, in the words of the life-cycle table. */
const MEANS: Record<string, readonly WaitlistEvent[]> = {
  offered: ['offer'], claimed: ['claim'], skipped: ['skip'], left: ['leave'], lapsed: ['lapse', 'last_lapse'], withdrawn: ['withdraw'], offer_moved: ['offer_moved'],
  expired: ['window_over'],
};

export function waitlistJudges(): Judges {
  const latest = new Map<string, WaitlistEntry>();
  return {
    event: ({ event, reservations }) => {
      if (event.object !== 'waitlist_entry') return [];
      const before = latest.get(event.objectId);
      const after = event.data as unknown as WaitlistEntry;
      latest.set(event.objectId, after);
      const told = after.reservationId === null ? undefined : reservations.get(after.reservationId);
      return [...isAllowed(before, after, event.type), ...(after.status === 'offered' ? isHeld(after, told) : [])];
    },
  };
}

function isAllowed(before: WaitlistEntry | undefined, after: WaitlistEntry, type: string): string[] {
  if (!before) return after.version === 1 && after.status === 'waiting' ? [] : [`it begins as version ${after.version}, ${after.status}`];
  if (after.version !== before.version + 1) return [`version ${before.version} is followed by ${after.version}`];
  const outcomes = (MEANS[type.replace('waitlist_entry.', '')] ?? []).map((means) => WAITLIST_LIFE[before.status][means]);
  const found = outcomes.includes(after.status) ? [] : [`nothing leads from ${before.status} to ${after.status}`];
  if (after.status === 'lapsed' && after.lapses !== WAITLIST_LIMITS.lapses) found.push(`it has lapsed after ${after.lapses} lapses`);
  return found;
}

/** What it is told to be offered is held for it: the reservation is made, or moved, before the entry tells of it. */
function isHeld({ id, offer, reservationId, earliestStart, latestEnd, skipped }: WaitlistEntry, told: Reservation | undefined): string[] {
  if (!offer || !told) return [`it is offered ${reservationId ?? 'nothing'}, which nobody holds`];
  const found: string[] = [];
  const isSame = told.status === 'pending' && told.waitlistEntryId === id && told.evseId === offer.evseId && told.reservedStart === offer.start
    && told.reservedEnd === offer.end && told.holdExpiresAt === offer.claimBy;
  if (!isSame) found.push(`it is offered ${told.id}, which is another thing`);
  const isFirst = told.version === 1; // its driver may move it elsewhere
  if (isFirst && (offer.start < earliestStart || offer.end > latestEnd)) found.push(`it is offered ${told.id}, outside its window`);
  const isSkipped = skipped.some(({ locationId, start, end }) => locationId === offer.locationId && start < offer.end && offer.start < end);
  if (isFirst && isSkipped) found.push(`${told.id} has been skipped`);
  return found;
}

/** What the tables hold, at any moment. */
export function judgeOffers({ entries, reservations, bookings }: Facts): Finding[] {
  const byId = new Map(reservations.map((reservation) => [reservation.id, reservation]));
  const held = new Set(bookings.filter(({ releasedAt, kind }) => releasedAt === null && kind === 'hold').map(({ id }) => id));
  const isHold = ({ status, bookingId }: Pick<Reservation, 'status' | 'bookingId'>): boolean => status === 'pending' && held.has(bookingId ?? '');
  const findings = entries.flatMap(({ id, status, reservationId }) => {
    const offer = byId.get(reservationId ?? '');
    const about = [id, reservationId ?? id];
    if (status === 'offered' && !(offer?.waitlistEntryId === id && isHold(offer))) return [{ about, says: `${id} is offered what is not held` }];
    if (status === 'claimed' && (!offer || offer.status === 'pending')) return [{ about, says: `${id} has claimed what is ${offer?.status ?? 'not there'}` }];
    return [];
  });
  const byEntry = new Map(entries.map((entry) => [entry.id, entry]));
  const astray = reservations.filter(({ id, status, waitlistEntryId }) => {
    const entry = byEntry.get(waitlistEntryId ?? '');
    if (waitlistEntryId === null) return false;
    return (status === 'pending' && !(entry?.status === 'offered' && entry.reservationId === id)) || (status === 'confirmed' && entry?.status !== 'claimed');
  });
  return [...findings, ...astray.map(({ id, status }) => ({ about: [id], says: `${id} is ${status}, and the offer of nobody` }))];
}
