import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { sql, type Queryable } from '../../../platform/database/index.ts';

export interface StoredFeed {
  driverId: string;
  networkId: string;
  tokenSha256: string;
  createdAt: EpochMs;
}

/** A driver has one feed; a new one takes the place of the old. */
export async function saveFeed(db: Queryable, feed: StoredFeed): Promise<void> {
  await db.query(sql`
    INSERT INTO calendar_feeds (driver_id, network_id, token_sha256, created_at)
    VALUES (${feed.driverId}, ${feed.networkId}, ${feed.tokenSha256}, ${toRfc3339(feed.createdAt)})
    ON CONFLICT (driver_id) DO UPDATE SET token_sha256 = excluded.token_sha256, created_at = excluded.created_at`);
}

/** False when there is none. */
export async function deleteFeed(db: Queryable, driverId: string): Promise<boolean> {
  return (await db.query(sql`DELETE FROM calendar_feeds WHERE driver_id = ${driverId} RETURNING driver_id`)).length === 1;
}

export async function findFeed(db: Queryable, tokenSha256: string): Promise<Pick<StoredFeed, 'driverId' | 'networkId'> | undefined> {
  return (await db.query<Pick<StoredFeed, 'driverId' | 'networkId'>>(sql`
    SELECT driver_id AS "driverId", network_id AS "networkId" FROM calendar_feeds WHERE token_sha256 = ${tokenSha256}`))[0];
}
