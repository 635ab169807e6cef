-- Who an organisation is before the law. Each change is a row of its own; an invoice holds a copy of the one that it was issued under.
CREATE TABLE legal_profiles (
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  version int NOT NULL CHECK (version > 0),
  content jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, version)
);

-- The last number that each series has given. An entity is a registration with series of its own (a GSTIN), or '' for the organisation as such;
-- a stem is what stands before the number, the year within.
CREATE TABLE invoice_series (
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  entity text COLLATE "C" NOT NULL,
  stem text COLLATE "C" NOT NULL,
  last_number bigint NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, entity, stem),
  CONSTRAINT invoice_numbers_are_short CHECK (length(stem || last_number::text) <= 16)
);

-- What was issued under which key: taken before a number is, so that whoever comes second takes none.
CREATE TABLE invoice_keys (
  network_id text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  PRIMARY KEY (network_id, idempotency_key)
);

CREATE TABLE invoices (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('invoice', 'receipt', 'credit_note')),
  seller_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  entity text COLLATE "C" NOT NULL,
  stem text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  number text COLLATE "C" NOT NULL CHECK (number = stem || sequence::text AND number ~ '^[A-Z0-9/-]{1,16}$'),
  provider_id text COLLATE "C",
  driver_id text COLLATE "C",
  object text NOT NULL,
  object_id text COLLATE "C" NOT NULL,
  credited_id text COLLATE "C" REFERENCES invoices (id),
  idempotency_key text COLLATE "C" NOT NULL,
  content jsonb NOT NULL,
  issued_at timestamptz NOT NULL,
  UNIQUE (seller_id, entity, stem, sequence),
  UNIQUE (network_id, idempotency_key),
  CHECK ((kind = 'credit_note') = (credited_id IS NOT NULL))
);
CREATE INDEX invoices_by_seller ON invoices (seller_id, id);
CREATE INDEX invoices_by_provider ON invoices (provider_id, id) WHERE provider_id IS NOT NULL;
CREATE INDEX invoices_by_driver ON invoices (driver_id, id) WHERE driver_id IS NOT NULL;
CREATE INDEX invoices_by_object ON invoices (object_id, id);
CREATE INDEX invoices_by_credited ON invoices (credited_id) WHERE credited_id IS NOT NULL;

-- Addresses that are themselves the secret; only their hashes are kept.
CREATE TABLE invoice_links (
  token_sha256 text PRIMARY KEY,
  invoice_id text COLLATE "C" NOT NULL REFERENCES invoices (id),
  created_at timestamptz NOT NULL
);
CREATE INDEX invoice_links_by_invoice ON invoice_links (invoice_id, created_at);

CREATE FUNCTION invoices_refuse() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'what was issued stays as it is: no % of %', lower(TG_OP), TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER invoices_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON invoices FOR EACH STATEMENT EXECUTE FUNCTION invoices_refuse();
CREATE TRIGGER invoice_keys_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON invoice_keys FOR EACH STATEMENT EXECUTE FUNCTION invoices_refuse();
CREATE TRIGGER invoice_series_stay BEFORE DELETE OR TRUNCATE ON invoice_series FOR EACH STATEMENT EXECUTE FUNCTION invoices_refuse();
CREATE TRIGGER legal_profiles_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON legal_profiles FOR EACH STATEMENT EXECUTE FUNCTION invoices_refuse();

-- A series counts one by one from 1, and gives no number that nothing bears when it is committed; no number comes from elsewhere.
CREATE FUNCTION invoice_series_count() RETURNS trigger AS $$
BEGIN
  IF NEW.last_number <> (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.last_number + 1 END) THEN
    RAISE EXCEPTION 'series % does not go on with %', NEW.stem, NEW.last_number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER invoice_series_gapless BEFORE INSERT OR UPDATE ON invoice_series FOR EACH ROW EXECUTE FUNCTION invoice_series_count();

CREATE FUNCTION invoice_series_require() RETURNS trigger AS $$
BEGIN
  PERFORM FROM invoices i
    WHERE i.seller_id = NEW.organisation_id AND i.entity = NEW.entity AND i.stem = NEW.stem AND i.sequence = NEW.last_number;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nothing bears the number %', NEW.stem || NEW.last_number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER invoice_series_borne AFTER INSERT OR UPDATE ON invoice_series
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoice_series_require();

CREATE FUNCTION invoices_require_series() RETURNS trigger AS $$
BEGIN
  PERFORM FROM invoice_series s
    WHERE s.organisation_id = NEW.seller_id AND s.entity = NEW.entity AND s.stem = NEW.stem AND s.last_number >= NEW.sequence;
  IF NOT FOUND OR NEW.sequence < 1 THEN
    RAISE EXCEPTION 'no series has given the number %', NEW.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER invoices_numbered AFTER INSERT ON invoices
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoices_require_series();

-- Keys that may do all that their organisation, or their driver, may do may handle invoices too.
UPDATE api_keys SET scopes = scopes || '{invoices:read,invoices:write}'::text[] WHERE kind = 'secret';
UPDATE api_keys SET scopes = scopes || '{invoices:read}'::text[] WHERE kind = 'driver';
