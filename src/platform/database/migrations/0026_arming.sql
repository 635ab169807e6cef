-- What stations are told of slots, and what became of it. One row per reservation and EVSE: a reservation that moves has one at each.
CREATE TABLE slot_armings (
  reservation_id text COLLATE "C" NOT NULL,
  evse_id text COLLATE "C" NOT NULL REFERENCES evses (id),
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  -- by which the station knows it
  number int NOT NULL,
  token text NOT NULL,
  group_token text,
  state text NOT NULL CHECK (state IN ('arming', 'armed', 'soft', 'not_enforceable', 'consumed', 'released')),
  reason text,
  -- until when the station was told to keep it
  expires_at timestamptz,
  command_id text COLLATE "C",
  first_sent_at timestamptz,
  sent_at timestamptz,
  tries int NOT NULL DEFAULT 0,
  -- whether the station may still hold it
  may_hold boolean NOT NULL DEFAULT false,
  -- when the station said that it holds it no more
  gone_at timestamptz,
  armed_at timestamptz,
  soft_at timestamptz,
  -- when it is to be looked at again
  look_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (reservation_id, evse_id),
  UNIQUE (station_id, number)
);
CREATE INDEX slot_armings_due ON slot_armings (network_id, look_at) WHERE look_at IS NOT NULL;
CREATE INDEX slot_armings_live ON slot_armings (network_id, station_id) WHERE state IN ('arming', 'armed', 'soft', 'not_enforceable');
CREATE SEQUENCE reservation_numbers AS int CYCLE;
CREATE INDEX reservations_to_arm ON reservations (network_id, reserved_start) WHERE status = 'confirmed' AND no_show_at IS NOT NULL;

-- Which settings of a station stand against keeping slots, read back after each boot.
CREATE TABLE station_enforcement (
  station_id text COLLATE "C" PRIMARY KEY REFERENCES stations (id),
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  -- the boot that the round belongs to
  booted_at timestamptz NOT NULL,
  step text NOT NULL CHECK (step IN ('reading', 'setting', 'reading_back', 'done')),
  command_ids text[] NOT NULL DEFAULT '{}',
  -- null until a round was over
  result text CHECK (result IN ('enforceable', 'soft_only', 'not_enforceable')),
  reserves boolean,
  against jsonb NOT NULL DEFAULT '[]',
  look_at timestamptz,
  checked_at timestamptz
);
CREATE INDEX station_enforcement_due ON station_enforcement (network_id, look_at) WHERE look_at IS NOT NULL;
