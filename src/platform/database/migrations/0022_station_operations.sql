-- Numbers of requests whose answers come later, in messages of the station's own. It starts again where OCPP's integers end.
CREATE SEQUENCE station_requests AS int CYCLE;

-- The local authorisation list that a station was last known to hold. last_version is the highest that was ever given away.
CREATE TABLE station_local_lists (
  station_id text COLLATE "C" PRIMARY KEY REFERENCES stations (id),
  version int NOT NULL,
  last_version int NOT NULL,
  is_known boolean NOT NULL,
  tokens jsonb NOT NULL,
  updated_at timestamptz NOT NULL
);

-- What stations of OCPP 2.x say that they have, each variable once. The key is its name with component, instances and EVSE.
CREATE TABLE station_variables (
  id text COLLATE "C" PRIMARY KEY,
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  key text NOT NULL,
  component_name text NOT NULL,
  component jsonb NOT NULL,
  variable jsonb NOT NULL,
  attributes jsonb NOT NULL,
  characteristics jsonb,
  reported_at timestamptz NOT NULL,
  UNIQUE (station_id, key)
);
CREATE INDEX station_variables_by_station ON station_variables (station_id, id);

-- Stations that ask for a certificate, until their operator has one signed or refuses.
CREATE TABLE certificate_requests (
  id text COLLATE "C" PRIMARY KEY,
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  csr text NOT NULL,
  use text NOT NULL CHECK (use IN ('charging_station', 'v2g')),
  request_id float8,
  status text NOT NULL CHECK (status IN ('waiting', 'signed', 'refused')),
  received_at timestamptz NOT NULL,
  finished_at timestamptz,
  CHECK ((finished_at IS NULL) = (status = 'waiting'))
);
CREATE INDEX certificate_requests_by_station ON certificate_requests (station_id, id);

-- Stations whose frames are written down, until when, and the frames: a ring of the newest.
CREATE TABLE station_frame_logs (
  station_id text COLLATE "C" PRIMARY KEY REFERENCES stations (id),
  enabled boolean NOT NULL,
  until timestamptz,
  version int NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE TABLE station_frames (
  id text COLLATE "C" PRIMARY KEY,
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  direction text NOT NULL CHECK (direction IN ('in', 'out')),
  frame text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX station_frames_by_station ON station_frames (station_id, id);
CREATE INDEX station_frames_by_age ON station_frames (network_id, at);
