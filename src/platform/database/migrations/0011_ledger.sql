-- Where money can be. An account never changes. One with a least balance can't go below it: it has a row in ledger_balances; all others are summed.
CREATE TABLE ledger_accounts (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  kind text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  organisation_id text COLLATE "C" REFERENCES organisations (id),
  driver_id text COLLATE "C" REFERENCES drivers (id),
  least_balance bigint,
  created_at timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (network_id, kind, currency, organisation_id, driver_id)
);
CREATE INDEX ledger_accounts_by_driver ON ledger_accounts (driver_id, kind, currency) WHERE driver_id IS NOT NULL;

-- What accounts with a least balance have, and what of it is promised away by pending transfers. Written by the trigger of the legs only.
CREATE TABLE ledger_balances (
  account_id text COLLATE "C" PRIMARY KEY REFERENCES ledger_accounts (id),
  least_balance bigint NOT NULL,
  posted bigint NOT NULL DEFAULT 0,
  pending_out bigint NOT NULL DEFAULT 0,
  version int NOT NULL DEFAULT 0,
  last_at timestamptz,
  -- More than that is not a whole number in every reader of JSON.
  CONSTRAINT ledger_balances_have_an_end CHECK (posted <= 9000000000000000),
  CONSTRAINT ledger_balances_not_below_least CHECK (posted - pending_out >= least_balance AND pending_out >= 0)
);

-- What was moved, and why. A pending transfer has one outcome at most, which is a row of its own: posted in whole or in part, or voided.
CREATE TABLE ledger_transfers (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  phase text NOT NULL CHECK (phase IN ('single', 'pending', 'post', 'void')),
  pending_id text COLLATE "C",
  leg_count int NOT NULL CHECK (leg_count > 0),
  reason text NOT NULL,
  object text NOT NULL,
  object_id text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  metadata jsonb NOT NULL,
  expires_at timestamptz,
  at timestamptz NOT NULL,
  UNIQUE (network_id, idempotency_key),
  CHECK ((phase IN ('post', 'void')) = (pending_id IS NOT NULL)),
  CHECK (expires_at IS NULL OR phase = 'pending')
);
CREATE UNIQUE INDEX ledger_transfers_one_outcome ON ledger_transfers (pending_id) WHERE pending_id IS NOT NULL;
CREATE INDEX ledger_transfers_by_object ON ledger_transfers (object_id, at);

-- A leg takes an amount from one account and gives it to another, in one currency: whatever legs a transfer has, its entries sum to zero.
-- The legs of an outcome are those of the pending transfer, number by number; posted in part, with less.
CREATE TABLE ledger_legs (
  transfer_id text COLLATE "C" NOT NULL,
  leg int NOT NULL CHECK (leg > 0),
  phase text NOT NULL,
  from_id text COLLATE "C" NOT NULL,
  to_id text COLLATE "C" NOT NULL,
  currency text NOT NULL,
  amount bigint NOT NULL CHECK (amount <= 1000000000000000),
  at timestamptz NOT NULL,
  PRIMARY KEY (transfer_id, leg),
  CHECK (from_id <> to_id),
  CHECK (amount > 0 OR (amount = 0 AND phase = 'post'))
);
CREATE INDEX ledger_legs_from ON ledger_legs (from_id, at, transfer_id);
CREATE INDEX ledger_legs_to ON ledger_legs (to_id, at, transfer_id);

CREATE FUNCTION ledger_refuse() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: no % of %', lower(TG_OP), TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER ledger_accounts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_accounts FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_transfers_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfers FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_legs_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_legs FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_balances_follow BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ledger_balances FOR EACH STATEMENT
  WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_refuse();

CREATE FUNCTION ledger_open_balance() RETURNS trigger AS $$
BEGIN
  INSERT INTO ledger_balances (account_id, least_balance) VALUES (NEW.id, NEW.least_balance);
  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_accounts_with_limit AFTER INSERT ON ledger_accounts FOR EACH ROW
  WHEN (NEW.least_balance IS NOT NULL) EXECUTE FUNCTION ledger_open_balance();

