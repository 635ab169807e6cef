/** What the tables hold after (or amid) a history, read in one snapshot. */
import type { Booking, Conflict, Occupancy, Outage } from '../../src/domain/calendar/index.ts';
import type { Reservation, WaitlistEntry } from '../../src/domain/reservations/index.ts';
import type { Session } from '../../src/domain/sessions/index.ts';
import type { OpeningTimes } from '../../src/domain/stations/index.ts';
import { sql, type Database, type Queryable } from '../../src/platform/database/index.ts';

export interface EventFact {
  /** null until the sequencer has seen it */
  position: number | null;
  type: string;
  object: string;
  objectId: string;
  objectVersion: number;
  isPublic: boolean;
  audience: string[];
  requestId: string | null;
  occurredAt: number;
  /** the object as it was then, in the program's own form */
  data: Record<string, unknown>;
}

export interface BookingFact extends Booking {
  releasedAt: number | null;
}

export interface EvseFact {
  id: string;
  locationId: string;
  connectors: { id: string; standard: string }[];
  latitude: number;
  longitude: number;
  timeZone: string;
  openingTimes: OpeningTimes;
}

export interface OccurrenceFact {
  seriesId: string;
  reservationId: string | null;
  status: string;
  dueAt: number | null;
}

export interface Facts {
  /** the network's time */
  now: number;
  /** in their order */
  events: EventFact[];
  lastPosition: number;
  reservations: Pick<Reservation, 'id' | 'status' | 'version' | 'bookingId' | 'holdExpiresAt' | 'noShowAt' | 'assignAt' | 'reservedStart' | 'reservedEnd' | 'waitlistEntryId'>[];
  entries: Pick<WaitlistEntry, 'id' | 'version' | 'status' | 'reservationId' | 'lapses' | 'lastStart'>[];
  bookings: BookingFact[];
  sessions: Pick<Session, 'id' | 'version' | 'status' | 'endsBy'>[];
  occupancies: Occupancy[];
  outages: Outage[];
  conflicts: (Conflict & { settleAt: number | null })[];
  occurrences: OccurrenceFact[];
  evses: EvseFact[];
  freedTimes: number;
  /** the holders of what is kept for them to assign in */
  leases: string[];
}

export async function readFacts(database: Database, networkId: string): Promise<Facts> {
  return database.transaction(async (tx) => {
    await tx.query(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`);
    const [network] = await tx.query<{ now: number }>(sql`
      SELECT clock_timestamp() + make_interval(secs => clock_offset_ms / 1000.0) AS now FROM networks WHERE id = ${networkId}`);
    const [sequencer] = await tx.query<{ position: number }>(sql`SELECT position::float8 AS position FROM event_sequencer`);
    const [freed] = await tx.query<{ n: number }>(sql`SELECT count(*)::int AS n FROM freed_times`);
    return {
      now: network!.now, lastPosition: sequencer!.position, freedTimes: freed!.n, ...(await readLives(tx, networkId)), ...(await readCalendar(tx)),
      leases: (await tx.query<{ holder: string }>(sql`SELECT DISTINCT holder FROM assignment_leases`)).map(({ holder }) => holder),
    };
  });
}

async function readLives(tx: Queryable, networkId: string): Promise<Pick<Facts, 'events' | 'reservations' | 'entries' | 'sessions' | 'occurrences'>> {
  return {
    events: await tx.query(sql`
      SELECT position::float8 AS position, type, object, object_id AS "objectId", object_version AS "objectVersion", is_public AS "isPublic", audience,
             request_id AS "requestId", occurred_at AS "occurredAt", data FROM events WHERE network_id = ${networkId} ORDER BY position NULLS LAST, seq`),
    reservations: await tx.query(sql`
      SELECT id, status, version, booking_id AS "bookingId", hold_expires_at AS "holdExpiresAt", no_show_at AS "noShowAt", assign_at AS "assignAt",
             reserved_start AS "reservedStart", reserved_end AS "reservedEnd",
             waitlist_entry_id AS "waitlistEntryId" FROM reservations WHERE network_id = ${networkId} ORDER BY id`),
    entries: await tx.query(sql`
      SELECT id, version, status, reservation_id AS "reservationId", lapses, last_start AS "lastStart" FROM waitlist_entries WHERE network_id = ${networkId} ORDER BY id`),
    sessions: await tx.query(sql`SELECT id, version, status, ends_by AS "endsBy" FROM sessions ORDER BY id`),
    occurrences: await tx.query(sql`
      SELECT series_id AS "seriesId", reservation_id AS "reservationId", status, due_at AS "dueAt" FROM series_occurrences ORDER BY series_id, date`),
  };
}

async function readCalendar(tx: Queryable): Promise<Pick<Facts, 'bookings' | 'occupancies' | 'outages' | 'conflicts' | 'evses'>> {
  return {
    bookings: await tx.query(sql`
      SELECT id, location_id AS "locationId", evse_id AS "evseId", kind, reservation_id AS "reservationId", starts_at AS "startsAt", ends_at AS "endsAt",
             upper(during) AS "keptUntil", hold_expires_at AS "holdExpiresAt", reason, created_at AS "createdAt", released_at AS "releasedAt" FROM bookings ORDER BY id`),
    occupancies: await tx.query(sql`
      SELECT id, location_id AS "locationId", evse_id AS "evseId", session_id AS "sessionId", reservation_id AS "reservationId", starts_at AS "startsAt",
             expected_end_at AS "expectedEndAt", ends_at AS "endsAt" FROM occupancies ORDER BY id`),
    outages: await tx.query(sql`
      SELECT id, network_id AS "networkId", location_id AS "locationId", evse_id AS "evseId", reason, is_retirement AS "isRetirement",
        is_reported AS "isReported", starts_at AS "startsAt",
             expected_end_at AS "expectedEndAt", ends_at AS "endsAt", version, created_at AS "createdAt" FROM outages ORDER BY id`),
    conflicts: await tx.query(sql`
      SELECT id, network_id AS "networkId", operator_id AS "operatorId", location_id AS "locationId", evse_id AS "evseId", booking_id AS "bookingId",
             reservation_id AS "reservationId", cause, cause_id AS "causeId", status, resolution, version, created_at AS "createdAt", updated_at AS "updatedAt",
             settle_at AS "settleAt" FROM conflicts ORDER BY id`),
    evses: await tx.query(sql`
      SELECT e.id, e.location_id AS "locationId", l.latitude, l.longitude, l.time_zone AS "timeZone", l.attributes->'openingTimes' AS "openingTimes",
             (SELECT jsonb_agg(jsonb_build_object('id', c.id, 'standard', c.standard)) FROM connectors c WHERE c.evse_id = e.id) AS connectors
      FROM evses e JOIN locations l ON l.id = e.location_id ORDER BY e.id`),
  };
}
