-- Every change of a policy is a new row; the newest of an operator (location_id NULL) or of a location is in force.
CREATE TABLE booking_policies (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  location_id text COLLATE "C" REFERENCES locations (id),
  version int NOT NULL,
  policy jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (operator_id, location_id, version)
);

CREATE TABLE reservations (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  mode text NOT NULL CHECK (mode IN ('exact', 'flexible')),
  status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'completed', 'cancelled', 'failed', 'expired')),
  location_id text COLLATE "C",
  station_id text COLLATE "C",
  evse_id text COLLATE "C",
  connector_id text COLLATE "C",
  booking_id text COLLATE "C",
  driver_id text COLLATE "C" REFERENCES drivers (id),
  vehicle_id text COLLATE "C",
  reserved_start timestamptz,
  reserved_end timestamptz,
  hold_expires_at timestamptz,
  no_show_at timestamptz,
  policy_id text COLLATE "C",
  policy jsonb NOT NULL,
  details jsonb NOT NULL,
  metadata jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX reservations_by_organisation ON reservations (organisation_id, id);
CREATE INDEX reservations_by_operator ON reservations (operator_id, id);
CREATE INDEX reservations_active_by_driver ON reservations (driver_id) WHERE status IN ('pending', 'confirmed');
CREATE INDEX reservations_holds_by_organisation ON reservations (organisation_id) WHERE status = 'pending';
CREATE INDEX reservations_by_hold_expiry ON reservations (network_id, hold_expires_at) WHERE status = 'pending';
CREATE INDEX reservations_by_no_show ON reservations (network_id, no_show_at) WHERE status = 'confirmed';

CREATE TABLE sessions (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL,
  operator_id text COLLATE "C" NOT NULL,
  location_id text COLLATE "C" NOT NULL,
  evse_id text COLLATE "C" NOT NULL,
  connector_id text COLLATE "C",
  driver_id text COLLATE "C",
  reservation_id text COLLATE "C",
  status text NOT NULL CHECK (status IN ('created', 'started', 'paused', 'ended', 'cancelled')),
  started_at timestamptz NOT NULL,
  ends_by timestamptz,
  ended_at timestamptz,
  energy_wh bigint NOT NULL DEFAULT 0,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_organisation ON sessions (organisation_id, id);
CREATE INDEX sessions_by_operator ON sessions (operator_id, id);
CREATE INDEX sessions_by_deadline ON sessions (network_id, ends_by) WHERE status = 'started';
-- An EVSE charges one vehicle at a time.
CREATE UNIQUE INDEX sessions_one_per_evse ON sessions (evse_id) WHERE status IN ('created', 'started', 'paused');

CREATE TABLE webhook_endpoints (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  url text NOT NULL,
  event_types text[] NOT NULL,
  description text,
  status text NOT NULL CHECK (status IN ('enabled', 'disabled')),
  disabled_reason text,
  secret text NOT NULL,
  previous_secret text,
  previous_secret_expires_at timestamptz,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE INDEX webhook_endpoints_by_organisation ON webhook_endpoints (organisation_id, id) WHERE deleted_at IS NULL;

CREATE TABLE webhook_deliveries (
  id text COLLATE "C" PRIMARY KEY,
  endpoint_id text COLLATE "C" NOT NULL REFERENCES webhook_endpoints (id),
  event_id text COLLATE "C" NOT NULL,
  event_type text NOT NULL,
  body jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  log jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id);
