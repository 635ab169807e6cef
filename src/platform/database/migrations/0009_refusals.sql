-- Requests that were refused for lack of room or by the policy, for the simulation of policies. Written beside the refused
-- transaction, kept for 92 days. Of the person only the driver's id is known.
CREATE TABLE refusals (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  operator_id text COLLATE "C" NOT NULL,
  location_id text COLLATE "C" NOT NULL,
  driver_id text COLLATE "C",
  code text NOT NULL,
  asked_at timestamptz NOT NULL,
  -- where, when and how long: see AskedFor
  asked jsonb NOT NULL
);
CREATE INDEX refusals_by_location ON refusals (location_id, asked_at);
CREATE INDEX refusals_by_age ON refusals (network_id, asked_at);

-- What was asked for at a location in some time.
CREATE INDEX reservations_by_location ON reservations (location_id, created_at);
