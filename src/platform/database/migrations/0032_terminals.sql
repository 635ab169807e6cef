-- What a payment terminal has authorised pays for one thing: by its own reference it is found again.
CREATE UNIQUE INDEX payments_of_terminals ON payments (organisation_id, provider_ref) WHERE method = 'terminal';
