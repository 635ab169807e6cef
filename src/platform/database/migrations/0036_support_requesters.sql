-- How customers of cases can be called back, until that is forgotten.
CREATE INDEX support_tickets_by_requester ON support_tickets (network_id, resolved_at) WHERE requester IS NOT NULL;
