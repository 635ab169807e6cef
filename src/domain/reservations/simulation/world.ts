/** What a policy is tried on, and the state of a replay. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import type { Interval, Occupancy, Outage } from '../../calendar/index.ts';
import type { NoShowCount } from '../../drivers/index.ts';
import { evsesOf, type Location } from '../../stations/index.ts';
import type { BookingPolicy } from '../policy.ts';
import { createAgenda, type Agenda } from './agenda.ts';
import type { Demand, GivenReservation } from './demand.ts';
import { emptyCalendar, promisesWithin, type EvseCalendar, type Promised } from './evse-calendar.ts';
import { emptyTally, type Tally } from './tally.ts';

/** What was the case at a location, whatever its policy. */
export interface PlaceFacts {
  /** as it is today */
  location: Location;
  blocks: (Interval & { evseId: string; madeAt: EpochMs; removedAt: EpochMs | null })[];
  outages: Pick<Outage, 'evseId' | 'startsAt' | 'expectedEndAt' | 'endsAt' | 'createdAt'>[];
  /** vehicles that came without a reservation */
  walkIns: Pick<Occupancy, 'evseId' | 'startsAt' | 'expectedEndAt' | 'endsAt'>[];
}

/** A reservation of one of the drivers at another location: it counts for the driver. */
export interface Elsewhere {
  driverId: string;
  madeAt: EpochMs;
  endedAt: EpochMs | null;
  arrivedAt: EpochMs | null;
  isNoShow: boolean;
  noShowBan: BookingPolicy['noShowBan'];
}

export interface Scenario {
  /** requests that were made in it are replayed */
  period: Interval;
  /** until when it is known what happened */
  horizon: EpochMs;
  places: PlaceFacts[];
  demands: Demand[];
  given: GivenReservation[];
  /** as they were at the beginning of the period; who is missing had no no-shows */
  drivers: ({ id: string } & NoShowCount)[];
  elsewhere: Elsewhere[];
}

export interface DriverState extends NoShowCount {
  active: number;
}

export interface Place {
  location: Location;
  policy: BookingPolicy;
  calendars: Map<string, EvseCalendar>;
  tally: Tally;
}

export interface World {
  period: Interval;
  horizon: EpochMs;
  agenda: Agenda;
  places: Map<string, Place>;
  drivers: Map<string, DriverState>;
}

/** A world in which nothing has happened yet. */
export function createWorld({ period, horizon, places, drivers }: Scenario, policies: ReadonlyMap<string, BookingPolicy>): World {
  return {
    period, horizon, agenda: createAgenda(),
    places: new Map(places.map(({ location }) => [location.id, {
      location, policy: policies.get(location.id)!, calendars: new Map(evsesOf(location).map(({ id }) => [id, emptyCalendar()])), tally: emptyTally(),
    }])),
    drivers: new Map(drivers.map(({ id, consecutiveNoShows, bannedUntil }) => [id, { consecutiveNoShows, bannedUntil, active: 0 }])),
  };
}

export function driverOf({ drivers }: World, id: string): DriverState {
  const known = drivers.get(id) ?? { consecutiveNoShows: 0, bannedUntil: null, active: 0 };
  drivers.set(id, known);
  return known;
}

/** The calendar of an EVSE; one that has been retired since still has what was promised at it. */
export function calendarOf({ calendars }: Place, evseId: string): EvseCalendar {
  const known = calendars.get(evseId) ?? emptyCalendar();
  calendars.set(evseId, known);
  return known;
}

/** What drivers have been promised at a location in a time, without the buffers; an own promise may be left out. */
export function driversSlots({ calendars }: Place, within: Interval, own?: Promised): Interval[] {
  return [...calendars.values()].flatMap((calendar) => promisesWithin(calendar, within).filter((promised) => promised !== own && promised.end > within.start));
}
