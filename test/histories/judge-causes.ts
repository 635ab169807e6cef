/** Of each event: somebody's call, a deadline or a fault is why it happened. */
import type { Occupancy, Outage } from '../../src/domain/calendar/index.ts';
import type { Reservation, WaitlistEntry } from '../../src/domain/reservations/index.ts';
import type { Session } from '../../src/domain/sessions/index.ts';
import { shownIn, type Call } from './calls.ts';
import type { EventFact, Facts } from './facts.ts';
import { isActive } from './judge-promises.ts';
import type { Judges, Scene } from './replay.ts';

interface Cause {
  event: EventFact;
  /** the object as it was before */
  before: EventFact | undefined;
  scene: Scene;
  evidence: Evidence;
}

interface Evidence {
  facts: Facts;
  /** calls that were answered with that version of an object */
  told: ReadonlyMap<string, readonly Call[]>;
  /** by the id of the request that was answered */
  byRequest: ReadonlyMap<string, Call>;
  done: readonly Call[];
  /** events that happened at an instant */
  at: ReadonlyMap<number, readonly EventFact[]>;
}

/** @param setUpUntil until when the network was being made */
export function causeJudges(facts: Facts, calls: readonly Call[], setUpUntil: number): Judges {
  const done = calls.filter(({ answer, lost, key }) => answer.status < 300 || (answer.status === 404 && lost > 0 && key === undefined));
  const answers = done.filter(({ method }) => method !== 'GET')
    .flatMap((call) => shownIn(call).map((shown) => ({ call, name: nameOf(shown.object, shown.id, shown.version ?? 1) })));
  const told = Map.groupBy(answers, ({ name }) => name);
  const evidence: Evidence = {
    facts, done, told: new Map([...told].map(([name, list]) => [name, list.map(({ call }) => call)])), at: Map.groupBy(facts.events, ({ occurredAt }) => occurredAt),
    byRequest: new Map(calls.filter(({ method }) => method !== 'GET').map((call) => [call.answer.headers.get('x-request-id') ?? '', call])),
  };
  const latest = new Map<string, EventFact>();
  return {
    event: (scene) => {
      const { event } = scene;
      const name = `${event.object} ${event.objectId}`;
      const before = latest.get(name);
      latest.set(name, event);
      if (event.occurredAt <= setUpUntil) return [];
      const cause = CAUSES[event.type];
      if (!cause) return ['nobody knows what causes that'];
      return [...(cause({ event, before, scene, evidence }) ? [] : ['nothing caused it']), ...isOfARefusal(event, evidence)];
    },
  };
}

const nameOf = (object: string, id: string, version: number): string => `${object} ${id} ${version}`;

/** A refused call leaves nothing behind. (With a key, what expired on its way is undone too.) */
function isOfARefusal({ requestId }: EventFact, { byRequest }: Evidence): string[] {
  const call = requestId === null ? undefined : byRequest.get(requestId);
  return call && call.answer.status >= 300 ? [`step ${call.step} (${call.name}) was refused`] : [];
}

const isTold = ({ event, evidence }: Cause, ...names: string[]): boolean =>
  (evidence.told.get(nameOf(event.object, event.objectId, event.objectVersion)) ?? []).some(({ name }) => names.includes(name));
/** A call of that name about the object was done. */
const isCalled = ({ evidence }: Cause, name: string, id: string): boolean => evidence.done.some((call) => call.name === name && call.path.includes(id));
const was = ({ before }: Cause): Reservation => before!.data as unknown as Reservation;
const now = ({ event }: Cause): Reservation => event.data as unknown as Reservation;
const isOver = ({ event }: Cause, deadline: number | null): boolean => deadline !== null && deadline <= event.occurredAt;
const isContested = (cause: Cause): boolean => cause.evidence.facts.conflicts.some(({ bookingId }) => bookingId === was(cause).bookingId);
const happenedWith = ({ event, evidence }: Cause, isIt: (other: EventFact) => boolean): boolean => (evidence.at.get(event.occurredAt) ?? []).some(isIt);
/** An occurrence has it; or has had it, until it was over and somebody asked for another one in its place. */
function isOfSeries(cause: Cause): boolean {
  const { occurrences, reservations } = cause.evidence.facts;
  if (occurrences.some(({ reservationId }) => reservationId === cause.event.objectId)) return true;
  const { seriesId } = now(cause);
  const hasEnded = reservations.some((one) => one.id === cause.event.objectId && !isActive(one));
  return seriesId !== null && hasEnded && isCalled(cause, 'retry', seriesId);
}

