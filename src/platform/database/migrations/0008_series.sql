-- A series of reservations: a rule of recurrence, and what each occurrence wishes for.
CREATE TABLE reservation_series (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C" REFERENCES drivers (id),
  status text NOT NULL CHECK (status IN ('active', 'cancelled')),
  rrule text NOT NULL,
  starts_local text NOT NULL,
  time_zone text NOT NULL,
  excluded_dates text[] NOT NULL,
  wish jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  cancelled_at timestamptz
);
CREATE INDEX reservation_series_by_organisation ON reservation_series (organisation_id, id);
CREATE INDEX reservation_series_by_driver ON reservation_series (driver_id, id);

-- Its occurrences: one a day at most, by the day in the zone of the series. They change while the row of their series is locked.
CREATE TABLE series_occurrences (
  series_id text COLLATE "C" NOT NULL REFERENCES reservation_series (id),
  date text COLLATE "C" NOT NULL,
  network_id text COLLATE "C" NOT NULL,
  driver_id text COLLATE "C",
  starts_at timestamptz NOT NULL,
  status text NOT NULL CHECK (status IN ('scheduled', 'reserved', 'unavailable', 'excepted', 'cancelled')),
  -- scheduled: when it is booked; reserved: when its reservation is cancelled with the series
  due_at timestamptz,
  -- it is due, too, when the driver has room for one more reservation
  waits_for_room boolean NOT NULL DEFAULT false,
  reservation_id text COLLATE "C",
  problem jsonb,
  PRIMARY KEY (series_id, date),
  CHECK (status = 'reserved' OR (status = 'scheduled') = (due_at IS NOT NULL)),
  CHECK (status <> 'reserved' OR reservation_id IS NOT NULL),
  CHECK (NOT waits_for_room OR status = 'scheduled')
);
CREATE INDEX series_occurrences_due ON series_occurrences (network_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX series_occurrences_waiting ON series_occurrences (driver_id, starts_at) WHERE waits_for_room;

-- A driver's calendar feed is read by whoever has its secret, of which the hash is kept.
CREATE TABLE calendar_feeds (
  driver_id text COLLATE "C" PRIMARY KEY REFERENCES drivers (id),
  network_id text COLLATE "C" NOT NULL,
  token_sha256 text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL
);
CREATE INDEX reservations_by_driver ON reservations (driver_id, id);
