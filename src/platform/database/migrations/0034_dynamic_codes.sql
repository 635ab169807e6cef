-- Codes that stations show on their screens: a secret for each EVSE, known to it and to us, makes a password that changes.
CREATE TABLE dynamic_codes (
  evse_id text COLLATE "C" PRIMARY KEY REFERENCES evses (id),
  station_id text COLLATE "C" NOT NULL REFERENCES stations (id),
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  secret text NOT NULL,
  validity_seconds int NOT NULL,
  length int NOT NULL,
  -- whether nobody starts there without it
  is_required boolean NOT NULL,
  url_template text NOT NULL,
  status text NOT NULL CHECK (status IN ('setting', 'set', 'refused')),
  -- which setting of it the station's answer is to
  command_id text COLLATE "C" NOT NULL,
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

-- A password starts one session.
CREATE TABLE dynamic_code_uses (
  evse_id text COLLATE "C" NOT NULL REFERENCES evses (id),
  code text NOT NULL,
  used_at timestamptz NOT NULL,
  PRIMARY KEY (evse_id, code)
);
