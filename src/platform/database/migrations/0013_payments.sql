-- What is collected from a driver for an object (a reservation, a session, a top-up): by a provider outside, or from what is ours (a wallet).
-- `told` is false while what it pays for has not looked at its newest change.
CREATE TABLE payments (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C" REFERENCES drivers (id),
  object text NOT NULL,
  object_id text COLLATE "C" NOT NULL,
  method text NOT NULL,
  provider text,
  timing text NOT NULL,
  capture text NOT NULL CHECK (capture IN ('manual', 'automatic')),
  currency text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  carried bigint NOT NULL DEFAULT 0 CHECK (carried >= 0),
  wallet_amount bigint,
  authorized bigint NOT NULL DEFAULT 0,
  captured bigint NOT NULL DEFAULT 0,
  refunded bigint NOT NULL DEFAULT 0,
  status text NOT NULL,
  details jsonb NOT NULL,
  reference text COLLATE "C" NOT NULL,
  provider_ref text COLLATE "C",
  expires_at timestamptz,
  holds jsonb NOT NULL DEFAULT '[]',
  told boolean NOT NULL DEFAULT true,
  wants_look_up boolean NOT NULL DEFAULT false,
  metadata jsonb NOT NULL,
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK (captured >= 0 AND refunded >= 0 AND refunded <= captured),
  UNIQUE (network_id, reference)
);
CREATE INDEX payments_by_object ON payments (object_id, id);
CREATE INDEX payments_by_driver ON payments (driver_id, id) WHERE driver_id IS NOT NULL;
CREATE INDEX payments_by_organisation ON payments (organisation_id, id);
CREATE INDEX payments_untold ON payments (network_id, id) WHERE NOT told;
CREATE INDEX payments_expiring ON payments (network_id, expires_at) WHERE status IN ('pending', 'authorized') AND expires_at IS NOT NULL;

-- What is given back of a payment.
CREATE TABLE payment_refunds (
  id text COLLATE "C" PRIMARY KEY,
  payment_id text COLLATE "C" NOT NULL REFERENCES payments (id),
  amount bigint NOT NULL CHECK (amount > 0),
  status text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
  reason text NOT NULL,
  provider_ref text COLLATE "C",
  transfer_id text COLLATE "C",
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX payment_refunds_by_payment ON payment_refunds (payment_id, id);

-- The journal of calls to providers: written before the call, ended with what came of it. A payment has one at a time.
CREATE TABLE payment_calls (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  payment_id text COLLATE "C" NOT NULL REFERENCES payments (id),
  refund_id text COLLATE "C" REFERENCES payment_refunds (id),
  action text NOT NULL,
  amount bigint,
  status text NOT NULL CHECK (status IN ('waiting', 'sent', 'done', 'refused')),
  attempts int NOT NULL DEFAULT 0,
  error text,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  ended_at timestamptz
);
CREATE UNIQUE INDEX payment_calls_one_at_a_time ON payment_calls (payment_id) WHERE status IN ('waiting', 'sent');
CREATE INDEX payment_calls_by_payment ON payment_calls (payment_id, id);
CREATE INDEX payment_calls_unfinished ON payment_calls (created_at) WHERE status IN ('waiting', 'sent');

-- What was used, and what it comes to. An object has one bill; late data makes a new version of it.
CREATE TABLE bills (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C" REFERENCES drivers (id),
  object text NOT NULL,
  object_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C",
  currency text NOT NULL,
  content jsonb NOT NULL,
  total bigint NOT NULL CHECK (total >= 0),
  carried bigint NOT NULL DEFAULT 0,
  outstanding bigint NOT NULL DEFAULT 0 CHECK (outstanding >= 0),
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (object, object_id)
);
CREATE INDEX bills_by_organisation ON bills (organisation_id, id);
CREATE INDEX bills_by_operator ON bills (operator_id, id);
CREATE INDEX bills_by_driver ON bills (driver_id, id) WHERE driver_id IS NOT NULL;

-- Every version of what operators ask, so that what was promised at an instant can be priced by what held then.
CREATE TABLE price_rule_versions (
  id text COLLATE "C" NOT NULL,
  version int NOT NULL,
  network_id text COLLATE "C" NOT NULL,
  operator_id text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  ref text COLLATE "C" NOT NULL,
  content jsonb NOT NULL,
  holds_from timestamptz NOT NULL,
  retired_at timestamptz,
  PRIMARY KEY (id, version)
);
CREATE INDEX price_rule_versions_by_operator ON price_rule_versions (operator_id, holds_from);

CREATE FUNCTION price_rules_keep_version() RETURNS trigger AS $$
BEGIN
  INSERT INTO price_rule_versions (id, version, network_id, operator_id, kind, ref, content, holds_from, retired_at)
    VALUES (NEW.id, NEW.version, NEW.network_id, NEW.operator_id, NEW.kind, NEW.ref, NEW.content, NEW.updated_at, NEW.retired_at)
    ON CONFLICT (id, version) DO UPDATE SET retired_at = EXCLUDED.retired_at;
  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER price_rules_kept AFTER INSERT OR UPDATE ON price_rules FOR EACH ROW EXECUTE FUNCTION price_rules_keep_version();
INSERT INTO price_rule_versions (id, version, network_id, operator_id, kind, ref, content, holds_from, retired_at)
  SELECT id, version, network_id, operator_id, kind, ref, content, updated_at, retired_at FROM price_rules;

-- A quote that a reservation was made with is kept.
ALTER TABLE quotes ADD COLUMN reservation_id text COLLATE "C";

-- What a session comes to in the end.
ALTER TABLE sessions ADD COLUMN cost jsonb;

-- Reservations that are to be paid by themselves, or billed, now that they are over.
CREATE INDEX reservations_with_money_to_do ON reservations (network_id, id) WHERE details ->> 'money' IN ('to_pay', 'to_bill');

-- Keys that may do all that their organisation, or their driver, may do may pay too.
UPDATE api_keys SET scopes = scopes || '{payments:read,payments:write}'::text[] WHERE kind IN ('secret', 'driver');

-- The built-in payment provider of sandbox networks: a simulator that keeps its own books, which nobody else reads.
CREATE TABLE sandbox_payments (
  ref text COLLATE "C" PRIMARY KEY,
  payment_id text COLLATE "C" NOT NULL UNIQUE,
  currency text NOT NULL,
  amount bigint NOT NULL,
  capture text NOT NULL,
  description text NOT NULL,
  return_url text,
  state text NOT NULL,
  authorized bigint NOT NULL DEFAULT 0,
  captured bigint NOT NULL DEFAULT 0,
  refunds jsonb NOT NULL DEFAULT '[]',
  failure jsonb,
  label text,
  instrument text,
  saves boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
