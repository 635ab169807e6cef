-- What was invoiced of a bill, and whether it is still to be looked at.
ALTER TABLE bills ADD COLUMN invoiced jsonb;
CREATE INDEX bills_to_invoice ON bills (network_id, id) WHERE invoiced IS NULL OR invoiced ->> 'wanted' = 'true';
