-- How drivers are reached, what they want to be told and by what. Whoever has no row here is told nothing.
CREATE TABLE driver_contacts (
  driver_id text COLLATE "C" PRIMARY KEY REFERENCES drivers (id),
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL,
  phone text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  email text,
  languages text[] NOT NULL,
  reminder_minutes int NOT NULL CHECK (reminder_minutes BETWEEN 1 AND 1440),
  channels jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX driver_contacts_by_reminder ON driver_contacts (network_id, reminder_minutes);

CREATE TABLE push_subscriptions (
  id text COLLATE "C" PRIMARY KEY,
  driver_id text COLLATE "C" NOT NULL REFERENCES driver_contacts (driver_id),
  endpoint text NOT NULL,
  p256dh text NOT NULL,
  auth text NOT NULL,
  expires_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX push_subscriptions_once ON push_subscriptions (driver_id, md5(endpoint));

-- What drivers were told already, so that nothing is told twice.
CREATE TABLE told_drivers (
  driver_id text COLLATE "C" NOT NULL,
  dedupe_key text COLLATE "C" NOT NULL,
  network_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (driver_id, dedupe_key)
);
CREATE INDEX told_drivers_by_time ON told_drivers (network_id, at);

-- Messages: those of a sandbox lie there to be read, those of a live network wait to be sent and lose recipient and text with that.
ALTER TABLE sandbox_notices RENAME TO notices;
ALTER INDEX sandbox_notices_by_organisation RENAME TO notices_by_organisation;
ALTER INDEX sandbox_notices_by_time RENAME TO notices_by_time;
ALTER TABLE notices
  ALTER COLUMN recipient DROP NOT NULL,
  ALTER COLUMN text DROP NOT NULL,
  ADD COLUMN title text,
  ADD COLUMN language text NOT NULL DEFAULT 'en',
  ADD COLUMN about text COLLATE "C",
  ADD COLUMN push_subscription_id text COLLATE "C",
  ADD COLUMN status text NOT NULL DEFAULT 'outbox' CHECK (status IN ('outbox', 'pending', 'sent', 'failed')),
  ADD COLUMN begun int NOT NULL DEFAULT 0,
  ADD COLUMN attempts int NOT NULL DEFAULT 0,
  ADD COLUMN failure text,
  ADD COLUMN send_before timestamptz;
CREATE INDEX notices_by_driver ON notices (driver_id, created_at);

-- One-time passwords: a salted hash only, and how often one was tried; and when they were made, for the limits.
CREATE TABLE otps (
  purpose text COLLATE "C" NOT NULL,
  subject_id text COLLATE "C" NOT NULL,
  network_id text COLLATE "C" NOT NULL,
  driver_id text COLLATE "C" NOT NULL,
  salt text NOT NULL,
  hash text NOT NULL,
  tries int NOT NULL CHECK (tries >= 0),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (purpose, subject_id)
);
CREATE INDEX otps_by_expiry ON otps (network_id, expires_at);
CREATE TABLE otp_issues (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  driver_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX otp_issues_by_driver ON otp_issues (driver_id, at);
CREATE INDEX otp_issues_by_time ON otp_issues (network_id, at);

-- Confirmed reservations that have not begun, by their start: whose drivers are reminded.
CREATE INDEX reservations_by_start ON reservations (network_id, reserved_start) WHERE status = 'confirmed' AND no_show_at IS NOT NULL;

-- Events from before drivers were told anything are not told any more.
INSERT INTO event_readers (name, position) SELECT 'telling', position FROM event_sequencer ON CONFLICT (name) DO NOTHING;

-- Keys that may do all that their organisation, or their driver, may do may do this, too.
UPDATE api_keys SET scopes = scopes || '{notices:write}'::text[] WHERE kind IN ('secret', 'driver');
