import type { EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';

export interface FaultedEvse {
  evseId: string;
  locationId: string;
  /** when the last of its connectors failed */
  since: EpochMs;
}

/**
 * The EVSE whose connectors have all been out of order for the longest time, of which no outage has been told since, nor goes on. One that is retired is out for
 * that reason.
 */
export async function findFaulted(db: Queryable, networkId: string): Promise<FaultedEvse | undefined> {
  return (await db.query<FaultedEvse>(sql`
    SELECT f.evse_id AS "evseId", e.location_id AS "locationId", f.since FROM (
      SELECT evse_id, max(status_since) AS since FROM ocpp_connectors WHERE status = 'OUTOFORDER' AND evse_id IS NOT NULL GROUP BY evse_id) f
    JOIN evses e ON e.id = f.evse_id JOIN locations l ON l.id = e.location_id
    WHERE l.network_id = ${networkId} AND e.retired_at IS NULL AND e.status = 'OUTOFORDER'
      AND NOT EXISTS (SELECT 1 FROM outages g WHERE g.evse_id = f.evse_id AND (g.ends_at IS NULL OR (g.is_reported AND g.starts_at >= f.since)))
    ORDER BY f.since LIMIT 1`))[0];
}
