-- Since when a connector has been what it is, however often it is said; and outages that begin because a station says so, which end when it works again.
ALTER TABLE ocpp_connectors ADD COLUMN status_since timestamptz;
UPDATE ocpp_connectors SET status_since = reported_at;
ALTER TABLE ocpp_connectors ALTER COLUMN status_since SET NOT NULL;
CREATE INDEX ocpp_connectors_faulted ON ocpp_connectors (status_since) WHERE status = 'OUTOFORDER' AND evse_id IS NOT NULL;
ALTER TABLE outages ADD COLUMN is_reported boolean NOT NULL DEFAULT false;
CREATE INDEX outages_reported ON outages (evse_id, starts_at) WHERE is_reported;
CREATE UNIQUE INDEX outages_reported_once ON outages (evse_id) WHERE is_reported AND ends_at IS NULL;
