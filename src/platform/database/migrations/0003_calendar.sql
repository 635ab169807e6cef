-- Bookings promise. `during` is what nobody else may have: the slot and the buffer after it.
CREATE TABLE bookings (
  id text COLLATE "C" NOT NULL,
  location_id text COLLATE "C" NOT NULL,
  evse_id text COLLATE "C" NOT NULL REFERENCES evses (id),
  kind text NOT NULL CHECK (kind IN ('hold', 'booked', 'block')),
  reservation_id text COLLATE "C",
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  during tstzrange NOT NULL,
  hold_expires_at timestamptz,
  reason text,
  created_at timestamptz NOT NULL,
  released_at timestamptz,
  PRIMARY KEY (location_id, id),
  CHECK (starts_at < ends_at),
  CHECK (lower(during) = starts_at AND upper(during) >= ends_at AND lower_inc(during) AND NOT upper_inc(during)),
  CHECK ((kind = 'hold') = (hold_expires_at IS NOT NULL)),
  CHECK ((kind = 'block') = (reservation_id IS NULL)),
  -- The one invariant: no two promises for an EVSE overlap, ever. The name is part of the code.
  CONSTRAINT bookings_never_overlap EXCLUDE USING gist (location_id WITH =, evse_id WITH =, during WITH &&) WHERE (released_at IS NULL)
);
CREATE INDEX bookings_by_reservation ON bookings (reservation_id) WHERE released_at IS NULL;
CREATE INDEX bookings_by_location ON bookings (location_id, ends_at) WHERE released_at IS NULL;

-- Facts: what is really the case at an EVSE, whatever was promised. They may overlap anything.
CREATE TABLE occupancies (
  id text COLLATE "C" PRIMARY KEY,
  location_id text COLLATE "C" NOT NULL,
  evse_id text COLLATE "C" NOT NULL REFERENCES evses (id),
  session_id text COLLATE "C",
  reservation_id text COLLATE "C",
  starts_at timestamptz NOT NULL,
  expected_end_at timestamptz,
  ends_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX occupancies_by_evse ON occupancies (evse_id, starts_at);
CREATE INDEX occupancies_open ON occupancies (evse_id) WHERE ends_at IS NULL;

CREATE TABLE outages (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  location_id text COLLATE "C" NOT NULL,
  evse_id text COLLATE "C" NOT NULL REFERENCES evses (id),
  reason text NOT NULL,
  is_retirement boolean NOT NULL DEFAULT false,
  starts_at timestamptz NOT NULL,
  expected_end_at timestamptz,
  ends_at timestamptz,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  CHECK (ends_at IS NULL OR starts_at <= ends_at)
);
CREATE INDEX outages_by_evse ON outages (evse_id, starts_at);
CREATE INDEX outages_open ON outages (evse_id) WHERE ends_at IS NULL;

-- A fact and a promise that collide, until it is resolved.
CREATE TABLE conflicts (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  operator_id text COLLATE "C" NOT NULL,
  location_id text COLLATE "C" NOT NULL,
  evse_id text COLLATE "C" NOT NULL,
  booking_id text COLLATE "C" NOT NULL,
  reservation_id text COLLATE "C",
  cause text NOT NULL CHECK (cause IN ('outage', 'occupancy')),
  cause_id text COLLATE "C" NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'resolved')),
  resolution text,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (booking_id, cause_id)
);
CREATE INDEX conflicts_by_operator ON conflicts (operator_id, id);

-- Rows that rules which count a location's bookings in an hour lock (share kept for walk-ins).
CREATE TABLE location_hours (
  location_id text COLLATE "C" NOT NULL,
  hour timestamptz NOT NULL,
  PRIMARY KEY (location_id, hour)
);
