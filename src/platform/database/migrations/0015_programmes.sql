-- Loyalty programmes and fleets of operators.
CREATE TABLE programmes (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  kind text NOT NULL CHECK (kind IN ('loyalty', 'fleet')),
  ref text COLLATE "C" NOT NULL,
  name text NOT NULL,
  description text,
  unlocked_by text[] NOT NULL,
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  retired_at timestamptz
);
CREATE UNIQUE INDEX programmes_by_ref ON programmes (operator_id, ref) WHERE retired_at IS NULL;
CREATE INDEX programmes_by_operator ON programmes (operator_id, id) WHERE retired_at IS NULL;
CREATE INDEX programmes_by_network ON programmes (network_id, id) WHERE retired_at IS NULL;

-- Whom the operator has registered: phone numbers in E.164.
CREATE TABLE programme_members (
  id text COLLATE "C" PRIMARY KEY,
  programme_id text COLLATE "C" NOT NULL REFERENCES programmes (id),
  phone text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  member_number text,
  license_plate text,
  created_at timestamptz NOT NULL,
  CHECK (phone IS NOT NULL OR member_number IS NOT NULL)
);
CREATE UNIQUE INDEX programme_members_by_phone ON programme_members (programme_id, phone);
CREATE UNIQUE INDEX programme_members_by_number ON programme_members (programme_id, member_number);
CREATE INDEX programme_members_by_programme ON programme_members (programme_id, id);

-- Drivers who are recognised as members, or have been sent a password and not shown it yet. member_id is null where nobody was registered:
-- that is told to nobody.
CREATE TABLE memberships (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL,
  driver_id text COLLATE "C" NOT NULL REFERENCES drivers (id),
  programme_id text COLLATE "C" NOT NULL REFERENCES programmes (id),
  member_id text COLLATE "C",
  status text NOT NULL CHECK (status IN ('pending', 'active', 'ended')),
  recognised_by text NOT NULL CHECK (recognised_by IN ('phone', 'member_number', 'otp')),
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  activated_at timestamptz,
  CHECK (status <> 'active' OR (member_id IS NOT NULL AND activated_at IS NOT NULL))
);
CREATE UNIQUE INDEX memberships_once ON memberships (driver_id, programme_id) WHERE status <> 'ended';
CREATE INDEX memberships_by_member ON memberships (member_id) WHERE status <> 'ended';

-- One-time passwords: a salted hash only, and how often one was tried.
CREATE TABLE membership_otps (
  membership_id text COLLATE "C" PRIMARY KEY REFERENCES memberships (id),
  salt text NOT NULL,
  hash text NOT NULL,
  tries int NOT NULL CHECK (tries >= 0),
  expires_at timestamptz NOT NULL
);

-- Who claimed to be somebody, and when: for the limits. What was claimed is hashed.
CREATE TABLE membership_claims (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  driver_id text COLLATE "C" NOT NULL,
  claim_hash text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX membership_claims_by_driver ON membership_claims (driver_id, at);
CREATE INDEX membership_claims_by_claim ON membership_claims (claim_hash, at);
CREATE INDEX membership_claims_by_time ON membership_claims (network_id, at);

-- Messages of sandbox networks, which nobody is sent.
CREATE TABLE sandbox_notices (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL,
  organisation_id text COLLATE "C" NOT NULL,
  driver_id text COLLATE "C" NOT NULL,
  channel text NOT NULL,
  recipient text NOT NULL,
  kind text NOT NULL,
  text text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX sandbox_notices_by_organisation ON sandbox_notices (organisation_id, id);
CREATE INDEX sandbox_notices_by_time ON sandbox_notices (network_id, created_at);

-- Keys that may do all that their organisation, or their driver, may do may do this, too.
UPDATE api_keys SET scopes = scopes || '{programmes:read,programmes:write}'::text[] WHERE kind IN ('secret', 'driver');