const RESERVATIONS: Record<string, (cause: Cause) => boolean> = {
  'reservation.created': (cause) => isTold(cause, 'reserve', 'wishFor') || isOfSeries(cause) || isFollowedByTold(cause) || isOffer(cause)
    || isMade(cause),
  'reservation.confirmed': (cause) => isTold(cause, 'reserve', 'wishFor', 'confirm') || isClaimed(cause) || (cause.before ? isOver(cause, was(cause).assignAt) : isOfSeries(cause)),
  'reservation.assigned': (cause) => isTold(cause, 'wishFor', 'confirm') || isOver(cause, was(cause).assignAt),
  'reservation.updated': (cause) => isTold(cause, 'update', 'confirm', 'wishFor') || isLeftToAnother(cause),
  'reservation.cancelled': (cause) => isTold(cause, 'cancel', 'operatorCancels') || isGivenBack(cause)
    || isCalled(cause, { series_cancelled: 'cancelSeries', occurrence_skipped: 'skip' }[
    now(cause).endedDetail ?? ''] ?? 'none', now(cause).seriesId ?? 'none'),
  'reservation.moved': (cause) => isTold(cause, 'move', 'operatorMoves') || (now(cause).movedBecause !== null && isContested(cause)),
  'reservation.extended': (cause) => isTold(cause, 'extend'),
  'reservation.late': (cause) => isTold(cause, 'late'),
  'reservation.left': (cause) => isTold(cause, 'leave'),
  'reservation.in_use': (cause) => happenedWith(cause, ({ type, objectId }) => type === 'session.started' && objectId === now(cause).sessionId),
  'reservation.completed': (cause) => happenedWith(cause, ({ type, objectId }) => type === 'session.ended' && objectId === now(cause).sessionId),
  'reservation.failed': (cause) => ({
    hold_expired: () => isOver(cause, was(cause).holdExpiresAt), evse_lost: () => isContested(cause),
  }[now(cause).endedDetail ?? ''] ?? (() => isOver(cause, was(cause).assignAt)))(),
  'reservation.expired': (cause) => ({
    no_show: () => isOver(cause, was(cause).noShowAt), window_passed: () => isOver(cause, was(cause).latestEnd),
  }[now(cause).endedDetail ?? ''] ?? (() => isTold(cause, 'leave')))(),
};

/** The answer to the call that made it shows it as it was later: another process has decided about it meanwhile. */
const isMade = ({ event, evidence }: Cause): boolean => evidence.done.some(({ name, answer }) => name === 'wishFor' && answer.body.id === event.objectId);
/** It was confirmed while another process was assigning there, and so became due. */
const isLeftToAnother = (cause: Cause): boolean =>
  now(cause).assignAt === cause.event.occurredAt && (isMade(cause) || isCalled(cause, 'confirm', cause.event.objectId));

const entryOf = (data: EventFact['data']): WaitlistEntry => data as unknown as WaitlistEntry;
const isCalledOnEntry = (cause: Cause, name: string): boolean => isCalled(cause, name, now(cause).waitlistEntryId ?? 'none');
const isClaimed = (cause: Cause): boolean => isCalledOnEntry(cause, 'claim');
const isGivenBack = (cause: Cause): boolean => isCalledOnEntry(cause, 'passOn') || isCalledOnEntry(cause, 'giveUp');
/** It is made for an entry that is told of it at once. */
const isOffer = (cause: Cause): boolean => happenedWith(cause, ({ type, objectId, data }) =>
  type === 'waitlist_entry.offered' && objectId === now(cause).waitlistEntryId && entryOf(data).reservationId === cause.event.objectId);

/** Whatever becomes of an offer, its entry is told at once. */
const offerHas = (type: RegExp) => (cause: Cause): boolean => {
  const offered = entryOf(cause.before!.data).reservationId;
  return happenedWith(cause, (other) => type.test(other.type) && other.objectId === offered);
};

const WAITLIST: Record<string, (cause: Cause) => boolean> = {
  'waitlist_entry.created': ({ event, evidence }) => evidence.done.some(({ name, answer }) => name === 'join' && answer.body.id === event.objectId),
  'waitlist_entry.offered': (cause) => happenedWith(cause, ({ type, objectId }) => type === 'reservation.created' && objectId === entryOf(cause.event.data).reservationId),
  'waitlist_entry.claimed': offerHas(/\.confirmed$/),
  'waitlist_entry.skipped': offerHas(/\.cancelled$/),
  'waitlist_entry.left': (cause) => isCalled(cause, 'giveUp', cause.event.objectId),
  'waitlist_entry.lapsed': (cause) => isOver(cause, entryOf(cause.before!.data).offer!.claimBy) && offerHas(/\.failed$/)(cause),
  'waitlist_entry.withdrawn': offerHas(/\.(failed|cancelled)$/),
  'waitlist_entry.offer_moved': offerHas(/\.(moved|extended)$/),
  'waitlist_entry.expired': (cause) => isOver(cause, entryOf(cause.event.data).lastStart),
};

