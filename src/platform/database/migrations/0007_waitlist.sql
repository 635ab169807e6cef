-- Drivers who wait for a slot somewhere, about then; and what they are offered: reservations that are held for them.
CREATE TABLE waitlist_entries (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C" NOT NULL REFERENCES drivers (id),
  status text NOT NULL CHECK (status IN ('waiting', 'offered', 'claimed', 'left', 'lapsed', 'expired')),
  earliest_start timestamptz NOT NULL,
  -- after it no slot that is long enough can begin
  last_start timestamptz NOT NULL,
  latest_end timestamptz NOT NULL,
  lapses int NOT NULL,
  -- offered: the hold that waits to be claimed; claimed: what became of it. Who changes an entry that is offered holds the row of this reservation.
  reservation_id text COLLATE "C",
  details jsonb NOT NULL,
  metadata jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- beside its versions: the EVSEs that would do for it, and, while it waits, when they are looked through next
  evse_ids text[] NOT NULL,
  look_at timestamptz,
  CHECK ((status = 'waiting') = (look_at IS NOT NULL)),
  CHECK ((status IN ('offered', 'claimed')) = (reservation_id IS NOT NULL))
);
CREATE INDEX waitlist_entries_by_organisation ON waitlist_entries (organisation_id, id);
CREATE INDEX waitlist_entries_by_driver ON waitlist_entries (driver_id, id);
CREATE INDEX waitlist_entries_live_by_organisation ON waitlist_entries (organisation_id) WHERE status IN ('waiting', 'offered');
CREATE INDEX waitlist_entries_waiting_for ON waitlist_entries USING gin (evse_ids) WHERE status = 'waiting';
CREATE INDEX waitlist_entries_to_look_for ON waitlist_entries (network_id, look_at) WHERE status = 'waiting';
CREATE INDEX waitlist_entries_to_expire ON waitlist_entries (network_id, last_start) WHERE status = 'waiting';

-- The entry that a reservation is an offer to. Offers do not count among the holds of their organisation.
ALTER TABLE reservations ADD COLUMN waitlist_entry_id text COLLATE "C";
DROP INDEX reservations_holds_by_organisation;
CREATE INDEX reservations_holds_by_organisation ON reservations (organisation_id) WHERE status = 'pending' AND booking_id IS NOT NULL AND waitlist_entry_id IS NULL;

-- When time was given back at an EVSE, from which the wait is told.
CREATE INDEX bookings_given_back ON bookings (evse_id, released_at) WHERE released_at IS NOT NULL AND kind = 'booked';
