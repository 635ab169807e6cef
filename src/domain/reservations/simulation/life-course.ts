/** The course of a reservation's life in a replay: the driver does what they did, and the policy says what comes of it. */
import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { occupancyEnd } from '../../calendar/index.ts';
import { afterNoShow } from '../../drivers/index.ts';
import { cancelQuote } from '../cancel-quote.ts';
import { noShowDeadline } from '../reservation.ts';
import { RANK } from './agenda.ts';
import { count, earn, feeOf, finish, freeTheRest, type Booked } from './booked.ts';
import { mayChange } from './change-slot.ts';
import type { GivenSlot, Life } from './demand.ts';
import { addPromise, promisesWithin, removePromise } from './evse-calendar.ts';
import { calendarOf, type World } from './world.ts';

export type NewBooked = Pick<Booked, 'place' | 'policy' | 'driver' | 'life' | 'isCounted' | 'holdExpiresAt'> & { slot: GivenSlot };

/** Makes a promise, and lets its driver's life with it take its course. */
export function book(world: World, { slot, ...made }: NewBooked, at: EpochMs): Booked {
  const booked: Booked = {
    ...made, ...slot, keptUntil: slot.end + made.policy.bufferMinutes * MINUTE_MS, status: made.holdExpiresAt === null ? 'confirmed' : 'pending', noShowAt: null,
    expectedArrival: null, inFact: made.life.slot, vehicle: undefined, departsAt: null, usedFrom: null, usedUntil: null, bookedUntil: null,
  };
  addPromise(calendarOf(made.place, slot.evseId), booked);
  if (made.driver) made.driver.active += 1;
  if (made.holdExpiresAt === null) waitForDriver(world, booked);
  else world.agenda.add(made.holdExpiresAt, RANK.deadline, (now) => expireHold(booked, now));
  watchBegin(world, booked);
  scheduleLife(world, booked, at);
  return booked;
}

function scheduleLife(world: World, booked: Booked, at: EpochMs): void {
  const { agenda } = world;
  const { confirmedAt, changes, delays, cancelledAt, lostAt, arrivedAt, leftAt } = booked.life;
  if (confirmedAt !== null && confirmedAt > at) agenda.add(confirmedAt, RANK.begin, () => confirm(world, booked));
  for (const slot of changes) agenda.add(slot.at, RANK.begin, (now) => change(world, booked, slot, now));
  for (const delay of delays) agenda.add(delay.at, RANK.begin, (now) => announceLate(world, booked, delay.expectedArrival, now));
  if (cancelledAt !== null) agenda.add(cancelledAt, RANK.end, (now) => cancel(booked, now));
  if (lostAt !== null) agenda.add(lostAt, RANK.end, (now) => lose(booked, now));
  if (arrivedAt !== null) agenda.add(arrivedAt, RANK.begin, (now) => arrive(world, booked, now));
  if (leftAt !== null) agenda.add(leftAt, RANK.end, (now) => leave(booked, now));
}

function waitForDriver(world: World, booked: Booked): void {
  const { policy, start, end, expectedArrival } = booked;
  keepUntil(world, booked, noShowDeadline(policy, start, end, expectedArrival));
}

function keepUntil(world: World, booked: Booked, noShowAt: EpochMs): void {
  booked.noShowAt = noShowAt;
  world.agenda.add(noShowAt, RANK.deadline, (now) => {
    if (booked.noShowAt === noShowAt) missArrival(world, booked, now);
  });
}

function confirm(world: World, booked: Booked): void {
  if (booked.status !== 'pending') return; // its hold was over before
  booked.status = 'confirmed';
  booked.holdExpiresAt = null;
  waitForDriver(world, booked);
}

/** RSV-4 */
function expireHold(booked: Booked, now: EpochMs): void {
  if (booked.status === 'pending') finish(booked, now, 'holdsExpired');
}

/** RSV-18 */
function lose(booked: Booked, now: EpochMs): void {
  if (booked.status !== 'over' && !booked.vehicle) finish(booked, now, 'lost');
}

/** RSV-15; who could not come has not failed to (RSV-24). */
function missArrival(world: World, booked: Booked, now: EpochMs): void {
  if (booked.life.lostAt !== null) return lose(booked, now);
  earn(booked, 'reservationFeesMinor', feeOf(booked));
  earn(booked, 'noShowFeesMinor', booked.policy.noShowFeeMinor);
  finish(booked, now, 'noShows');
  // those before the period are in the driver's count at its beginning
  if (booked.driver && now >= world.period.start) Object.assign(booked.driver, afterNoShow(booked.driver, booked.policy.noShowBan, now));
}

/** RSV-13: who can't cancel any more does not come either (SIM-7). */
function cancel(booked: Booked, now: EpochMs): void {
  if (booked.status === 'over' || booked.vehicle) return;
  if (booked.life.cancelledBy === 'operator') return finish(booked, now, 'cancelledByOperator');
  const { policy, status, start: reservedStart, isCounted } = booked;
  const quote = cancelQuote({ policy, status, reservedStart, reservationFeeMinor: feeOf(booked), currency: policy.fee.currency, sessionId: null }, now);
  if (isCounted && !quote.cancellable) return count(booked, 'cancellationsRefused');
  earn(booked, 'cancellationFeesMinor', quote.cancellationFeeMinor);
  finish(booked, now, 'cancelledByDriver');
}

