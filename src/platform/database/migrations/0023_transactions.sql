-- What a driver shows to a charging station: cards, and the token that their app stands for. All of a driver's share one group.
CREATE TABLE tokens (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C" NOT NULL REFERENCES drivers (id),
  kind text NOT NULL CHECK (kind IN ('app', 'rfid')),
  -- in capitals: stations differ in how they spell them
  uid text COLLATE "C" NOT NULL,
  group_uid text COLLATE "C" NOT NULL,
  label text,
  is_blocked boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (network_id, uid)
);
CREATE INDEX tokens_by_driver ON tokens (driver_id, id);
CREATE UNIQUE INDEX tokens_one_of_app ON tokens (driver_id) WHERE kind = 'app';

-- What a command is for: a session, a reservation.
ALTER TABLE station_commands ADD COLUMN subject text COLLATE "C";

ALTER TABLE sessions
  -- how it was begun; `sandbox` where no charger takes part
  ADD COLUMN type text NOT NULL DEFAULT 'sandbox',
  ADD COLUMN station_id text COLLATE "C",
  -- what the station is told, or has told, that starts it
  ADD COLUMN token_uid text COLLATE "C",
  ADD COLUMN remote_start_id int,
  -- of one that is created: cancelled when nothing has started by then
  ADD COLUMN start_by timestamptz,
  ADD COLUMN is_interrupted boolean NOT NULL DEFAULT false,
  ADD COLUMN interrupted_at timestamptz,
  -- why it was cancelled, or what ended it
  ADD COLUMN ended_reason text,
  ADD COLUMN targets jsonb,
  ADD COLUMN payment_id text COLLATE "C",
  -- whether energy may flow, and why not
  ADD COLUMN hold_back text,
  -- when its limits are to be looked at again
  ADD COLUMN check_at timestamptz,
  -- something has arrived after it was billed: when it is priced again
  ADD COLUMN reprice_at timestamptz,
  ADD COLUMN parked_since timestamptz,
  ADD COLUMN overstay_told_at timestamptz,
  ADD COLUMN limit_note jsonb,
  ADD COLUMN tracking_hash text;
CREATE SEQUENCE remote_start_ids AS int CYCLE;
CREATE INDEX sessions_by_start_deadline ON sessions (network_id, start_by) WHERE status = 'created';
CREATE INDEX sessions_by_check ON sessions (network_id, check_at) WHERE status IN ('started', 'paused');
CREATE INDEX sessions_by_reprice ON sessions (network_id, reprice_at) WHERE reprice_at IS NOT NULL;
CREATE INDEX sessions_by_station ON sessions (station_id) WHERE status IN ('created', 'started', 'paused');
CREATE UNIQUE INDEX sessions_by_tracking ON sessions (tracking_hash) WHERE tracking_hash IS NOT NULL;

-- A transaction as its station tells it, whatever became of it. In 1.6 its name is our number; in 2.x the station names it.
CREATE TABLE charging_transactions (
  number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  ref text COLLATE "C" NOT NULL,
  -- of 1.6: what makes a start that is told twice the same
  start_key text COLLATE "C",
  network_id text COLLATE "C" NOT NULL,
  evse_id text COLLATE "C",
  connector_id text COLLATE "C",
  -- by the station's own numbers: through the station in 1.6
  evse_number int NOT NULL,
  connector_number int NOT NULL,
  session_id text COLLATE "C",
  token_uid text COLLATE "C",
  -- why no session came of it
  refusal text,
  -- added to the times that its station tells
  clock_offset_ms bigint NOT NULL,
  started_at timestamptz NOT NULL,
  meter_start_wh bigint,
  ended_at timestamptz,
  meter_stop_wh bigint,
  stop_reason text,
  -- the newest that was told of it
  energy_wh bigint,
  power_w int,
  current_a real,
  voltage_v real,
  soc_percent int,
  charging_state text,
  read_at timestamptz,
  -- the register from which on its session's limits are to be looked at
  check_energy_wh bigint,
  created_at timestamptz NOT NULL,
  UNIQUE (station_id, ref)
);
CREATE UNIQUE INDEX charging_transactions_by_start ON charging_transactions (station_id, start_key);
CREATE INDEX charging_transactions_by_session ON charging_transactions (session_id);
CREATE INDEX charging_transactions_open ON charging_transactions (station_id, evse_number, connector_number) WHERE ended_at IS NULL;

-- Append-only: what the meter showed, and what the vehicle did. The key is what the station's own message is known by.
CREATE TABLE meter_readings (
  transaction_number int NOT NULL,
  key text COLLATE "C" NOT NULL,
  read_at timestamptz NOT NULL,
  energy_wh bigint,
  power_w int,
  current_a real,
  voltage_v real,
  soc_percent int,
  charging_state text,
  -- signed values, as they came
  signed jsonb,
  PRIMARY KEY (transaction_number, key)
);

-- Messages that were acknowledged and fit nowhere: people decide.
CREATE TABLE quarantined_messages (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  operator_id text COLLATE "C" NOT NULL,
  station_id text COLLATE "C" NOT NULL,
  action text NOT NULL,
  payload jsonb NOT NULL,
  reason text NOT NULL,
  received_at timestamptz NOT NULL,
  resolved_at timestamptz
);
CREATE INDEX quarantined_messages_by_operator ON quarantined_messages (operator_id, id);

-- Drivers' own keys start and end their own sessions.
UPDATE api_keys SET scopes = scopes || '{sessions:write}'::text[] WHERE kind = 'driver';
