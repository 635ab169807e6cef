-- When somebody is to look after a conflict's reservation (move it to another EVSE, or give it up); null when nobody need.
ALTER TABLE conflicts ADD COLUMN settle_at timestamptz;
CREATE INDEX conflicts_to_settle ON conflicts (network_id, settle_at) WHERE status = 'open' AND settle_at IS NOT NULL;
CREATE INDEX conflicts_open_by_booking ON conflicts (booking_id) WHERE status = 'open';
-- Those who have lost their EVSE have been told of the freed time, and had their chance.
ALTER TABLE freed_times ADD COLUMN is_told boolean NOT NULL DEFAULT false;
