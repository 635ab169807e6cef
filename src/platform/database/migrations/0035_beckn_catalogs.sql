-- What is published of each location to the catalogue service of a Beckn network, and what that has said of it. Times are real ones.
CREATE TABLE beckn_catalogs (
  location_id text COLLATE "C" PRIMARY KEY REFERENCES locations (id),
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  -- when it is published next: soon after something has changed, else to be fresh
  due_at timestamptz NOT NULL,
  -- of what was sent last
  digest text,
  -- in which it was sent last; its answer comes in the same
  transaction_id text,
  status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'sent', 'accepted', 'partial', 'rejected')),
  item_count int,
  -- what the service has said: `error`, `warnings`
  report jsonb NOT NULL DEFAULT '{}',
  sent_at timestamptz,
  answered_at timestamptz
);
CREATE INDEX beckn_catalogs_by_time ON beckn_catalogs (network_id, due_at);
CREATE INDEX beckn_catalogs_by_operator ON beckn_catalogs (operator_id);

INSERT INTO event_readers (name, position) SELECT 'beckn_catalogs', position FROM event_sequencer ON CONFLICT (name) DO NOTHING;
