-- Networks of others, where drivers of ours find and buy charging. What a network's protocol needs to know of it lies in `settings`, and of a
-- place that was found there in `route`: the domain does not look into either.
CREATE TABLE external_networks (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  ref text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  settings jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (network_id, ref)
);

-- What was found there last. `connectors` keep their ids by what the provider calls them.
CREATE TABLE external_places (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  external_network_id text COLLATE "C" NOT NULL REFERENCES external_networks (id),
  provider_id text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  content jsonb NOT NULL,
  connectors jsonb NOT NULL,
  route jsonb NOT NULL,
  seen_at timestamptz NOT NULL,
  UNIQUE (external_network_id, provider_id, key)
);
CREATE INDEX external_places_by_connector ON external_places USING gin (connectors jsonb_path_ops);
CREATE INDEX external_places_by_time ON external_places (seen_at);

-- A question of a driver's, and what was answered so far.
CREATE TABLE external_searches (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  external_network_id text COLLATE "C" NOT NULL REFERENCES external_networks (id),
  conversation_id text COLLATE "C" NOT NULL,
  answers int NOT NULL DEFAULT 0,
  found jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  UNIQUE (network_id, conversation_id)
);
CREATE INDEX external_searches_by_time ON external_searches (created_at);

CREATE TABLE external_reservations (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  external_network_id text COLLATE "C" NOT NULL REFERENCES external_networks (id),
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C" REFERENCES drivers (id),
  provider_id text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  status text NOT NULL CHECK (status IN ('asked', 'quoted', 'pending', 'confirmed', 'active', 'completed', 'cancelled', 'failed')),
  -- what was wanted, where, and what has been told of it
  content jsonb NOT NULL,
  -- the question that is not answered yet, and what came of the last one where it was refused
  waiting jsonb,
  problem jsonb,
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  ended_at timestamptz,
  UNIQUE (network_id, conversation_id)
);
CREATE INDEX external_reservations_by_organisation ON external_reservations (organisation_id, id);
CREATE INDEX external_reservations_by_driver ON external_reservations (driver_id, id) WHERE driver_id IS NOT NULL;
