/** What happens in a replay whatever the policy says, and walk-ins, of whom the policy has a word to say. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { occupancyEnd, outageEnd } from '../../calendar/index.ts';
import { walkInEnd, walkInHorizon } from '../walk-ins.ts';
import { afterNoShow } from '../../drivers/index.ts';
import { RANK } from './agenda.ts';
import { promisesWithin, type Fact } from './evse-calendar.ts';
import { overlapMs } from './tally.ts';
import { calendarOf, driverOf, type Elsewhere, type Place, type PlaceFacts, type World } from './world.ts';

export function addPlaceFacts(world: World, place: Place, { blocks, outages, walkIns }: PlaceFacts): void {
  for (const { evseId, start, end, madeAt, removedAt } of blocks) addFact(world, place, evseId, { kind: 'block', start, endSeenAt: () => end }, madeAt, removedAt);
  for (const { evseId, startsAt, expectedEndAt, endsAt, createdAt } of outages) {
    addFact(world, place, evseId, { kind: 'outage', start: startsAt, endSeenAt: (now) => outageEnd({ endsAt: null, expectedEndAt }, now) }, createdAt, endsAt);
  }
  for (const walkIn of walkIns) world.agenda.add(walkIn.startsAt, RANK.begin, (now) => walkInComes(world, place, walkIn, now));
}

function addFact(world: World, place: Place, evseId: string, fact: Fact, from: EpochMs, until: EpochMs | null): void {
  const { facts } = calendarOf(place, evseId);
  world.agenda.add(from, RANK.begin, () => facts.add(fact));
  if (until !== null) world.agenda.add(until, RANK.end, () => facts.delete(fact));
}

/** SIM-8: one who is turned away takes no room; one whose time is limited leaves before the slot that comes up. */
function walkInComes(world: World, place: Place, walkIn: PlaceFacts['walkIns'][number], now: EpochMs): void {
  const { tally } = place;
  const isCounted = now >= world.period.start && now < world.period.end;
  if (isCounted) tally.walkIns += 1;
  const limit = isCounted ? limitOf(place, walkIn.evseId, now) : walkIn.expectedEndAt;
  if (limit === 'turned_away') return void (tally.walkInsTurnedAway += 1);
  const leaves = walkIn.endsAt ?? world.horizon;
  const isCutShort = limit !== null && limit < leaves && limit !== walkIn.expectedEndAt;
  if (isCutShort) tally.walkInsCutShort += 1;
  const until = isCutShort ? limit : leaves;
  tally.walkInMs += overlapMs({ start: now, end: until }, world.period);
  const fact: Fact = { kind: 'walk_in', start: now, endSeenAt: (then) => occupancyEnd({ endsAt: null, expectedEndAt: limit }, then) };
  addFact(world, place, walkIn.evseId, fact, now, isCutShort ? limit : walkIn.endsAt);
}

function limitOf(place: Place, evseId: string, now: EpochMs): EpochMs | null | 'turned_away' {
  const { policy } = place;
  const calendar = calendarOf(place, evseId);
  const ahead = { start: now, end: walkInHorizon(policy, now) };
  const blocks = [...calendar.facts].filter(({ kind, start }) => kind === 'block' && start < ahead.end).map(({ start, endSeenAt }) => ({ start, end: endSeenAt(now) }));
  const promised = [...promisesWithin(calendar, ahead), ...blocks].sort((a, b) => a.start - b.start);
  try {
    return walkInEnd(policy, promised, now);
  } catch (error) {
    if (error instanceof DomainError) return 'turned_away';
    throw error;
  }
}

/** What a driver did elsewhere counts for what they may do here. */
export function addElsewhere(world: World, { driverId, madeAt, endedAt, arrivedAt, isNoShow, noShowBan }: Elsewhere): void {
  const { agenda, period } = world;
  const driver = driverOf(world, driverId);
  agenda.add(madeAt, RANK.begin, () => (driver.active += 1));
  if (arrivedAt !== null && arrivedAt >= period.start) agenda.add(arrivedAt, RANK.begin, () => (driver.consecutiveNoShows = 0));
  if (endedAt === null) return;
  agenda.add(endedAt, isNoShow ? RANK.deadline : RANK.end, (now) => {
    driver.active -= 1;
    if (isNoShow && now >= period.start) Object.assign(driver, afterNoShow(driver, noShowBan, now));
  });
}
