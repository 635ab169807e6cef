-- What drivers think of charges: one row for each session, with a mark for each category.
CREATE TABLE ratings (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C",
  session_id text COLLATE "C" NOT NULL UNIQUE REFERENCES sessions (id),
  reservation_id text COLLATE "C",
  location_id text COLLATE "C" NOT NULL,
  evse_id text COLLATE "C" NOT NULL,
  connector_id text COLLATE "C",
  marks jsonb NOT NULL,
  answer text,
  answered_at timestamptz,
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX ratings_by_location ON ratings (location_id, id);
CREATE INDEX ratings_by_operator ON ratings (operator_id, id);
CREATE INDEX ratings_by_organisation ON ratings (organisation_id, id);
CREATE INDEX ratings_by_driver ON ratings (driver_id, id) WHERE driver_id IS NOT NULL;

-- What they come to for each location, EVSE and connector, in each category, and in `total`, where a session counts once.
CREATE TABLE rating_totals (
  place_id text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  count int NOT NULL,
  -- of the stars; no CHECK, since what a row would be is checked before what it is added to is known
  sum_hundredths bigint NOT NULL,
  PRIMARY KEY (place_id, category)
);

-- Cases of support.
CREATE TABLE support_tickets (
  id text COLLATE "C" PRIMARY KEY,
  network_id text COLLATE "C" NOT NULL REFERENCES networks (id),
  reference text NOT NULL,
  organisation_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  operator_id text COLLATE "C" NOT NULL REFERENCES organisations (id),
  driver_id text COLLATE "C",
  reservation_id text COLLATE "C",
  session_id text COLLATE "C",
  location_id text COLLATE "C",
  connector_id text COLLATE "C",
  category text NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'in_progress', 'resolved')),
  requester jsonb,
  contact jsonb NOT NULL,
  newest_message jsonb NOT NULL,
  message_count int NOT NULL CHECK (message_count > 0),
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  resolved_at timestamptz,
  UNIQUE (network_id, reference),
  CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE INDEX support_tickets_by_operator ON support_tickets (operator_id, id);
CREATE INDEX support_tickets_by_organisation ON support_tickets (organisation_id, id);
CREATE INDEX support_tickets_by_driver ON support_tickets (driver_id, id) WHERE driver_id IS NOT NULL;
CREATE INDEX support_tickets_unresolved ON support_tickets (organisation_id, reservation_id, session_id, connector_id) WHERE status <> 'resolved';

CREATE TABLE support_messages (
  id text COLLATE "C" PRIMARY KEY,
  ticket_id text COLLATE "C" NOT NULL REFERENCES support_tickets (id),
  author text NOT NULL CHECK (author IN ('customer', 'operator')),
  text text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX support_messages_by_ticket ON support_messages (ticket_id, id);

-- How an operator's support is reached.
ALTER TABLE organisations ADD COLUMN support_contact jsonb NOT NULL DEFAULT '{"phone": null, "email": null, "url": null, "hours": null}';

-- Keys that may do all that their organisation, or their driver, may do may do this, too.
UPDATE api_keys SET scopes = scopes || '{feedback:read,feedback:write}'::text[] WHERE kind IN ('secret', 'driver');
