import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Sql } from '../../platform/database/index.ts';
import type { Driver, Vehicle } from './driver.ts';

const DRIVER = sql`id, network_id AS "networkId", organisation_id AS "organisationId", ref, name, metadata, consecutive_no_shows AS "consecutiveNoShows",
  consecutive_losses AS "consecutiveLosses", banned_until AS "bannedUntil", version, created_at AS "createdAt", updated_at AS "updatedAt"`;

export async function insertDriver(db: Queryable, d: Driver): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO drivers (id, network_id, organisation_id, ref, name, metadata, version, created_at, updated_at)
    VALUES (${d.id}, ${d.networkId}, ${d.organisationId}, ${d.ref}, ${d.name}, ${json(d.metadata)}::jsonb, ${d.version}, ${toRfc3339(d.createdAt)}, ${toRfc3339(d.updatedAt)})
    ON CONFLICT (organisation_id, ref) DO NOTHING RETURNING id`);
  return rows.length === 1;
}

export async function findDriver(db: Queryable, id: string): Promise<Driver | undefined> {
  return (await db.query<Driver>(sql`SELECT ${DRIVER} FROM drivers WHERE id = ${id}`))[0];
}

/** Locks the driver's row: rules that count a driver's reservations hold no other way. */
export async function lockDriver(db: Queryable, id: string): Promise<Driver | undefined> {
  return (await db.query<Driver>(sql`SELECT ${DRIVER} FROM drivers WHERE id = ${id} FOR UPDATE`))[0];
}

export async function updateDriver(db: Queryable, d: Driver): Promise<void> {
  await db.query(sql`
    UPDATE drivers SET ref = ${d.ref}, name = ${d.name}, metadata = ${json(d.metadata)}::jsonb, consecutive_no_shows = ${d.consecutiveNoShows},
      consecutive_losses = ${d.consecutiveLosses}, banned_until = ${d.bannedUntil === null ? null : toRfc3339(d.bannedUntil)}::timestamptz, version = ${d.version},
      updated_at = ${toRfc3339(d.updatedAt)}
    WHERE id = ${d.id}`);
}

export async function listDrivers(
  db: Queryable, organisationId: string, page: { after?: string; before?: string; ref?: string; driverId?: string; limit: number },
): Promise<Driver[]> {
  const where = sql`organisation_id = ${organisationId} ${page.ref === undefined ? sql`` : sql`AND ref = ${page.ref}`}
    ${page.driverId === undefined ? sql`` : sql`AND id = ${page.driverId}`}`;
  return pageByIdDescending(db, sql`SELECT ${DRIVER} FROM drivers WHERE ${where}`, page);
}

/** Newest first: rows after a cursor are older, rows before it newer. */
async function pageByIdDescending<T extends { id: string }>(db: Queryable, select: Sql, page: { after?: string; before?: string; limit: number }): Promise<T[]> {
  if (page.before !== undefined) {
    return (await db.query<T>(sql`${select} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query<T>(sql`${select} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}

type VehicleRow = Pick<Vehicle, 'id' | 'driverId' | 'version' | 'createdAt' | 'updatedAt'> & { attributes: Record<string, unknown> };
const VEHICLE = sql`id, driver_id AS "driverId", attributes, version, created_at AS "createdAt", updated_at AS "updatedAt"`;
const toVehicle = ({ attributes, ...row }: VehicleRow): Vehicle => ({ ...(attributes as unknown as Vehicle), ...row });

export async function insertVehicle(db: Queryable, vehicle: Vehicle): Promise<void> {
  const { id, driverId, version, createdAt, updatedAt, ...attributes } = vehicle;
  await db.query(sql`
    INSERT INTO vehicles (id, driver_id, attributes, version, created_at, updated_at)
    VALUES (${id}, ${driverId}, ${json(attributes)}::jsonb, ${version}, ${toRfc3339(createdAt)}, ${toRfc3339(updatedAt)})`);
}

export async function findVehicle(db: Queryable, id: string): Promise<Vehicle | undefined> {
  return (await db.query<VehicleRow>(sql`SELECT ${VEHICLE} FROM vehicles WHERE id = ${id} AND deleted_at IS NULL`)).map(toVehicle)[0];
}

export async function findVehicles(db: Queryable, ids: readonly string[]): Promise<Vehicle[]> {
  return (await db.query<VehicleRow>(sql`SELECT ${VEHICLE} FROM vehicles WHERE id = ANY(${[...ids]}::text[]) AND deleted_at IS NULL`)).map(toVehicle);
}

export async function listVehicles(db: Queryable, driverId: string): Promise<Vehicle[]> {
  return (await db.query<VehicleRow>(sql`SELECT ${VEHICLE} FROM vehicles WHERE driver_id = ${driverId} AND deleted_at IS NULL ORDER BY id DESC LIMIT 1000`)).map(toVehicle);
}

export async function deleteVehicle(db: Queryable, id: string, now: EpochMs): Promise<void> {
  await db.query(sql`UPDATE vehicles SET deleted_at = ${toRfc3339(now)}, version = version + 1, updated_at = ${toRfc3339(now)} WHERE id = ${id}`);
}
