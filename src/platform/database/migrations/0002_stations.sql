-- Location → station → EVSE → connector. What is only shown lies in `attributes`; what is decided on has a column.
CREATE TABLE locations (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  ref text NOT NULL,
  publish boolean NOT NULL,
  name text NOT NULL,
  country text NOT NULL,
  latitude double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  longitude double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  time_zone text NOT NULL,
  attributes jsonb NOT NULL,
  content_hash text,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  retired_at timestamptz,
  UNIQUE (operator_id, ref)
);
CREATE INDEX locations_by_network ON locations (network_id, id) WHERE retired_at IS NULL;

CREATE TABLE stations (
  id text COLLATE "C" PRIMARY KEY,
  location_id text COLLATE "C" NOT NULL REFERENCES locations (id),
  ref text NOT NULL,
  attributes jsonb NOT NULL,
  retired_at timestamptz,
  UNIQUE (location_id, ref)
);

CREATE TABLE evses (
  id text COLLATE "C" PRIMARY KEY,
  location_id text COLLATE "C" NOT NULL REFERENCES locations (id),
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  uid text NOT NULL,
  status text NOT NULL,
  status_at timestamptz NOT NULL,
  attributes jsonb NOT NULL,
  retired_at timestamptz,
  UNIQUE (location_id, uid)
);
CREATE INDEX evses_by_station ON evses (station_id);

CREATE TABLE connectors (
  id text COLLATE "C" PRIMARY KEY,
  evse_id text COLLATE "C" NOT NULL REFERENCES evses (id),
  ref text NOT NULL,
  standard text NOT NULL,
  power_type text NOT NULL,
  max_power_w int NOT NULL CHECK (max_power_w > 0),
  attributes jsonb NOT NULL,
  retired_at timestamptz,
  UNIQUE (evse_id, ref)
);

-- How far an import of a file has come, so that it can go on where it stopped.
CREATE TABLE import_runs (
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  content_key text NOT NULL,
  records_done int NOT NULL,
  finished boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (operator_id, content_key)
);

CREATE TABLE drivers (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  ref text,
  name text,
  metadata jsonb NOT NULL DEFAULT '{}',
  consecutive_no_shows int NOT NULL DEFAULT 0,
  banned_until timestamptz,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (organisation_id, ref)
);
CREATE INDEX drivers_by_organisation ON drivers (organisation_id, id);

CREATE TABLE vehicles (
  id text COLLATE "C" PRIMARY KEY,
  driver_id text COLLATE "C" NOT NULL REFERENCES drivers (id),
  attributes jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE INDEX vehicles_by_driver ON vehicles (driver_id, id);
