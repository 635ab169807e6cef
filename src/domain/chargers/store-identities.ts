import { toRfc3339 } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { StationIdentity } from './identity.ts';

const IDENTITY = sql`i.station_id AS "stationId", i.network_id AS "networkId", i.operator_id AS "operatorId", i.identity, i.security_profile AS "securityProfile",
  i.password_hash AS "passwordHash", i.created_at AS "createdAt", i.updated_at AS "updatedAt"`;

/** False when another station of the operator has that identity. */
export async function saveIdentity(db: Queryable, i: StationIdentity): Promise<boolean> {
  const at = toRfc3339(i.updatedAt);
  const taken = await db.query(sql`
    SELECT 1 AS one FROM station_identities WHERE operator_id = ${i.operatorId} AND identity = ${i.identity} AND station_id <> ${i.stationId} FOR UPDATE`);
  if (taken.length > 0) return false;
  await db.query(sql`
    INSERT INTO station_identities (station_id, network_id, operator_id, identity, security_profile, password_hash, created_at, updated_at)
    VALUES (${i.stationId}, ${i.networkId}, ${i.operatorId}, ${i.identity}, ${i.securityProfile}, ${i.passwordHash}, ${at}, ${at})
    ON CONFLICT (station_id) DO UPDATE SET identity = excluded.identity, security_profile = excluded.security_profile, password_hash = excluded.password_hash,
      updated_at = excluded.updated_at`);
  return true;
}

export async function deleteIdentity(db: Queryable, stationId: string): Promise<boolean> {
  return (await db.query(sql`DELETE FROM station_identities WHERE station_id = ${stationId} RETURNING station_id`)).length === 1;
}

/** A retired station has none. */
export async function findIdentity(db: Queryable, stationId: string): Promise<StationIdentity | undefined> {
  return (await db.query<StationIdentity>(sql`
    SELECT ${IDENTITY} FROM station_identities i JOIN stations s ON s.id = i.station_id WHERE i.station_id = ${stationId} AND s.retired_at IS NULL`))[0];
}

export interface KnownOperator {
  operatorId: string;
  networkId: string;
  mode: 'live' | 'sandbox';
}

/** Operators that an address means, by id or by slug: in the live network before others. */
export async function findOperators(db: Queryable, idOrSlug: string): Promise<KnownOperator[]> {
  return db.query(sql`
    SELECT o.id AS "operatorId", n.id AS "networkId", n.mode FROM organisations o JOIN networks n ON n.id = o.network_id
    WHERE (o.id = ${idOrSlug} OR o.slug = ${idOrSlug}) AND 'operator' = ANY(o.roles) ORDER BY n.mode, o.id`);
}

/** The station that an operator knows by that identity, unless it is retired. */
export async function findByIdentity(db: Queryable, operatorIds: readonly string[], identity: string): Promise<StationIdentity[]> {
  return db.query(sql`
    SELECT ${IDENTITY} FROM station_identities i JOIN stations s ON s.id = i.station_id
    WHERE i.operator_id = ANY(${[...operatorIds]}::text[]) AND i.identity = ${identity} AND s.retired_at IS NULL`);
}

/** Keeps what a station proves itself with from being changed until the end of the transaction; false when it was changed already. */
export async function holdIdentity(db: Queryable, i: Pick<StationIdentity, 'stationId' | 'securityProfile' | 'passwordHash'>): Promise<boolean> {
  return (await db.query(sql`
    SELECT 1 AS one FROM station_identities
    WHERE station_id = ${i.stationId} AND security_profile = ${i.securityProfile} AND password_hash IS NOT DISTINCT FROM ${i.passwordHash} FOR SHARE`)).length === 1;
}