-- An outcome belongs to a pending transfer of the same network, and has as many legs.
CREATE FUNCTION ledger_check_outcome() RETURNS trigger AS $$
BEGIN
  PERFORM FROM ledger_transfers t
    WHERE t.id = NEW.pending_id AND t.phase = 'pending' AND t.network_id = NEW.network_id AND t.leg_count = NEW.leg_count;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'transfer % is no outcome of %', NEW.id, NEW.pending_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_transfers_outcome BEFORE INSERT ON ledger_transfers FOR EACH ROW
  WHEN (NEW.pending_id IS NOT NULL) EXECUTE FUNCTION ledger_check_outcome();

-- A transfer has all its legs when it is committed. Since they are numbered up to their count, none can be added later.
CREATE FUNCTION ledger_require_legs() RETURNS trigger AS $$
BEGIN
  IF (SELECT count(*) FROM ledger_legs l WHERE l.transfer_id = NEW.id) <> NEW.leg_count THEN
    RAISE EXCEPTION 'transfer % does not have its % legs', NEW.id, NEW.leg_count USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER ledger_transfers_whole AFTER INSERT ON ledger_transfers
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_require_legs();

-- Checks a leg and keeps the balances of accounts that have a limit. Accounts are looked up and not locked, as a foreign key would: they never change.
CREATE FUNCTION ledger_take_leg() RETURNS trigger AS $$
DECLARE
  transfer ledger_transfers;
  pending ledger_legs;
  is_posted boolean := NEW.phase IN ('single', 'post');
  held bigint := 0;
BEGIN
  SELECT * INTO transfer FROM ledger_transfers t WHERE t.id = NEW.transfer_id;
  IF transfer.id IS NULL OR transfer.phase <> NEW.phase OR transfer.at <> NEW.at OR NEW.leg > transfer.leg_count THEN
    RAISE EXCEPTION 'leg % does not belong to transfer %', NEW.leg, NEW.transfer_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (SELECT count(*) FROM ledger_accounts a
      WHERE a.id IN (NEW.from_id, NEW.to_id) AND a.network_id = transfer.network_id AND a.currency = NEW.currency) <> 2 THEN
    RAISE EXCEPTION 'leg % of transfer % is not between accounts of its network and currency', NEW.leg, NEW.transfer_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.phase = 'pending' THEN
    held := NEW.amount;
  ELSIF transfer.pending_id IS NOT NULL THEN
    SELECT * INTO pending FROM ledger_legs l WHERE l.transfer_id = transfer.pending_id AND l.leg = NEW.leg;
    IF pending.transfer_id IS NULL OR pending.from_id <> NEW.from_id OR pending.to_id <> NEW.to_id
       OR NEW.amount > pending.amount OR (NEW.phase = 'void' AND NEW.amount <> pending.amount) THEN
      RAISE EXCEPTION 'leg % of transfer % is not what was pending', NEW.leg, NEW.transfer_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    held := -pending.amount;
  END IF;
  UPDATE ledger_balances b SET
    posted = b.posted - CASE WHEN is_posted THEN NEW.amount ELSE 0 END, pending_out = b.pending_out + held,
    version = b.version + CASE WHEN b.last_at >= NEW.at THEN 0 ELSE 1 END, last_at = greatest(b.last_at, NEW.at)
    WHERE b.account_id = NEW.from_id;
  IF is_posted THEN
    UPDATE ledger_balances b SET
      posted = b.posted + NEW.amount,
      version = b.version + CASE WHEN b.last_at >= NEW.at THEN 0 ELSE 1 END, last_at = greatest(b.last_at, NEW.at)
      WHERE b.account_id = NEW.to_id;
  END IF;
  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_legs_taken AFTER INSERT ON ledger_legs FOR EACH ROW EXECUTE FUNCTION ledger_take_leg();

-- Keys that may do all that their organisation, or their driver, may do may read wallets too.
UPDATE api_keys SET scopes = scopes || '{wallets:read}'::text[] WHERE kind IN ('secret', 'driver');
