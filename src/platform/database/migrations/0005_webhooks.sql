-- The exact text that is signed and sent, on every attempt and replay the same; NULL where the event could not be encoded.
ALTER TABLE webhook_deliveries ALTER COLUMN body TYPE text USING body::text;
ALTER TABLE webhook_deliveries ALTER COLUMN body DROP NOT NULL;
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_body CHECK (body IS NOT NULL OR status = 'failed');
-- How often the next attempt was begun already without its outcome being written down (a process that died in between).
ALTER TABLE webhook_deliveries ADD COLUMN sends int NOT NULL DEFAULT 0;
ALTER TABLE webhook_deliveries ADD COLUMN replay_of text COLLATE "C" REFERENCES webhook_deliveries (id);
-- An event goes to an endpoint once; only a replay sends it again.
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (endpoint_id, event_id) WHERE replay_of IS NULL;

-- Since when an endpoint has had nothing but failures; NULL after every success.
ALTER TABLE webhook_endpoints ADD COLUMN failing_since timestamptz;
ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_disabled_reason CHECK (
  (status = 'disabled') = (disabled_reason IS NOT NULL) AND disabled_reason IN ('by_owner', 'gone', 'failing'));
CREATE INDEX webhook_endpoints_enabled ON webhook_endpoints (network_id, organisation_id) WHERE status = 'enabled' AND deleted_at IS NULL;
