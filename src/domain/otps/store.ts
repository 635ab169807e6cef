import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { HashedOtp } from './otp.ts';

interface StoredOtp extends HashedOtp {
  purpose: string;
  subjectId: string;
  networkId: string;
  driverId: string;
  tries: number;
  expiresAt: EpochMs;
}

const instant = (at: EpochMs) => sql`${toRfc3339(at)}::timestamptz`;

/** In the place of the one before. */
export async function putOtp(db: Queryable, o: Omit<StoredOtp, 'tries'>): Promise<void> {
  await db.query(sql`
    INSERT INTO otps (purpose, subject_id, network_id, driver_id, salt, hash, tries, expires_at)
    VALUES (${o.purpose}, ${o.subjectId}, ${o.networkId}, ${o.driverId}, ${o.salt}, ${o.hash}, 0, ${instant(o.expiresAt)})
    ON CONFLICT (purpose, subject_id) DO UPDATE SET driver_id = EXCLUDED.driver_id, salt = EXCLUDED.salt, hash = EXCLUDED.hash, tries = 0, expires_at = EXCLUDED.expires_at`);
}

/** Of many tries at once, each waits for the one before. */
export async function lockOtp(db: Queryable, purpose: string, subjectId: string): Promise<StoredOtp | undefined> {
  return (await db.query<StoredOtp>(sql`
    SELECT purpose, subject_id AS "subjectId", network_id AS "networkId", driver_id AS "driverId", salt, hash, tries, expires_at AS "expiresAt"
    FROM otps WHERE purpose = ${purpose} AND subject_id = ${subjectId} FOR UPDATE`))[0];
}

export async function setTries(db: Queryable, { purpose, subjectId, tries }: Pick<StoredOtp, 'purpose' | 'subjectId' | 'tries'>): Promise<void> {
  await db.query(sql`UPDATE otps SET tries = ${tries} WHERE purpose = ${purpose} AND subject_id = ${subjectId}`);
}

export async function deleteOtp(db: Queryable, purpose: string, subjectId: string): Promise<void> {
  await db.query(sql`DELETE FROM otps WHERE purpose = ${purpose} AND subject_id = ${subjectId}`);
}

export async function insertIssue(db: Queryable, i: { networkId: string; driverId: string; at: EpochMs }): Promise<void> {
  await db.query(sql`INSERT INTO otp_issues (network_id, driver_id, at) VALUES (${i.networkId}, ${i.driverId}, ${instant(i.at)})`);
}

/** @returns how many since then, and when the oldest of them was */
export async function countIssues(db: Queryable, driverId: string, since: EpochMs): Promise<{ count: number; oldest: EpochMs | null }> {
  const [row] = await db.query<{ count: number; oldest: EpochMs | null }>(sql`
    SELECT count(*)::int AS count, min(at) AS oldest FROM otp_issues WHERE driver_id = ${driverId} AND at > ${instant(since)}`);
  return row!;
}

export async function deleteOtpsBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    DELETE FROM otps WHERE (purpose, subject_id) IN (
      SELECT purpose, subject_id FROM otps WHERE network_id = ${networkId} AND expires_at < ${instant(before)} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING purpose`);
  return rows.length;
}

export async function deleteIssuesBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    DELETE FROM otp_issues WHERE id IN (
      SELECT id FROM otp_issues WHERE network_id = ${networkId} AND at < ${instant(before)} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id`);
  return rows.length;
}
