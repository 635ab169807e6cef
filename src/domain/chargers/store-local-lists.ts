import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { LocalToken } from './operator-command.ts';

export interface LocalList {
  stationId: string;
  /** that of the list which the station took last; 0 while it has none */
  version: number;
  /** the highest that was ever given away, so that none is used twice */
  lastVersion: number;
  /** whether the station certainly holds this: not when an answer was lost, or it says another version */
  isKnown: boolean;
  tokens: LocalToken[];
  updatedAt: EpochMs | null;
}

export async function findLocalList(db: Queryable, stationId: string): Promise<LocalList | undefined> {
  return (await db.query<LocalList>(sql`
    SELECT station_id AS "stationId", version, last_version AS "lastVersion", is_known AS "isKnown", tokens, updated_at AS "updatedAt"
    FROM station_local_lists WHERE station_id = ${stationId} FOR UPDATE`))[0];
}

export async function saveLocalList(db: Queryable, l: LocalList, now: EpochMs): Promise<void> {
  await db.query(sql`
    INSERT INTO station_local_lists (station_id, version, last_version, is_known, tokens, updated_at)
    VALUES (${l.stationId}, ${l.version}, ${l.lastVersion}, ${l.isKnown}, ${json(l.tokens)}::jsonb, ${toRfc3339(now)})
    ON CONFLICT (station_id) DO UPDATE SET version = excluded.version, last_version = excluded.last_version, is_known = excluded.is_known, tokens = excluded.tokens,
      updated_at = excluded.updated_at`);
}
