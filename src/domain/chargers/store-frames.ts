import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';

/** Whether frames of a station are written down. */
export interface FrameLog {
  stationId: string;
  enabled: boolean;
  until: EpochMs | null;
  version: number;
  updatedAt: EpochMs | null;
}

export interface StationFrame {
  id: string;
  stationId: string;
  /** from the station, or to it */
  direction: 'in' | 'out';
  /** as it went over the wire, but for passwords */
  frame: string;
  at: EpochMs;
}

const LOG = sql`station_id AS "stationId", enabled, until, version, updated_at AS "updatedAt"`;

export async function findFrameLog(db: Queryable, stationId: string): Promise<FrameLog | undefined> {
  return (await db.query<FrameLog>(sql`SELECT ${LOG} FROM station_frame_logs WHERE station_id = ${stationId}`))[0];
}

export async function saveFrameLog(db: Queryable, { stationId, enabled, until }: Pick<FrameLog, 'stationId' | 'enabled' | 'until'>, now: EpochMs): Promise<FrameLog> {
  const [row] = await db.query<FrameLog>(sql`
    INSERT INTO station_frame_logs AS l (station_id, enabled, until, version, updated_at)
    VALUES (${stationId}, ${enabled}, ${until === null ? null : toRfc3339(until)}::timestamptz, 1, ${toRfc3339(now)})
    ON CONFLICT (station_id) DO UPDATE SET enabled = excluded.enabled, until = excluded.until, version = l.version + 1, updated_at = excluded.updated_at RETURNING ${LOG}`);
  return row!;
}

/** Appends frames of a station; its oldest go when there are too many. */
export async function insertFrames(
  db: Queryable, { stationId, networkId }: { stationId: string; networkId: string }, frames: readonly Omit<StationFrame, 'stationId'>[], most: number,
): Promise<void> {
  await db.query(sql`
    INSERT INTO station_frames (id, station_id, network_id, direction, frame, at)
    SELECT f.id, ${stationId}, ${networkId}, f.direction, f.frame, f.at
    FROM jsonb_to_recordset(${json(frames.map(({ at, ...rest }) => ({ ...rest, at: toRfc3339(at) })))}::jsonb) AS f (id text, direction text, frame text, at timestamptz)`);
  await db.query(sql`
    DELETE FROM station_frames WHERE station_id = ${stationId} AND id <= (
      SELECT id FROM station_frames WHERE station_id = ${stationId} ORDER BY id DESC OFFSET ${most} LIMIT 1)`);
}

/** Newest first. */
export async function listFrames(db: Queryable, stationId: string, page: { after?: string; before?: string; limit: number }): Promise<StationFrame[]> {
  const columns = sql`id, station_id AS "stationId", direction, frame, at`;
  if (page.before !== undefined) {
    return (await db.query<StationFrame>(sql`
      SELECT ${columns} FROM station_frames WHERE station_id = ${stationId} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${columns} FROM station_frames WHERE station_id = ${stationId} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}

export async function deleteFramesBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  return (await db.query(sql`
    DELETE FROM station_frames WHERE id IN (
      SELECT id FROM station_frames WHERE network_id = ${networkId} AND at < ${toRfc3339(before)} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING 1 AS one`)).length;
}
