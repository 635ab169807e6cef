/** Of promises over the whole history: none overlaps another that stood at the same time, and each is what its reservation says. */
import { LIFE_CYCLE, type LifeCycleEvent } from '../../src/domain/reservations/reservation.ts';
import type { Reservation } from '../../src/domain/reservations/index.ts';
import { MINUTE } from '../support/world.ts';
import type { BookingFact, Facts } from './facts.ts';
import type { Change, Finding, Judges, Scene } from './replay.ts';

/** What an event may have been, in the words of the life-cycle table. */
const MEANS: Record<string, readonly LifeCycleEvent[]> = {
  'reservation.confirmed': ['confirm', 'assigned'], 'reservation.updated': ['update'], 'reservation.cancelled': ['cancel', 'operator_cancel'],
  'reservation.extended': ['extend'], 'reservation.moved': ['move'], 'reservation.late': ['late'], 'reservation.left': ['leave'], 'reservation.in_use': ['session_start'],
  'reservation.completed': ['session_end'], 'reservation.failed': ['hold_expiry', 'evse_lost', 'not_assigned'], 'reservation.expired': ['no_show', 'window_passed'],
};

export const isWaiting = ({ status, bookingId, assignAt }: Pick<Reservation, 'status' | 'bookingId' | 'assignAt'>): boolean =>
  status === 'pending' && bookingId === null && assignAt !== null;
export const isActive = ({ status }: Pick<Reservation, 'status'>): boolean => status === 'pending' || status === 'confirmed';
/** A driver who came early and left before the slot began has given back all of it. */
const hasGivenBack = ({ leftAt, reservedStart, reservedEnd }: Reservation): boolean => leftAt !== null && reservedStart === reservedEnd;

export const PROMISES: Judges = {
  event: ({ event, standing }) => (event.type === 'block.created' ? overlaps(standing.get(event.objectId), standing) : []),
  change: (change, { event, standing }) => {
    const { before, after } = change;
    const booking = after.bookingId === null ? undefined : standing.get(after.bookingId);
    const isNew = booking !== undefined && before?.bookingId !== booking.id;
    return [...isAllowed(change, event.type), ...isAsTold(after, booking), ...(isNew ? overlaps(booking, standing) : [])];
  },
};

function isAllowed({ before, after }: Change, type: string): string[] {
  if (!before) return after.version === 1 && isActive(after) ? [] : [`it begins as version ${after.version}, ${after.status}`];
  if (after.version !== before.version + 1) return [`version ${before.version} is followed by ${after.version}`];
  if (type === 'reservation.assigned') return isWaiting(before) && after.status === 'pending' && after.bookingId !== null ? [] : ['only what waits is assigned'];
  if (before.status === 'confirmed' && after.endedDetail === 'left_unused' && after.status === 'expired') return []; // RSV-17
  const outcomes = (MEANS[type] ?? []).map((means) => LIFE_CYCLE[before.status][means]);
  return outcomes.includes(after.status) ? [] : [`nothing leads from ${before.status} to ${after.status}`];
}

function isAsTold(after: Reservation, booking: BookingFact | undefined): string[] {
  if (!booking) return isActive(after) && !isWaiting(after) && !hasGivenBack(after) ? [`it is ${after.status} without a promise`] : [];
  if (!isActive(after)) return after.status === 'completed' ? isTheRest(after, booking) : [`it is ${after.status} and holds ${booking.id}`];
  const isSame = booking.evseId === after.evseId && booking.startsAt === after.reservedStart && booking.endsAt === after.reservedEnd;
  const keepsBuffer = booking.keptUntil === booking.endsAt + after.policy.bufferMinutes * MINUTE;
  return [...(isSame ? [] : [`${booking.id} is at another place or time`]), ...(keepsBuffer || after.leftAt !== null ? [] : [`${booking.id} does not keep its buffer`])];
}

function isTheRest(after: Reservation, booking: BookingFact): string[] {
  const isWithin = booking.evseId === after.evseId && booking.startsAt === after.reservedStart && booking.endsAt <= after.reservedEnd!;
  return isWithin ? [] : [`${booking.id} is more than what was used`];
}

function overlaps(booking: BookingFact | undefined, standing: Scene['standing']): string[] {
  if (!booking) return [];
  const others = [...standing.values()].filter(({ id, evseId, startsAt, keptUntil }) =>
    id !== booking.id && evseId === booking.evseId && startsAt < booking.keptUntil && booking.startsAt < keptUntil);
  return others.map(({ id, reservationId }) => `${booking.id} overlaps ${id} of ${reservationId ?? 'the operator'}, which stands`);
}

interface Tale {
  madeAt: number;
  releasedAt: number | null;
  /** of what it is the rest, when a driver has left before the end */
  restOf: string | null;
}

/** Each booking was made and taken back by an event, at the instants that its row tells. The rest of one is as old as that. */
export function judgeBookings({ events, bookings }: Facts): Finding[] {
  const tales = talesOf(events);
  const rows = new Map(bookings.map((booking) => [booking.id, booking]));
  return bookings.flatMap(({ id, reservationId, createdAt, releasedAt }) => {
    const tale = tales.get(id);
    const about = [id, ...(reservationId === null ? [] : [reservationId])];
    if (!tale) return [{ about, says: `no event tells of ${id}` }];
    const madeAt = tale.restOf === null ? tale.madeAt : rows.get(tale.restOf)?.createdAt;
    if (madeAt === createdAt && tale.releasedAt === releasedAt) return [];
    return [{ about, says: `${id} was there from ${createdAt} to ${releasedAt}, and events tell of ${madeAt} to ${tale.releasedAt}` }];
  });
}

function talesOf(events: Facts['events']): Map<string, Tale> {
  const tales = new Map<string, Tale>();
  const holder = new Map<string, string | null>();
  for (const { object, objectId, data, occurredAt, type } of events) {
    if (object !== 'reservation' && object !== 'block') continue;
    const has = object === 'block' ? (type === 'block.created' ? objectId : null) : (data.bookingId as string | null);
    const had = holder.get(objectId) ?? null;
    holder.set(objectId, has);
    if (had === has) continue;
    if (had !== null) tales.get(had)!.releasedAt = occurredAt;
    const isRest = type === 'reservation.left' || type === 'reservation.completed';
    if (has !== null) tales.set(has, { madeAt: occurredAt, releasedAt: null, restOf: isRest ? had : null });
  }
  return tales;
}
