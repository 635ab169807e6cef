-- Flexible reservations wait for their assignment: they have an area and a window, and neither a place nor an operator yet.
ALTER TABLE reservations ALTER COLUMN operator_id DROP NOT NULL;
ALTER TABLE reservations
  -- while it waits: when it is to be decided
  ADD COLUMN assign_at timestamptz,
  -- while it waits: what the newest plan says of it; written beside the versions, since it is a guess and no change
  ADD COLUMN outlook jsonb,
  ADD CONSTRAINT reservations_have_an_operator CHECK (operator_id IS NOT NULL OR mode = 'flexible'),
  ADD CONSTRAINT reservations_wait_or_have_a_place CHECK (assign_at IS NULL OR (status = 'pending' AND booking_id IS NULL));
CREATE INDEX reservations_to_assign ON reservations (network_id, assign_at) WHERE assign_at IS NOT NULL;
DROP INDEX reservations_holds_by_organisation;
CREATE INDEX reservations_holds_by_organisation ON reservations (organisation_id) WHERE status = 'pending' AND booking_id IS NOT NULL;
CREATE INDEX reservations_waiting_by_organisation ON reservations (organisation_id) WHERE assign_at IS NOT NULL;

-- Flexible reservations of a driver that found no room, one after another: who keeps losing goes first.
ALTER TABLE drivers ADD COLUMN consecutive_losses int NOT NULL DEFAULT 0;

-- Who is assigning in a part of the map, so that no two processes do so at once. A lease that nobody gives back ends by itself.
CREATE TABLE assignment_leases (
  network_id text COLLATE "C" NOT NULL,
  cell text COLLATE "C" NOT NULL,
  holder text NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (network_id, cell)
);

-- Time of an EVSE that has become free, until it has been offered to those who wait for it.
CREATE TABLE freed_times (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  location_id text COLLATE "C" NOT NULL,
  evse_id text COLLATE "C" NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL
);

CREATE INDEX locations_by_place ON locations (network_id, latitude, longitude) WHERE retired_at IS NULL;
