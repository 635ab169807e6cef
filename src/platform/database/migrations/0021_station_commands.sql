-- What charging stations are told to do. A command is sent once, over one connection, or expires.
CREATE TABLE station_commands (
  id text COLLATE "C" PRIMARY KEY,
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  type text NOT NULL,
  parameters jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('queued', 'sent', 'accepted', 'rejected', 'failed', 'expired')),
  result jsonb,
  failure text,
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  sent_at timestamptz,
  sent_generation bigint,
  finished_at timestamptz,
  CHECK ((finished_at IS NULL) = (status IN ('queued', 'sent')))
);
CREATE INDEX station_commands_by_station ON station_commands (station_id, id);
CREATE INDEX station_commands_waiting ON station_commands (network_id, expires_at) WHERE status IN ('queued', 'sent');

-- What an operator does with stations that it does not know, and those that have come so.
CREATE TABLE station_onboarding (
  operator_id text COLLATE "C" PRIMARY KEY REFERENCES organisations (id),
  unknown_stations text NOT NULL CHECK (unknown_stations IN ('refuse', 'pending')),
  updated_at timestamptz NOT NULL
);
CREATE TABLE pending_stations (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  identity text COLLATE "C" NOT NULL,
  protocol text NOT NULL,
  remote_address text,
  password_hash text,
  boot jsonb,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  UNIQUE (operator_id, identity)
);
