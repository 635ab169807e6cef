-- Which transaction of which Beckn subscriber is which reservation (or, of a walk-in, which session) of the network: one order is one of these. What
-- the messages of a transaction have said so far and the network has no place for lies in `details`, in the words of its generation.
CREATE TABLE beckn_orders (
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  subscriber_id text COLLATE "C" NOT NULL,
  transaction_id text COLLATE "C" NOT NULL,
  generation text NOT NULL CHECK (generation IN ('A', 'B', 'C', 'D')),
  -- acts for the subscriber
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  reservation_id text COLLATE "C" UNIQUE REFERENCES reservations (id),
  session_id text COLLATE "C" UNIQUE REFERENCES sessions (id),
  -- the newest request: to whom callbacks go that nobody asked for, after the request itself has been forgotten
  asked jsonb NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  -- what its subscriber was told last without asking
  told text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, subscriber_id, transaction_id)
);

-- Reads the events for what subscribers are told without asking, from here on.
INSERT INTO event_readers (name, position) SELECT 'beckn', position FROM event_sequencer ON CONFLICT (name) DO NOTHING;
