-- What is given back by hand once it is billed is given by the provider: the bill stands.
ALTER TABLE payment_refunds ADD COLUMN is_goodwill boolean NOT NULL DEFAULT false;
