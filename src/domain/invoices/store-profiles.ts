import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { LegalProfile } from './legal-profile.ts';

export interface StoredProfile extends LegalProfile {
  organisationId: string;
  version: number;
  createdAt: EpochMs;
}

/** The one that is in force; undefined when the organisation has none. */
export async function findProfile(db: Queryable, organisationId: string): Promise<StoredProfile | undefined> {
  const [row] = await db.query<{ version: number; createdAt: EpochMs; content: LegalProfile }>(sql`
    SELECT version, created_at AS "createdAt", content FROM legal_profiles WHERE organisation_id = ${organisationId} ORDER BY version DESC LIMIT 1`);
  return row && { ...row.content, organisationId, version: row.version, createdAt: row.createdAt };
}

/** The organisation's row must be locked. */
export async function insertProfile(db: Queryable, { organisationId, version, createdAt, ...content }: StoredProfile): Promise<void> {
  await db.query(sql`
    INSERT INTO legal_profiles (organisation_id, version, content, created_at) VALUES (${organisationId}, ${version}, ${json(content)}::jsonb, ${toRfc3339(createdAt)})`);
}
