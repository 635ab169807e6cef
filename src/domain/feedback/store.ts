import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { Rating, Total } from './rating.ts';

const RATING = sql`id, network_id AS "networkId", organisation_id AS "organisationId", operator_id AS "operatorId", driver_id AS "driverId", session_id AS "sessionId",
  reservation_id AS "reservationId", location_id AS "locationId", evse_id AS "evseId", connector_id AS "connectorId", marks, answer, answered_at AS "answeredAt", version,
  created_at AS "createdAt", updated_at AS "updatedAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/** False when its session has one already. */
export async function insertRating(db: Queryable, r: Rating): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO ratings (id, network_id, organisation_id, operator_id, driver_id, session_id, reservation_id, location_id, evse_id, connector_id, marks, version, created_at,
      updated_at)
    VALUES (${r.id}, ${r.networkId}, ${r.organisationId}, ${r.operatorId}, ${r.driverId}, ${r.sessionId}, ${r.reservationId}, ${r.locationId}, ${r.evseId}, ${r.connectorId},
      ${json(r.marks)}::jsonb, ${r.version}, ${instant(r.createdAt)}, ${instant(r.updatedAt)})
    ON CONFLICT (session_id) DO NOTHING RETURNING id`);
  return rows.length === 1;
}

/** The row must be locked. */
export async function updateRating(db: Queryable, r: Rating): Promise<void> {
  await db.query(sql`
    UPDATE ratings SET marks = ${json(r.marks)}::jsonb, answer = ${r.answer}, answered_at = ${instant(r.answeredAt)}, version = ${r.version}, updated_at = ${instant(r.updatedAt)}
    WHERE id = ${r.id}`);
}

export async function lockRatingOf(db: Queryable, sessionId: string): Promise<Rating | undefined> {
  return (await db.query<Rating>(sql`SELECT ${RATING} FROM ratings WHERE session_id = ${sessionId} FOR UPDATE`))[0];
}

export async function lockRating(db: Queryable, id: string): Promise<Rating | undefined> {
  return (await db.query<Rating>(sql`SELECT ${RATING} FROM ratings WHERE id = ${id} FOR UPDATE`))[0];
}

export async function findRating(db: Queryable, id: string): Promise<Rating | undefined> {
  return (await db.query<Rating>(sql`SELECT ${RATING} FROM ratings WHERE id = ${id}`))[0];
}

export interface RatingListing {
  networkId: string;
  /** one of the two sides */
  partyId?: string;
  driverId?: string;
  locationId?: string;
  evseId?: string;
  sessionId?: string;
  reservationId?: string;
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listRatings(db: Queryable, of: RatingListing): Promise<Rating[]> {
  const where = sql`network_id = ${of.networkId}
    ${of.partyId === undefined ? sql`` : sql`AND (operator_id = ${of.partyId} OR organisation_id = ${of.partyId})`}
    ${of.driverId === undefined ? sql`` : sql`AND driver_id = ${of.driverId}`} ${of.locationId === undefined ? sql`` : sql`AND location_id = ${of.locationId}`}
    ${of.evseId === undefined ? sql`` : sql`AND evse_id = ${of.evseId}`} ${of.sessionId === undefined ? sql`` : sql`AND session_id = ${of.sessionId}`}
    ${of.reservationId === undefined ? sql`` : sql`AND reservation_id = ${of.reservationId}`}`;
  if (of.before !== undefined) {
    return (await db.query<Rating>(sql`SELECT ${RATING} FROM ratings WHERE ${where} AND id > ${of.before} ORDER BY id ASC LIMIT ${of.limit}`)).reverse();
  }
  return db.query(sql`SELECT ${RATING} FROM ratings WHERE ${where} ${of.after === undefined ? sql`` : sql`AND id < ${of.after}`} ORDER BY id DESC LIMIT ${of.limit}`);
}

/** Adds to the totals of places (locations, EVSEs, connectors). All take their locks in the same order. */
export async function addToTotals(db: Queryable, placeIds: readonly string[], changes: readonly Total[]): Promise<void> {
  const rows = placeIds.flatMap((placeId) => changes.map((change) => ({ placeId, ...change })));
  await db.query(sql`
    INSERT INTO rating_totals (place_id, category, count, sum_hundredths)
    SELECT "placeId", category, count, "sumHundredths" FROM jsonb_to_recordset(${json(rows)}::jsonb) AS r ("placeId" text, category text, count int, "sumHundredths" bigint)
    ORDER BY "placeId" COLLATE "C", category COLLATE "C"
    ON CONFLICT (place_id, category) DO UPDATE SET count = rating_totals.count + excluded.count, sum_hundredths = rating_totals.sum_hundredths + excluded.sum_hundredths`);
}

export async function findTotals(db: Queryable, placeId: string): Promise<Total[]> {
  return db.query(sql`SELECT category, count, sum_hundredths::float8 AS "sumHundredths" FROM rating_totals WHERE place_id = ${placeId} ORDER BY category`);
}

/** What sessions come to at each of these places, or at all locations. */
export async function findVotes(db: Queryable, placeIds: readonly string[] | 'all_locations'): Promise<{ placeId: string; count: number; sumHundredths: number }[]> {
  return db.query(sql`
    SELECT place_id AS "placeId", count, sum_hundredths::float8 AS "sumHundredths" FROM rating_totals
    WHERE category = 'total' ${placeIds === 'all_locations' ? sql`AND starts_with(place_id, 'loc_')` : sql`AND place_id = ANY(${[...placeIds]}::text[])`}`);
}