/** RSV-14 */
function announceLate(world: World, booked: Booked, expectedArrival: EpochMs, now: EpochMs): void {
  const { policy, start, end, noShowAt } = booked;
  if (noShowAt === null || expectedArrival > Math.min(start + policy.graceMinutes * MINUTE_MS, end) || expectedArrival < now) return;
  booked.expectedArrival = expectedArrival;
  keepUntil(world, booked, Math.max(noShowAt, noShowDeadline(policy, start, end, expectedArrival)));
}

/** RSV-10, RSV-11: where this policy and this calendar do not allow it, the old slot stands (SIM-7). */
function change(world: World, booked: Booked, wanted: Life['changes'][number], now: EpochMs): void {
  const before = booked.inFact;
  booked.inFact = wanted;
  if (booked.status === 'over') return;
  const next: GivenSlot = { evseId: wanted.evseId === before.evseId ? booked.evseId : wanted.evseId, start: wanted.start, end: wanted.end };
  if (booked.isCounted && !mayChange(booked, before, next, now)) count(booked, 'changesRefused');
  else takeOther(world, booked, next);
  if (booked.vehicle) scheduleDeparture(world, booked, now);
}

function takeOther(world: World, booked: Booked, next: GivenSlot): void {
  removePromise(calendarOf(booked.place, booked.evseId), booked);
  if (next.start !== booked.start) booked.expectedArrival = null;
  Object.assign(booked, next, { keptUntil: next.end + booked.policy.bufferMinutes * MINUTE_MS });
  addPromise(calendarOf(booked.place, booked.evseId), booked);
  if (booked.noShowAt !== null) waitForDriver(world, booked);
  watchBegin(world, booked);
}

/** RSV-16: who comes too early waits. */
function arrive(world: World, booked: Booked, now: EpochMs): void {
  const { start, end, policy, place, driver } = booked;
  if (booked.status !== 'confirmed' || now >= end) return;
  const calendar = calendarOf(place, booked.evseId);
  const isPromised = now < start && promisesWithin(calendar, { start: now, end: start }).some((other) => other !== booked && other.end > now);
  const earliest = isPromised ? start : start - policy.earlyStartMinutes * MINUTE_MS;
  if (now < earliest) return world.agenda.add(earliest, RANK.begin, (later) => arrive(world, booked, later));
  booked.vehicle = {
    kind: 'reserved', start: now,
    endSeenAt: (then) => occupancyEnd({ endsAt: null, expectedEndAt: booked.life.leftAt !== null && booked.life.leftAt <= then ? booked.life.leftAt : end }, then),
  };
  calendar.facts.add(booked.vehicle);
  booked.usedFrom = now;
  booked.noShowAt = null;
  if (driver && now >= world.period.start) driver.consecutiveNoShows = 0;
  scheduleDeparture(world, booked, now);
}

/** When the vehicle left, or earlier where this policy ends its time earlier than its own did (SIM-6). */
function scheduleDeparture(world: World, booked: Booked, now: EpochMs): void {
  const { end, policy, inFact, life: { departedAt, lateStopMinutes } } = booked;
  const limit = end + policy.lateStopMinutes * MINUTE_MS;
  const isCutShort = limit < inFact.end + lateStopMinutes * MINUTE_MS;
  const departsAt = isCutShort ? Math.min(departedAt ?? limit, limit) : departedAt;
  booked.departsAt = departsAt;
  if (departsAt === null) return;
  world.agenda.add(Math.max(departsAt, now), RANK.end, (then) => {
    if (booked.vehicle && booked.departsAt === departsAt) depart(booked, then);
  });
}

/** RSV-19 */
function depart(booked: Booked, now: EpochMs): void {
  calendarOf(booked.place, booked.evseId).facts.delete(booked.vehicle!);
  booked.vehicle = undefined;
  booked.usedUntil = now;
  if (!booked.policy.fee.credited) earn(booked, 'reservationFeesMinor', feeOf(booked));
  finish(booked, now, 'used');
}

/** RSV-17 */
function leave(booked: Booked, now: EpochMs): void {
  if (booked.vehicle) return freeTheRest(booked, now);
  if (booked.status !== 'confirmed' || now < booked.start) return;
  earn(booked, 'reservationFeesMinor', feeOf(booked));
  finish(booked, now, 'leftUnused');
}

/** A walk-in that is still there when the slot begins is in its way. */
function watchBegin(world: World, booked: Booked): void {
  const { start } = booked;
  world.agenda.add(start, RANK.begin, (now) => {
    if (booked.status === 'over' || booked.start !== now || now >= world.period.end) return;
    for (const fact of calendarOf(booked.place, booked.evseId).facts) if (fact.kind === 'walk_in') booked.place.tally.walkInConflicts += 1;
  });
}
