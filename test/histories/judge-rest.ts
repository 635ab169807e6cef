/** Of what is left once all that was due has been done: nothing that nobody will ever do. */
import { OVERSTAY_NOTICE_MS } from '../../src/domain/calendar/booking.ts';
import type { Conflict } from '../../src/domain/calendar/index.ts';
import type { BookingFact, Facts } from './facts.ts';
import { isActive } from './judge-promises.ts';
import type { Finding } from './replay.ts';

/** What the sweeper still has to do. */
function dueIn({ now, reservations, entries, sessions, occurrences, conflicts, freedTimes }: Facts): string[] {
  const isDue = (at: number | null): boolean => at !== null && at <= now;
  return [
    ...reservations.filter(({ status, holdExpiresAt, noShowAt, assignAt }) =>
      (status === 'pending' && (isDue(holdExpiresAt) || isDue(assignAt))) || (status === 'confirmed' && isDue(noShowAt))).map(({ id }) => id),
    ...entries.filter(({ status, lastStart }) => status === 'waiting' && isDue(lastStart)).map(({ id }) => id),
    ...sessions.filter(({ status, endsBy }) => status === 'started' && isDue(endsBy)).map(({ id }) => id),
    ...occurrences.filter(({ dueAt }) => isDue(dueAt)).map(({ seriesId }) => seriesId),
    ...conflicts.filter(({ status, settleAt, reservationId }) => status === 'open' && reservationId !== null && isDue(settleAt)).map(({ id }) => id),
    ...(freedTimes > 0 ? [`${freedTimes} freed times`] : []),
  ];
}

/** @param kills how many processes were killed: each may have left what it kept from others, until somebody else wants it */
export function judgeRest(facts: Facts, kills: number): Finding[] {
  const undone = dueIn(facts).map((id) => ({ about: [id], says: `${id} is due, and nobody does it` }));
  const kept = facts.leases.slice(kills).map((holder) => ({ about: [holder], says: `${holder} keeps others from assigning` }));
  return [...undone, ...judgeConflicts(facts), ...judgeActive(facts), ...kept];
}

/** A reservation whose time is over is over, unless its car is still there. */
function judgeActive({ reservations, occupancies, now }: Facts): Finding[] {
  const there = new Set(occupancies.filter(({ endsAt }) => endsAt === null).map(({ reservationId }) => reservationId));
  return reservations.filter((one) => isActive(one) && one.reservedEnd !== null && one.reservedEnd <= now && !there.has(one.id))
    .map(({ id, status }) => ({ about: [id], says: `${id} is ${status}, and its time is over` }));
}

/** Open conflicts are those where a fact stands against a promise, and where one does there is a conflict. */
function judgeConflicts(facts: Facts): Finding[] {
  const found: Finding[] = [];
  const collisions = collisionsIn(facts);
  const known = new Map(facts.conflicts.map((conflict) => [pair(conflict), conflict]));
  for (const conflict of facts.conflicts) {
    if (conflict.status !== 'open' || collisions.has(pair(conflict))) continue;
    found.push({ about: aboutOf(conflict), says: `${conflict.id} is open, and ${conflict.causeId} does not stand against ${conflict.bookingId}` });
  }
  for (const [name, booking] of collisions) {
    if (!known.has(name)) found.push({ about: [booking.id, booking.reservationId!], says: `${name.replace(' ', ' meets ')}, and nobody has noticed` });
  }
  return found;
}

const pair = ({ bookingId, causeId }: Pick<Conflict, 'bookingId' | 'causeId'>): string => `${bookingId} ${causeId}`;
const aboutOf = ({ id, reservationId, causeId }: Conflict): string[] => [id, causeId, ...(reservationId === null ? [] : [reservationId])];

function collisionsIn({ bookings, outages, occupancies, now }: Facts): Map<string, BookingFact> {
  const until = (expectedEndAt: number | null, unknown: number): number => (expectedEndAt === null ? unknown : Math.max(expectedEndAt, now));
  const lasting = [
    ...outages.filter(({ endsAt }) => endsAt === null).map((o) => ({ ...o, reservationId: null, until: until(o.expectedEndAt, Infinity) })),
    ...occupancies.filter(({ endsAt }) => endsAt === null).map((o) => ({ ...o, until: until(o.expectedEndAt, now + OVERSTAY_NOTICE_MS) })),
  ];
  const promised = bookings.filter(({ releasedAt, kind, endsAt }) => releasedAt === null && kind !== 'block' && endsAt > now);
  return new Map(promised.flatMap((booking) => lasting
    .filter((fact) => fact.evseId === booking.evseId && fact.reservationId !== booking.reservationId && fact.startsAt < booking.endsAt && booking.startsAt < fact.until)
    .map((fact) => [pair({ bookingId: booking.id, causeId: fact.id }), booking] as const)));
}
