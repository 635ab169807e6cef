/** What tests of the waitlist do again and again. */
import type { Answer, Api, Json } from './api.ts';
import { iso, must, type Place, type PlaceOptions, type World } from './world.ts';

export interface WaitlistBed {
  placeFor(policy?: Record<string, unknown>, options?: PlaceOptions): Promise<Place>;
  /** a reservation of somebody else, who is in the way; confirmed unless told */
  reserve(evse: string, place: Place, begin: string, end: string, confirm?: boolean): Promise<Json>;
  cancel(reservation: Json): Promise<void>;
  /** waits, with a driver of its own, for half an hour at 10:00 at the first EVSE of a place, unless told */
  join(place: Place, more?: Record<string, unknown>): Promise<Json>;
  read(entry: Json): Promise<Json>;
  act(entry: Json, action: string, body?: unknown): Promise<Answer<Json>>;
  /** the reservation of its offer */
  reservationOf(entry: Json, as?: Api): Promise<Json>;
  /** types of its events, without their family */
  typesOf(entry: Json): Promise<string[]>;
  /** moves the clock to half past midnight of the next day, so that any time of "tomorrow" is more than a day ahead */
  newDay(): Promise<void>;
}

const ZONE = 'Asia/Kolkata';

/** @param world opened before the first call */
export function waitlistBed(world: () => World): WaitlistBed {
  const api = (): Api => world().provider.api;
  const other = (): Api => world().otherProvider.api;
  const read: WaitlistBed['read'] = async ({ id }) => must(await api().get(`/v1/waitlist_entries/${id}`));
  return {
    read,
    placeFor: (policy = {}, options = {}) => world().place({ policy: { max_active_per_driver: 1000, ...policy }, ...options }),
    reserve: async (evse, place, begin, end, confirm = true) =>
      must(await other().post('/v1/reservations', { evse, ideal_start: iso(place.at(begin)), ideal_end: iso(place.at(end)), confirm })),
    cancel: async ({ id }) => void must(await other().post(`/v1/reservations/${id}/cancel`)),
    join: async (place, more = {}) => {
      const driver = 'driver' in more ? {} : { driver: (await world().driver()).id };
      const where = ['location', 'area', 'location_id', 'charging_station'].some((name) => name in more) ? {} : { evse: place.evse };
      return must(await api().post('/v1/waitlist_entries', { ...where, ...driver, ideal_start: iso(place.at('10:00')), duration_minutes: 30, ...more }));
    },
    act: ({ id }, action, body) => api().post(`/v1/waitlist_entries/${id}/${action}`, body),
    reservationOf: async (entry, as = api()) => must(await as.get(`/v1/reservations/${(await read(entry)).offer.reservation}`)),
    typesOf: async ({ id }) => (await world().eventsOf(id)).map(({ type }) => type.replace('waitlist_entry.', '')),
    newDay: async () => {
      const tomorrow = Temporal.Instant.fromEpochMilliseconds(await world().now()).toZonedDateTimeISO(ZONE).startOfDay().add({ days: 1 });
      await world().advanceTo(tomorrow.add({ minutes: 30 }).epochMilliseconds);
    },
  };
}

export const window = (place: Place, begin: string, end: string) => ({ earliest_start: iso(place.at(begin)), latest_end: iso(place.at(end)) });