/** A flexible one that is confirmed at once is made and assigned in one call, whose answer shows the last of it. */
function isFollowedByTold({ event, evidence }: Cause): boolean {
  const followers = evidence.at.get(event.occurredAt) ?? [];
  return followers.some(({ objectId, objectVersion }) => objectId === event.objectId
    && (evidence.told.get(nameOf('reservation', objectId, objectVersion)) ?? []).some(({ name }) => name === 'wishFor'));
}

const CAUSES: Record<string, (cause: Cause) => boolean> = {
  ...RESERVATIONS, ...WAITLIST,
  'session.started': (cause) => isTold(cause, 'arrive', 'walkIn'),
  'session.updated': (cause) => isOver(cause, (cause.before!.data as unknown as Session).endsBy),
  'session.ended': (cause) => isTold(cause, 'depart', 'walkOut') || isOver(cause, (cause.before!.data as unknown as Session).endsBy),
  'outage.started': (cause) => isTold(cause, 'breakDown') || isCalled(cause, 'retire', String(cause.event.data.evseId)),
  'outage.ended': (cause) => isTold(cause, 'repair') || happenedWith(cause, ({ type }) => type === 'location.updated'),
  'block.created': (cause) => isTold(cause, 'block'),
  'block.removed': (cause) => isCalled(cause, 'unblock', cause.event.objectId),
  'conflict.opened': standsAgainst,
  'conflict.resolved': (cause) => isTold(cause, 'resolve') || !cause.scene.standing.has(String(cause.event.data.bookingId)) || isFinal(cause) || isEnded(cause),
  'driver.updated': concernsDriver,
  'driver.banned': concernsDriver,
  'reservation_series.created': ({ event, evidence }) => evidence.done.some(({ name, answer }) => name === 'repeatedly' && answer.body.id === event.objectId),
  'reservation_series.cancelled': (cause) => isCalled(cause, 'cancelSeries', cause.event.objectId),
  'reservation_series.occurrence_skipped': (cause) => isCalled(cause, 'skip', cause.event.objectId),
  'reservation_series.occurrence_unavailable': (cause) => !cause.evidence.facts.events.some(({ type, objectId, position }) =>
    type === 'reservation_series.cancelled' && objectId === cause.event.objectId && position! < cause.event.position!),
  'location.updated': (cause) => cause.evidence.done.some(({ name }) => name === 'retire' || name === 'bringBack'),
  'evse.status_changed': (cause) => happenedWith(cause, ({ type, data }) => /^(session|outage)\./.test(type) && data.evseId === cause.event.objectId),
  'policy.updated': (cause) => isCalled(cause, 'policy', cause.event.objectId),
  'test_clock.advanced': (cause) => cause.evidence.done.some(({ name }) => name === 'advance'),
};

/** What a driver's no-shows and losses are counted by. */
function concernsDriver(cause: Cause): boolean {
  return happenedWith(cause, ({ object, type, data }) => object === 'reservation' && data.driverId === cause.event.objectId
    && /\.(expired|in_use|confirmed|assigned|failed)$/.test(type));
}

/** The promise stands, and the fact, which goes on, lies in its time. */
function standsAgainst(cause: Cause): boolean {
  const booking = cause.scene.standing.get(String(cause.event.data.bookingId));
  const fact = factOf(cause);
  return booking !== undefined && fact?.evseId === booking.evseId && fact.startsAt < booking.endsAt && isGoing(cause);
}

function factOf({ event, evidence: { facts } }: Cause): Outage | Occupancy | undefined {
  return [...facts.outages, ...facts.occupancies].find(({ id }) => id === event.data.causeId);
}

/** By the order of events: a clock that is moved while a call is under way leaves that with an instant before what it has seen. */
function isGoing(cause: Cause): boolean {
  const fact = factOf(cause);
  return fact !== undefined && cause.scene.going.has(tellingOf(fact));
}

/** Whose events tell of the fact: of a car, its session's. */
const tellingOf = (fact: Outage | Occupancy): string => ('sessionId' in fact ? fact.sessionId! : fact.id);

/** It is over, or ends with what else happens at that instant. */
function isEnded(cause: Cause): boolean {
  const fact = factOf(cause);
  return !isGoing(cause) || happenedWith(cause, ({ type, objectId }) => type === 'session.ended' && objectId === tellingOf(fact!));
}

function isFinal({ event, scene }: Cause): boolean {
  const status = scene.reservations.get(String(event.data.reservationId))?.status;
  return status !== 'pending' && status !== 'confirmed';
}
