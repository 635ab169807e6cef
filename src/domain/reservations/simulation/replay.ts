/** The replay: what a policy would have done to what drivers asked for. Pure: the same scenario always comes out the same. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import { DomainError, type ErrorCode } from '../../../platform/errors/index.ts';
import { openIntervals, totalMs } from '../../calendar/index.ts';
import { evsesOf, isBookable } from '../../stations/index.ts';
import { holdEnd } from '../choices.ts';
import type { BookingPolicy } from '../policy.ts';
import { RANK } from './agenda.ts';
import { ask } from './ask.ts';
import { count, type Booked } from './booked.ts';
import type { Attempt, Demand, GivenReservation, GivenSlot, Life } from './demand.ts';
import { addElsewhere, addPlaceFacts } from './facts.ts';
import { book } from './life-course.ts';
import { countRefusal, overlapMs, type Tally } from './tally.ts';
import { createWorld, driverOf, type Place, type Scenario, type World } from './world.ts';

/** How each demand came out: the attempt that was accepted, or why the last one was refused. In the order of the demands. */
export type Answer = { acceptedAttempt: number } | { refusedWith: ErrorCode };

export interface Replay {
  /** by location */
  tallies: Map<string, Tally>;
  answers: Answer[];
}

/** @param policies by location, one for each of the scenario */
export function replay(scenario: Scenario, policies: ReadonlyMap<string, BookingPolicy>): Replay {
  const world = createWorld(scenario, policies);
  const booked: Booked[] = [];
  const answers: Answer[] = [];
  for (const facts of scenario.places) addPlaceFacts(world, world.places.get(facts.location.id)!, facts);
  for (const elsewhere of scenario.elsewhere) addElsewhere(world, elsewhere);
  for (const given of scenario.given) world.agenda.add(given.askedAt, RANK.begin, (now) => void booked.push(bookGiven(world, given, now)));
  scenario.demands.forEach((demand, n) => scheduleDemand(world, demand, booked, (answer) => (answers[n] = answer)));
  world.agenda.runUntil(scenario.horizon);
  for (const reservation of booked) measure(world, reservation);
  for (const place of world.places.values()) place.tally.openMs = openMs(place, world);
  return { tallies: new Map([...world.places].map(([id, { tally }]) => [id, tally])), answers };
}

/** SIM-4: the attempts are made one after another until one is accepted; the demand is counted once. */
function scheduleDemand(world: World, { attempts }: Demand, booked: Booked[], tell: (answer: Answer) => void): void {
  const last = attempts.at(-1)!;
  let isAccepted = false;
  attempts.forEach((attempt, n) => world.agenda.add(attempt.askedAt, RANK.request, (now) => {
    if (isAccepted) return;
    const place = world.places.get(attempt.locationId)!;
    const answer = answerOf(world, place, attempt, now);
    if (typeof answer === 'string') {
      if (attempt !== last) return;
      place.tally.requests += 1;
      countRefusal(place.tally, answer);
      return tell({ refusedWith: answer });
    }
    isAccepted = true;
    place.tally.requests += 1;
    place.tally.accepted += 1;
    tell({ acceptedAttempt: n });
    booked.push(accept(world, place, attempt, last, answer, now));
  }));
}

function answerOf(world: World, place: Place, attempt: Attempt, now: EpochMs): GivenSlot | ErrorCode {
  try {
    return ask(place, attempt, attempt.driverId === null ? undefined : driverOf(world, attempt.driverId), now);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/** SIM-5: the driver does what they did with the reservation that they got in fact; who got none, or at another time, is taken to use the slot. */
function accept(world: World, place: Place, attempt: Attempt, last: Attempt, slot: GivenSlot, now: EpochMs): Booked {
  const { policy } = place;
  const known = last.life !== null && last.life.slot.start === slot.start ? last.life : undefined;
  if (!known) place.tally.assumed += 1;
  const life = known ?? usedFromStartToEnd(slot, now, policy);
  const isConfirmed = life.confirmedAt !== null && life.confirmedAt <= last.askedAt;
  const driver = attempt.driverId === null ? undefined : driverOf(world, attempt.driverId);
  return book(world, { place, policy, driver, life, isCounted: true, holdExpiresAt: isConfirmed ? null : holdEnd(policy, slot.start, now), slot }, now);
}

function usedFromStartToEnd(slot: GivenSlot, now: EpochMs, { lateStopMinutes, changeUntilMinutes }: BookingPolicy): Life {
  return {
    slot, changes: [], delays: [], confirmedAt: now, cancelledAt: null, cancelledBy: null, lostAt: null, arrivedAt: slot.start, leftAt: null, departedAt: slot.end,
    endedAs: 'used', lateStopMinutes, changeUntilMinutes,
  };
}

function bookGiven(world: World, { locationId, driverId, policy, life }: GivenReservation, now: EpochMs): Booked {
  const place = world.places.get(locationId)!;
  const isConfirmed = life.confirmedAt !== null && life.confirmedAt <= now;
  const driver = driverId === null ? undefined : driverOf(world, driverId);
  const holdExpiresAt = isConfirmed ? null : holdEnd(policy, life.slot.start, now);
  return book(world, { place, policy, driver, life, isCounted: false, holdExpiresAt, slot: life.slot }, now);
}

function measure({ period, horizon }: World, booked: Booked): void {
  const { place, start, end, bookedUntil, usedFrom, usedUntil, status } = booked;
  if (status !== 'over') count(booked, 'open');
  place.tally.bookedMs += overlapMs({ start, end: bookedUntil ?? end }, period);
  if (usedFrom !== null) place.tally.usedMs += overlapMs({ start: usedFrom, end: usedUntil ?? horizon }, period);
}

function openMs({ location }: Place, { period }: World): number {
  const { openingTimes, timeZone } = location;
  return totalMs(openIntervals(openingTimes, timeZone, period.start, period.end)) * evsesOf(location).filter(isBookable).length;
}
