-- Ids are TypeIDs (text, compared bytewise). Instants are timestamptz. Objects that change carry a version.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- A network is a world of its own: its operators, providers, drivers and stations, and, in a sandbox, its clock.
CREATE TABLE networks (
  id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('live', 'sandbox')),
  clock_offset_ms bigint NOT NULL DEFAULT 0,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  CHECK (mode = 'sandbox' OR clock_offset_ms = 0)
);

CREATE TABLE organisations (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  slug text NOT NULL,
  name text NOT NULL,
  roles text[] NOT NULL CHECK (roles <@ ARRAY['operator', 'provider']),
  country_code text,
  party_id text,
  max_active_holds int NOT NULL CHECK (max_active_holds >= 0),
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  UNIQUE (network_id, slug)
);

CREATE TABLE api_keys (
  id text COLLATE "C" PRIMARY KEY,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('secret', 'restricted', 'driver')),
  secret_sha256 text NOT NULL UNIQUE,
  hint text NOT NULL,
  scopes text[] NOT NULL,
  driver_id text COLLATE "C",
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz,
  CHECK ((kind = 'driver') = (driver_id IS NOT NULL))
);
CREATE INDEX api_keys_by_organisation ON api_keys (organisation_id, id);

CREATE TABLE audit_log (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C",
  actor text NOT NULL,
  action text NOT NULL,
  object text NOT NULL,
  object_id text COLLATE "C" NOT NULL,
  changes jsonb NOT NULL,
  request_id text,
  at timestamptz NOT NULL
);
CREATE INDEX audit_log_by_organisation ON audit_log (organisation_id, id);
CREATE INDEX audit_log_by_object ON audit_log (object_id, id);

-- Events are appended by the transaction that they tell of; their position is given after it has committed.
CREATE TABLE events (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  position bigint UNIQUE,
  id text COLLATE "C" NOT NULL UNIQUE,
  network_id text COLLATE "C" NOT NULL,
  type text NOT NULL,
  object text NOT NULL,
  object_id text COLLATE "C" NOT NULL,
  object_version int NOT NULL,
  is_public boolean NOT NULL,
  audience text[] COLLATE "C" NOT NULL,
  touches text[] COLLATE "C" NOT NULL,
  data jsonb NOT NULL,
  request_id text,
  occurred_at timestamptz NOT NULL
);
CREATE INDEX events_without_position ON events (seq) WHERE position IS NULL;
CREATE INDEX events_by_object ON events (object_id, object_version);

CREATE TABLE event_sequencer (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint NOT NULL
);
INSERT INTO event_sequencer (position) VALUES (0);

-- How far a named reader of the events has come (webhook fan-out, ...).
CREATE TABLE event_readers (
  name text PRIMARY KEY,
  position bigint NOT NULL
);

CREATE TABLE idempotency_keys (
  scope text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  request_sha256 text NOT NULL,
  status int,
  body jsonb,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
