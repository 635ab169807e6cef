/**
 * Of each slot that was promised: it is one that the policy of its promise offers, and what a flexible wish asked for. Judged by the
 * readings of clocks and by plain distances.
 */
import type { Reservation } from '../../src/domain/reservations/index.ts';
import { MINUTE } from '../support/world.ts';
import type { EvseFact, Facts } from './facts.ts';
import { isWaiting } from './judge-promises.ts';
import type { Change, Judges, Scene } from './replay.ts';

export function slotJudges({ evses }: Facts): Judges {
  const byId = new Map(evses.map((evse) => [evse.id, evse]));
  return {
    change: (change, scene) => {
      const { before, after } = change;
      const evse = after.evseId === null ? undefined : byId.get(after.evseId);
      const isSame = before?.evseId === after.evseId && before.reservedStart === after.reservedStart && before.reservedEnd === after.reservedEnd;
      if (!evse || isSame || scene.event.type === 'reservation.left') return [];
      return [...isOffered(change, scene.event.occurredAt, evse), ...isWished(change, evse), ...keepsShare(change, scene, evses)];
    },
  };
}

function isOffered({ before, after }: Change, at: number, evse: EvseFact): string[] {
  const { policy } = after;
  const [start, end] = [after.reservedStart!, after.reservedEnd!];
  const minutes = (end - start) / MINUTE;
  const found: string[] = [];
  for (const instant of [start, end]) if (readingOf(instant, evse.timeZone).minute % policy.slotGridMinutes !== 0) found.push(`${instant} is off the grid`);
  if (minutes < policy.minDurationMinutes || minutes > policy.maxDurationMinutes) found.push(`it lasts ${minutes} minutes`);
  for (let instant = start; instant < end; instant += 5 * MINUTE) if (!isOpen(evse, instant)) found.push(`${evse.id} is closed at ${instant}`);
  const isInTime = start >= at + policy.minLeadMinutes * MINUTE && start <= at + policy.maxLeadMinutes * MINUTE;
  if (before?.reservedStart !== start && !isInTime) found.push(`it begins at ${start}, too soon or too late after ${at}`);
  return found;
}

/** What a clock on the wall of that zone shows: its weekday and the minutes since midnight; a fraction when seconds are not 0. */
function readingOf(instant: number, timeZone: string): { weekday: number; minute: number } {
  const { dayOfWeek, hour, minute, second, millisecond } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
  return { weekday: dayOfWeek, minute: hour * 60 + minute + second / 60 + millisecond / MINUTE };
}

function isOpen({ openingTimes, timeZone }: EvseFact, instant: number): boolean {
  if (openingTimes.twentyFourSeven) return true;
  const { weekday, minute } = readingOf(instant, timeZone);
  const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
  return openingTimes.regularHours.some((period) => {
    const [begin, end] = [minuteOf(period.periodBegin), minuteOf(period.periodEnd)];
    if (end > begin) return period.weekday === weekday && minute >= begin && minute < end;
    const isDayAfter = weekday === (period.weekday % 7) + 1;
    return (period.weekday === weekday && minute >= begin) || (isDayAfter && minute < end);
  });
}

/** A flexible one that gets its slot, or another one because its EVSE was lost: in its window and area, at a connector of its types. */
function isWished({ before, after }: Change, evse: EvseFact): string[] {
  const isAssigned = before !== undefined && isWaiting(before);
  if (after.wish === null || !before || (!isAssigned && before.movedBecause === after.movedBecause)) return [];
  const found: string[] = [];
  const isWithin = after.reservedStart! >= after.earliestStart && after.reservedEnd! <= after.latestEnd;
  const isAsBefore = before.reservedStart === after.reservedStart && before.reservedEnd === after.reservedEnd;
  const window = `${after.earliestStart} to ${after.latestEnd}`;
  if (!isWithin && !isAsBefore) found.push(`its slot (${after.reservedStart} to ${after.reservedEnd}) lies outside its window (${window})`);
  if (isAssigned && !isInArea(after.wish.area, evse)) found.push(`${evse.id} lies outside its area`);
  const connector = evse.connectors.find(({ id }) => id === after.connectorId);
  const fits = after.connectorStandards.length === 0 || after.connectorStandards.some((standard) => standard === connector?.standard);
  if (!fits) found.push(`the connector of ${evse.id} is ${connector?.standard ?? 'not there'}`);
  return found;
}

type Area = NonNullable<Reservation['wish']>['area'];
const SAMPLES = 2_000;

export function isInArea(area: Area, { latitude, longitude }: Pick<EvseFact, 'latitude' | 'longitude'>): boolean {
  if (area.type === 'polygon') throw new Error('histories have no polygons');
  if (area.type === 'circle') return metres(area, { latitude, longitude }) <= area.radiusM * 1.001;
  const [from, to] = area.line.coordinates as [[number, number], [number, number]];
  const nearest = Math.min(...Array.from({ length: SAMPLES + 1 }, (_, i) => i / SAMPLES).map((part) => metres(
    { longitude: from[0] + (to[0] - from[0]) * part, latitude: from[1] + (to[1] - from[1]) * part }, { latitude, longitude },
  )));
  return nearest <= area.widthM * 1.01 + metres({ longitude: from[0], latitude: from[1] }, { longitude: to[0], latitude: to[1] }) / SAMPLES;
}

/** By the law of cosines on a sphere. */
function metres(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [one, two] = [radians(a.latitude), radians(b.latitude)];
  const cosine = Math.sin(one) * Math.sin(two) + Math.cos(one) * Math.cos(two) * Math.cos(radians(a.longitude - b.longitude));
  return Math.acos(Math.min(1, cosine)) * 6_371_009;
}

/**
 * Of the EVSEs of a place that keeps a share for walk-ins (and none of whose EVSEs comes or goes), so many are never booked at once.
 * Who has lost an EVSE is moved in spite of it.
 */
function keepsShare({ before, after }: Change, { standing }: Scene, evses: readonly EvseFact[]): string[] {
  const share = after.policy.walkInSharePercent;
  const isMovedByFault = before !== undefined && after.movedBecause !== null && before.reservedStart === after.reservedStart && before.reservedEnd === after.reservedEnd;
  if (share === 0 || isMovedByFault) return [];
  const most = Math.floor((evses.filter(({ locationId }) => locationId === after.locationId).length * (100 - share)) / 100);
  const [start, end] = [after.reservedStart!, after.reservedEnd!];
  const there = [...standing.values()].filter((b) => b.locationId === after.locationId && b.kind !== 'block' && b.startsAt < end && b.endsAt > start);
  const bookedAt = (instant: number): number => there.filter((b) => b.startsAt <= instant && instant < b.endsAt).length;
  const at = [start, ...there.map((b) => b.startsAt)].filter((instant) => instant >= start).find((instant) => bookedAt(instant) > most);
  return at === undefined ? [] : [`more than ${most} EVSEs of ${after.locationId} are booked at ${at}, and ${share} % are kept for walk-ins`];
}
