-- Payments and refunds of which a provider's answer is waited for: few, and looked for again and again.
CREATE INDEX payments_waiting ON payments (network_id, id) WHERE status = 'pending' AND provider IS NOT NULL;
CREATE INDEX payment_refunds_waiting ON payment_refunds (payment_id) WHERE status = 'pending';
