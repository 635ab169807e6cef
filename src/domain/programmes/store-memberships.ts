import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { HashedOtp } from '../otps/index.ts';
import type { Membership } from './programme.ts';

const MEMBERSHIP = sql`id, network_id AS "networkId", organisation_id AS "organisationId", driver_id AS "driverId", programme_id AS "programmeId", member_id AS "memberId",
  status, recognised_by AS "recognisedBy", version, created_at AS "createdAt", updated_at AS "updatedAt", activated_at AS "activatedAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

export async function insertMembership(db: Queryable, m: Membership): Promise<void> {
  await db.query(sql`
    INSERT INTO memberships (id, network_id, organisation_id, driver_id, programme_id, member_id, status, recognised_by, version, created_at, updated_at, activated_at)
    VALUES (${m.id}, ${m.networkId}, ${m.organisationId}, ${m.driverId}, ${m.programmeId}, ${m.memberId}, ${m.status}, ${m.recognisedBy}, ${m.version}, ${instant(m.createdAt)},
      ${instant(m.updatedAt)}, ${instant(m.activatedAt)})`);
}

export async function updateMembership(db: Queryable, m: Membership): Promise<void> {
  await db.query(sql`
    UPDATE memberships SET member_id = ${m.memberId}, status = ${m.status}, recognised_by = ${m.recognisedBy}, version = ${m.version}, updated_at = ${instant(m.updatedAt)},
      activated_at = ${instant(m.activatedAt)}
    WHERE id = ${m.id}`);
}

/** The one that has not ended. */
export async function findStanding(db: Queryable, driverId: string, programmeId: string): Promise<Membership | undefined> {
  return (await db.query<Membership>(sql`
    SELECT ${MEMBERSHIP} FROM memberships WHERE driver_id = ${driverId} AND programme_id = ${programmeId} AND status <> 'ended' FOR UPDATE`))[0];
}

export async function findMembership(db: Queryable, id: string): Promise<Membership | undefined> {
  return (await db.query<Membership>(sql`SELECT ${MEMBERSHIP} FROM memberships WHERE id = ${id}`))[0];
}

export async function lockMembership(db: Queryable, id: string): Promise<Membership | undefined> {
  return (await db.query<Membership>(sql`SELECT ${MEMBERSHIP} FROM memberships WHERE id = ${id} FOR UPDATE`))[0];
}

export async function listStanding(db: Queryable, driverId: string): Promise<Membership[]> {
  return db.query(sql`SELECT ${MEMBERSHIP} FROM memberships WHERE driver_id = ${driverId} AND status <> 'ended' ORDER BY id DESC LIMIT 1000`);
}

/** In the order of their making. */
export async function listActive(db: Queryable, driverId: string): Promise<{ id: string; programmeId: string }[]> {
  return db.query(sql`
    SELECT m.id, m.programme_id AS "programmeId" FROM memberships m JOIN programmes p ON p.id = m.programme_id
    WHERE m.driver_id = ${driverId} AND m.status = 'active' AND p.retired_at IS NULL ORDER BY m.id`);
}

export async function endOfMembers(db: Queryable, memberIds: readonly string[], now: EpochMs): Promise<Membership[]> {
  return db.query(sql`
    UPDATE memberships SET status = 'ended', version = version + 1, updated_at = ${instant(now)} WHERE member_id = ANY(${[...memberIds]}::text[]) AND status <> 'ended'
    RETURNING ${MEMBERSHIP}`);
}

/** In the place of the one before. */
export async function putOtp(db: Queryable, membershipId: string, { salt, hash, expiresAt }: HashedOtp & { expiresAt: EpochMs }): Promise<void> {
  await db.query(sql`
    INSERT INTO membership_otps (membership_id, salt, hash, tries, expires_at) VALUES (${membershipId}, ${salt}, ${hash}, 0, ${instant(expiresAt)})
    ON CONFLICT (membership_id) DO UPDATE SET salt = EXCLUDED.salt, hash = EXCLUDED.hash, tries = 0, expires_at = EXCLUDED.expires_at`);
}

/** The membership must be locked. */
export async function findOtp(db: Queryable, membershipId: string): Promise<(HashedOtp & { tries: number; expiresAt: EpochMs }) | undefined> {
  return (await db.query<HashedOtp & { tries: number; expiresAt: EpochMs }>(sql`
    SELECT salt, hash, tries, expires_at AS "expiresAt" FROM membership_otps WHERE membership_id = ${membershipId}`))[0];
}

export async function setTries(db: Queryable, membershipId: string, tries: number): Promise<void> {
  await db.query(sql`UPDATE membership_otps SET tries = ${tries} WHERE membership_id = ${membershipId}`);
}

export async function deleteOtp(db: Queryable, membershipId: string): Promise<void> {
  await db.query(sql`DELETE FROM membership_otps WHERE membership_id = ${membershipId}`);
}

/** Of many who claim one thing at once, each waits for the one before: all of them are counted. */
export async function lockClaim(db: Queryable, claimHash: string): Promise<void> {
  await db.query(sql`SELECT pg_advisory_xact_lock(hashtextextended(${claimHash}, 0)) IS NULL AS taken`);
}

/** @returns how many since then, and when the oldest of them was */
export async function countClaims(
  db: Queryable, { driverId, claimHash, since }: { driverId: string; claimHash: string; since: EpochMs },
): Promise<{ ofDriver: number; ofClaim: number; oldest: EpochMs | null }> {
  const [row] = await db.query<{ ofDriver: number; ofClaim: number; oldest: EpochMs | null }>(sql`
    SELECT count(*) FILTER (WHERE driver_id = ${driverId})::int AS "ofDriver", count(*) FILTER (WHERE claim_hash = ${claimHash})::int AS "ofClaim", min(at) AS oldest
    FROM membership_claims WHERE (driver_id = ${driverId} OR claim_hash = ${claimHash}) AND at > ${instant(since)}`);
  return row!;
}

export async function insertClaim(db: Queryable, c: { networkId: string; driverId: string; claimHash: string; at: EpochMs }): Promise<void> {
  await db.query(sql`
    INSERT INTO membership_claims (network_id, driver_id, claim_hash, at) VALUES (${c.networkId}, ${c.driverId}, ${c.claimHash}, ${instant(c.at)})`);
}

export async function deleteClaimsBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    DELETE FROM membership_claims WHERE id IN (
      SELECT id FROM membership_claims WHERE network_id = ${networkId} AND at < ${instant(before)} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id`);
  return rows.length;
}

export async function deleteOtpsBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    DELETE FROM membership_otps WHERE membership_id IN (
      SELECT o.membership_id FROM membership_otps o JOIN memberships m ON m.id = o.membership_id
      WHERE m.network_id = ${networkId} AND o.expires_at < ${instant(before)} LIMIT ${limit} FOR UPDATE OF o SKIP LOCKED)
    RETURNING membership_id`);
  return rows.length;
}
