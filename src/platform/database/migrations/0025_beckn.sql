-- Messages that came over Beckn and were acknowledged: the queue of what is to be answered, and the memory that keeps a message
-- from being taken twice. A sender tells its messages apart by identity (its message_id, where that is its own).
CREATE TABLE beckn_received (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  generation text NOT NULL CHECK (generation IN ('A', 'B', 'C', 'D')),
  action text NOT NULL,
  subscriber_id text COLLATE "C" NOT NULL,
  subscriber_url text,
  transaction_id text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  identity text COLLATE "C" NOT NULL,
  signature text,
  body text NOT NULL,
  status text NOT NULL CHECK (status IN ('accepted', 'answered', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  failure text,
  expires_at timestamptz,
  -- until then the sender waits on its connection, and no callback is sent
  waits_until timestamptz,
  received_at timestamptz NOT NULL,
  handled_at timestamptz,
  CHECK ((status = 'accepted') = (handled_at IS NULL)),
  UNIQUE (network_id, subscriber_id, action, identity)
);
CREATE INDEX beckn_received_by_transaction ON beckn_received (network_id, transaction_id);
CREATE INDEX beckn_received_by_time ON beckn_received (received_at);

-- Messages that go out: callbacks of the provider, requests of the app. Signed when they are sent, each time anew.
CREATE TABLE beckn_sent (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  generation text NOT NULL CHECK (generation IN ('A', 'B', 'C', 'D')),
  action text NOT NULL,
  receiver_id text COLLATE "C",
  url text NOT NULL,
  transaction_id text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  answers text COLLATE "C" REFERENCES beckn_received (id) ON DELETE SET NULL,
  -- of the request that it answers, where the signature covers that
  request_signature text,
  body text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  log jsonb NOT NULL DEFAULT '[]',
  -- the one it was last sent with
  signature text,
  claimed_until timestamptz,
  next_attempt_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL))
);
CREATE INDEX beckn_sent_by_transaction ON beckn_sent (network_id, transaction_id);
CREATE INDEX beckn_sent_by_answered ON beckn_sent (answers) WHERE answers IS NOT NULL;
CREATE INDEX beckn_sent_by_time ON beckn_sent (created_at);
