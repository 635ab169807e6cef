-- What operators ask: tariffs, surcharges and offers. A change is a new version; what was promised under an old one keeps it.
CREATE TABLE price_rules (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  kind text NOT NULL CHECK (kind IN ('tariff', 'surcharge', 'offer')),
  ref text COLLATE "C" NOT NULL,
  version int NOT NULL,
  content jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  retired_at timestamptz
);
CREATE UNIQUE INDEX price_rules_by_ref ON price_rules (operator_id, kind, ref) WHERE retired_at IS NULL;
CREATE INDEX price_rules_by_operator ON price_rules (operator_id, kind, id) WHERE retired_at IS NULL;
CREATE INDEX price_rules_by_network ON price_rules (network_id, kind, id) WHERE retired_at IS NULL;

-- Prices that are promised until they expire, with the rules that they come from.
CREATE TABLE quotes (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL,
  operator_id text COLLATE "C" NOT NULL,
  driver_id text COLLATE "C",
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  rules jsonb NOT NULL,
  asked jsonb NOT NULL,
  answer jsonb NOT NULL
);
CREATE INDEX quotes_by_expiry ON quotes (network_id, expires_at);
