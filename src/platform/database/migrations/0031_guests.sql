-- Sessions that somebody began who is nobody's driver: by this secret they follow it, stop it, and have its receipt.
ALTER TABLE sessions ADD COLUMN guest_hash text;
CREATE UNIQUE INDEX sessions_of_guests ON sessions (guest_hash) WHERE guest_hash IS NOT NULL;
