import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';

export interface CertificateRequest {
  id: string;
  stationId: string;
  /** PKCS #10, as PEM */
  csr: string;
  use: 'charging_station' | 'v2g';
  /** the station's own number of it, which 2.1 has */
  requestId: number | null;
  status: 'waiting' | 'signed' | 'refused';
  receivedAt: EpochMs;
  finishedAt: EpochMs | null;
}

const REQUEST = sql`id, station_id AS "stationId", csr, use, request_id AS "requestId", status, received_at AS "receivedAt", finished_at AS "finishedAt"`;

/** Keeps a request; the oldest of the station go when there are too many. */
export async function insertRequest(db: Queryable, r: CertificateRequest, most: number): Promise<void> {
  await db.query(sql`
    INSERT INTO certificate_requests (id, station_id, csr, use, request_id, status, received_at)
    VALUES (${r.id}, ${r.stationId}, ${r.csr}, ${r.use}, ${r.requestId}, ${r.status}, ${toRfc3339(r.receivedAt)})`);
  await db.query(sql`
    DELETE FROM certificate_requests WHERE station_id = ${r.stationId} AND id <= (
      SELECT id FROM certificate_requests WHERE station_id = ${r.stationId} ORDER BY id DESC OFFSET ${most} LIMIT 1)`);
}

export async function lockRequest(db: Queryable, id: string): Promise<CertificateRequest | undefined> {
  return (await db.query<CertificateRequest>(sql`SELECT ${REQUEST} FROM certificate_requests WHERE id = ${id} FOR UPDATE`))[0];
}

export async function updateRequest(db: Queryable, r: CertificateRequest): Promise<void> {
  await db.query(sql`
    UPDATE certificate_requests SET status = ${r.status}, finished_at = ${r.finishedAt === null ? null : toRfc3339(r.finishedAt)}::timestamptz WHERE id = ${r.id}`);
}

/** Newest first. */
export async function listRequests(db: Queryable, stationId: string, page: { after?: string; before?: string; limit: number }): Promise<CertificateRequest[]> {
  if (page.before !== undefined) {
    return (await db.query<CertificateRequest>(sql`
      SELECT ${REQUEST} FROM certificate_requests WHERE station_id = ${stationId} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${REQUEST} FROM certificate_requests WHERE station_id = ${stationId} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`}
    ORDER BY id DESC LIMIT ${page.limit}`);
}
