-- Cards and mandates that drivers have saved with payment providers: what the provider calls them, and what a person may see. Never what is on a card.
-- The default of a driver is the one that was preferred last, else the oldest.
CREATE TABLE payment_methods (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C" NOT NULL REFERENCES drivers (id),
  provider text NOT NULL,
  provider_ref text COLLATE "C" NOT NULL,
  label text NOT NULL,
  preferred_at timestamptz,
  removed_at timestamptz,
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (driver_id, provider, provider_ref)
);

-- Money that gets into a wallet by a payment. A wallet has one at a time that began by itself.
CREATE TABLE top_ups (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C" NOT NULL REFERENCES drivers (id),
  type text NOT NULL CHECK (type IN ('manual', 'auto')),
  currency text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  wallet_amount bigint NOT NULL CHECK (wallet_amount >= amount),
  credited bigint NOT NULL DEFAULT 0,
  status text NOT NULL CHECK (status IN ('pending', 'completed', 'failed')),
  payment_id text COLLATE "C" NOT NULL REFERENCES payments (id),
  metadata jsonb NOT NULL,
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX top_ups_by_driver ON top_ups (driver_id, id);
CREATE INDEX top_ups_by_organisation ON top_ups (organisation_id, id);
CREATE UNIQUE INDEX top_ups_one_auto_at_a_time ON top_ups (driver_id, currency) WHERE type = 'auto' AND status = 'pending';

-- Which wallets are topped up by themselves, below what, with how much, and by which saved method. After a failure it rests until `rests_until`.
CREATE TABLE auto_top_ups (
  driver_id text COLLATE "C" NOT NULL REFERENCES drivers (id),
  currency text NOT NULL,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  active boolean NOT NULL,
  payment_method_id text COLLATE "C" NOT NULL REFERENCES payment_methods (id),
  amount bigint NOT NULL CHECK (amount > 0),
  below bigint NOT NULL CHECK (below > 0),
  rests_until timestamptz,
  failure text,
  version int NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (driver_id, currency)
);
CREATE INDEX auto_top_ups_active ON auto_top_ups (network_id) WHERE active;

-- What a wallet must have before a session begins (seed 003), in minor units of its currency.
ALTER TABLE organisations ADD COLUMN minimum_balance bigint NOT NULL DEFAULT 2000 CHECK (minimum_balance >= 0);

-- What came into banks' accounts, as their statements say; each line is taken once.
CREATE TABLE bank_statement_lines (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  account text COLLATE "C" NOT NULL,
  line_id text COLLATE "C" NOT NULL,
  booked_at timestamptz NOT NULL,
  currency text NOT NULL,
  amount bigint NOT NULL,
  text text NOT NULL,
  payment_id text COLLATE "C" REFERENCES payments (id),
  note text,
  created_at timestamptz NOT NULL,
  matched_at timestamptz,
  UNIQUE (organisation_id, account, line_id)
);
CREATE INDEX bank_statement_lines_unmatched ON bank_statement_lines (organisation_id, id) WHERE payment_id IS NULL;
