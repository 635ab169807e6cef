-- What is to be answered or sent says when it is due, so that whichever process looks finds what another has left: no job stands beside each message.
ALTER TABLE beckn_received ADD COLUMN answer_at timestamptz;
UPDATE beckn_received SET answer_at = received_at + interval '10 seconds' WHERE status = 'accepted';
ALTER TABLE beckn_received ADD CHECK ((status = 'accepted') = (answer_at IS NOT NULL));
CREATE INDEX beckn_received_by_due ON beckn_received (answer_at) WHERE answer_at IS NOT NULL;
CREATE INDEX beckn_sent_by_due ON beckn_sent (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
