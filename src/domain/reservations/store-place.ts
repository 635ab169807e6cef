/** Where something is asked for, read together with the policy in force there: every booking begins with it. */
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { TreeStamp } from '../stations/index.ts';
import type { PolicyVersion } from './policy.ts';
import { POLICY } from './store.ts';

/** One of these says where. */
export interface Place {
  evseId?: string;
  connectorId?: string;
  stationId?: string;
  locationId?: string;
}

/** Which content a location has, and the policy in force there; none where nobody has made one. */
export interface FoundPlace {
  stamp: TreeStamp;
  policy: PolicyVersion | undefined;
}

type PlaceRow = { stampId: string; stampVersion: number; writtenBy: string } & (PolicyVersion | { id: null });

const PLACE = sql`l.id AS "stampId", l.version AS "stampVersion", l.xmin::text AS "writtenBy", p.*`;
const POLICY_THERE = sql`LEFT JOIN LATERAL (
  SELECT ${POLICY} FROM booking_policies WHERE operator_id = l.operator_id AND (location_id IS NULL OR location_id = l.id)
  ORDER BY location_id NULLS LAST, version DESC LIMIT 1) p ON true`;

function toPlace({ stampId: id, stampVersion: version, writtenBy, ...policy }: PlaceRow): FoundPlace {
  return { stamp: { id, version, writtenBy }, policy: policy.id === null ? undefined : policy };
}

const locationIdOf = ({ evseId, connectorId, stationId, locationId }: Place) => (
  evseId !== undefined ? sql`(SELECT location_id FROM evses WHERE id = ${evseId} AND retired_at IS NULL)`
    : connectorId !== undefined ? sql`
      (SELECT e.location_id FROM connectors c JOIN evses e ON e.id = c.evse_id WHERE c.id = ${connectorId} AND c.retired_at IS NULL AND e.retired_at IS NULL)`
    : stationId !== undefined ? sql`(SELECT location_id FROM stations WHERE id = ${stationId} AND retired_at IS NULL)` : sql`${locationId}`);

export async function findPlace(db: Queryable, place: Place): Promise<FoundPlace | undefined> {
  return (await db.query<PlaceRow>(sql`SELECT ${PLACE} FROM locations l ${POLICY_THERE} WHERE l.id = ${locationIdOf(place)}`)).map(toPlace)[0];
}

/** Those of the locations that there are, in no order. */
export async function findPlaces(db: Queryable, locationIds: readonly string[]): Promise<FoundPlace[]> {
  return (await db.query<PlaceRow>(sql`SELECT ${PLACE} FROM locations l ${POLICY_THERE} WHERE l.id = ANY(${[...locationIds]}::text[])`)).map(toPlace);
}

/** Live, published locations of the network in a box around a point, the nearest first (by plain degrees, which is enough to choose neighbours). */
export async function findPlacesAround(
  db: Queryable, networkId: string, at: { latitude: number; longitude: number }, without: string, limit: number,
): Promise<FoundPlace[]> {
  const degrees = 0.25;
  const widening = degrees / Math.max(0.05, Math.cos((at.latitude * Math.PI) / 180));
  const rows = await db.query<PlaceRow>(sql`
    SELECT ${PLACE} FROM (
      SELECT id, version, xmin, operator_id, latitude, longitude FROM locations
      WHERE network_id = ${networkId} AND retired_at IS NULL AND publish AND id <> ${without}
        AND latitude BETWEEN ${at.latitude - degrees} AND ${at.latitude + degrees} AND longitude BETWEEN ${at.longitude - widening} AND ${at.longitude + widening}
      ORDER BY (latitude - ${at.latitude}::float8) ^ 2 + ((longitude - ${at.longitude}::float8) * cos(radians(${at.latitude}::float8))) ^ 2 LIMIT ${limit}) l
    ${POLICY_THERE}
    ORDER BY (l.latitude - ${at.latitude}::float8) ^ 2 + ((l.longitude - ${at.longitude}::float8) * cos(radians(${at.latitude}::float8))) ^ 2`);
  return rows.map(toPlace);
}
