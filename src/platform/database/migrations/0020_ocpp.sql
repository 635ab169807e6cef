-- How charging stations present themselves when they connect: the name in the address, unique among the operator's, and what proves it.
CREATE TABLE station_identities (
  station_id text COLLATE "C" PRIMARY KEY REFERENCES stations (id),
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  identity text COLLATE "C" NOT NULL,
  security_profile int NOT NULL CHECK (security_profile BETWEEN 0 AND 3),
  password_hash text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (operator_id, identity),
  CHECK ((security_profile IN (1, 2)) = (password_hash IS NOT NULL))
);

-- One row per station that has ever connected. The generation goes up with each connection, and whoever comes with an older one
-- changes nothing. The owner, a process, proves by its lease (on real time) that it still holds the socket.
CREATE TABLE ocpp_connections (
  station_id text COLLATE "C" PRIMARY KEY REFERENCES stations (id),
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  generation bigint NOT NULL,
  version int NOT NULL,
  online boolean NOT NULL,
  owner text,
  lease_until timestamptz,
  protocol text NOT NULL,
  security_profile int NOT NULL,
  remote_address text,
  online_since timestamptz,
  offline_since timestamptz,
  last_message_at timestamptz,
  -- whether the status of its EVSEs was given up, because it has been away for too long
  statuses_lost boolean NOT NULL DEFAULT false,
  boot jsonb,
  booted_at timestamptz,
  clock_skew_ms bigint,
  firmware_status text,
  log_status text,
  CHECK (online = (owner IS NOT NULL) AND online = (lease_until IS NOT NULL) AND online = (offline_since IS NULL))
);
CREATE INDEX ocpp_connections_leased ON ocpp_connections (lease_until) WHERE online;
CREATE INDEX ocpp_connections_away ON ocpp_connections (network_id, offline_since) WHERE NOT online AND NOT statuses_lost;

-- What a station said last of each connector, by its own numbers; those that we know have an EVSE.
CREATE TABLE ocpp_connectors (
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  evse_number int NOT NULL,
  connector_number int NOT NULL,
  evse_id text COLLATE "C" REFERENCES evses (id),
  status text NOT NULL,
  reported jsonb NOT NULL,
  reported_at timestamptz NOT NULL,
  PRIMARY KEY (station_id, evse_number, connector_number)
);

-- What stations tell that is kept to be read: security events, reports, diagnostics. The oldest of a station go.
CREATE TABLE station_reports (
  id text COLLATE "C" PRIMARY KEY,
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  action text NOT NULL,
  payload jsonb NOT NULL,
  received_at timestamptz NOT NULL
);
CREATE INDEX station_reports_by_station ON station_reports (station_id, id);

-- Keys that may do all that their organisation may do may provision and command stations too.
UPDATE api_keys SET scopes = scopes || '{stations:read,stations:write}'::text[] WHERE kind = 'secret';
