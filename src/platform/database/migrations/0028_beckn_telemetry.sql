-- URLs of apps of the open network that are told, again and again, how charging goes on for one of their orders. Times are real ones.
CREATE TABLE beckn_telemetry (
  reservation_id text COLLATE "C" NOT NULL REFERENCES reservations (id),
  url text NOT NULL,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  next_at timestamptz NOT NULL,
  -- one after another
  failures int NOT NULL DEFAULT 0,
  PRIMARY KEY (reservation_id, url)
);
CREATE INDEX beckn_telemetry_by_time ON beckn_telemetry (next_at);
