import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Sql } from '../../platform/database/index.ts';
import type { Connector, Evse, Location, Station } from './location.ts';
import { treesOf, type TreeStamp } from './known-trees.ts';
import { assembleLocations, type ConnectorRow, type EvseRow, type LocationRow, type StationRow } from './rows.ts';

const LOCATION = sql`id, network_id AS "networkId", operator_id AS "operatorId", ref, publish, name, country, latitude, longitude, time_zone AS "timeZone", attributes,
  version, created_at AS "createdAt", updated_at AS "updatedAt", retired_at AS "retiredAt"`;

/** Whole trees of locations, without what was retired below them, in the order of their ids. */
export async function loadLocations(db: Queryable, where: Sql, limit?: number): Promise<Location[]> {
  const locations = await db.query<LocationRow>(sql`SELECT ${LOCATION} FROM locations WHERE ${where} ORDER BY id ${limit === undefined ? sql`` : sql`LIMIT ${limit}`}`);
  if (locations.length === 0) return [];
  const ids = locations.map((location) => location.id);
  const stations = await db.query<StationRow>(sql`
    SELECT id, location_id AS "locationId", ref, attributes FROM stations WHERE location_id = ANY(${ids}::text[]) AND retired_at IS NULL ORDER BY id`);
  const evses = await db.query<EvseRow>(sql`
    SELECT id, location_id AS "locationId", station_id AS "stationId", uid, status, status_at AS "statusAt", attributes
    FROM evses WHERE location_id = ANY(${ids}::text[]) AND retired_at IS NULL ORDER BY id`);
  const connectors = await db.query<ConnectorRow>(sql`
    SELECT c.id, c.evse_id AS "evseId", c.ref, c.standard, c.power_type AS "powerType", c.max_power_w AS "maxPowerW", c.attributes
    FROM connectors c JOIN evses e ON e.id = c.evse_id WHERE e.location_id = ANY(${ids}::text[]) AND c.retired_at IS NULL ORDER BY c.id`);
  return assembleLocations(locations, stations, evses, connectors);
}

export async function findLocation(db: Queryable, id: string): Promise<Location | undefined> {
  return (await loadLocations(db, sql`id = ${id}`))[0];
}

/**
 * Locks a location with its EVSEs until the end of the transaction; every change below it goes through that lock. The EVSEs come
 * first, in the order of their ids: who charges at one of them has its row when it comes for the location's.
 */
export async function lockLocation(db: Queryable, id: string): Promise<Location | undefined> {
  await db.query(sql`SELECT 1 AS one FROM evses WHERE location_id = ${id} ORDER BY id FOR NO KEY UPDATE`);
  await db.query(sql`SELECT 1 AS one FROM locations WHERE id = ${id} FOR NO KEY UPDATE`);
  return findLocation(db, id);
}

/** Locks an EVSE and its location, in this order, for a change of that EVSE alone. */
export async function lockEvseAndLocation(db: Queryable, evseId: string, locationId: string): Promise<Location | undefined> {
  await db.query(sql`SELECT 1 AS one FROM evses WHERE id = ${evseId} FOR NO KEY UPDATE`);
  await db.query(sql`SELECT 1 AS one FROM locations WHERE id = ${locationId} FOR NO KEY UPDATE`);
  return findLocation(db, locationId);
}

/** The locations whose stamps have just been read, as they are now, in the order of their ids. Nobody may change them. */
export async function readTrees(db: Queryable, stamps: readonly TreeStamp[]): Promise<Location[]> {
  const trees = await treesOf(db, stamps, (missing) => loadLocationsByIds(db, missing));
  return trees.sort((a, b) => (a.id < b.id ? -1 : 1));
}

const locationIdOf = (kind: 'location' | 'station' | 'evse' | 'connector', id: string) => (
  kind === 'evse' ? sql`(SELECT location_id FROM evses WHERE id = ${id} AND retired_at IS NULL)`
    : kind === 'station' ? sql`(SELECT location_id FROM stations WHERE id = ${id} AND retired_at IS NULL)`
      : kind === 'connector' ? sql`
        (SELECT e.location_id FROM connectors c JOIN evses e ON e.id = c.evse_id WHERE c.id = ${id} AND c.retired_at IS NULL AND e.retired_at IS NULL)`
        : sql`${id}`);

/** The stamp of a location, or of that which an EVSE, a station or a connector belongs to. */
export async function findTreeStamp(db: Queryable, kind: Parameters<typeof locationIdOf>[0], id: string): Promise<TreeStamp | undefined> {
  return (await db.query<TreeStamp>(sql`SELECT id, version, xmin::text AS "writtenBy" FROM locations WHERE id = ${locationIdOf(kind, id)}`))[0];
}

/** The location that an EVSE, a station or a connector belongs to. */
export async function findLocationIdOf(db: Queryable, kind: 'station' | 'evse' | 'connector', id: string): Promise<string | undefined> {
  const query = {
    station: sql`SELECT location_id AS "locationId" FROM stations WHERE id = ${id} AND retired_at IS NULL`,
    evse: sql`SELECT location_id AS "locationId" FROM evses WHERE id = ${id} AND retired_at IS NULL`,
    connector: sql`
      SELECT e.location_id AS "locationId" FROM connectors c JOIN evses e ON e.id = c.evse_id WHERE c.id = ${id} AND c.retired_at IS NULL AND e.retired_at IS NULL`,
  }[kind];
  return (await db.query<{ locationId: string }>(query))[0]?.locationId;
}

export interface LocationListing {
  networkId: string;
  operatorId?: string;
  /** published ones only, besides those of this operator */
  unpublishedOf?: string;
  after?: string;
  before?: string;
  limit: number;
}

/** Live locations in the order of their ids; with `before`, those just before it (still ascending). */
export async function listLocations(db: Queryable, o: LocationListing): Promise<Location[]> {
  const conditions = sql`network_id = ${o.networkId} AND retired_at IS NULL AND (publish OR operator_id = ${o.unpublishedOf ?? ''})
    ${o.operatorId === undefined ? sql`` : sql`AND operator_id = ${o.operatorId}`}`;
  if (o.before !== undefined) {
    const where = sql`id IN (SELECT id FROM locations WHERE ${conditions} AND id < ${o.before} ORDER BY id DESC LIMIT ${o.limit})`;
    return loadLocations(db, where);
  }
  return loadLocations(db, sql`${conditions} ${o.after === undefined ? sql`` : sql`AND id > ${o.after}`}`, o.limit);
}

export interface KnownLocation {
  id: string;
  ref: string;
  contentHash: string | null;
  retiredAt: EpochMs | null;
}

/** Which of these refs the operator has already; its own row is locked, so that nobody adds one meanwhile, then their EVSEs', then theirs. */
export async function lockKnownLocations(db: Queryable, operatorId: string, refs: readonly string[]): Promise<KnownLocation[]> {
  await db.query(sql`SELECT 1 AS one FROM organisations WHERE id = ${operatorId} FOR NO KEY UPDATE`);
  await db.query(sql`
    SELECT 1 AS one FROM evses WHERE location_id IN (SELECT id FROM locations WHERE operator_id = ${operatorId} AND ref = ANY(${[...refs]}::text[]))
    ORDER BY id FOR NO KEY UPDATE`);
  return db.query(sql`
    SELECT id, ref, content_hash AS "contentHash", retired_at AS "retiredAt" FROM locations
    WHERE operator_id = ${operatorId} AND ref = ANY(${[...refs]}::text[]) ORDER BY id FOR NO KEY UPDATE`);
}

/** Which of these are an operator's, and not retired. */
export async function findLocationsOf(db: Queryable, operatorId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>(sql`SELECT id FROM locations WHERE operator_id = ${operatorId} AND id = ANY(${[...ids]}::text[]) AND retired_at IS NULL`);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Writes whole trees: rows that are there are replaced, others added; children that are missing from the tree are retired. Refs
 * and uids are not written again: they are what ids are kept by, and writing a key locks out whoever has just booked there.
 */
export async function saveLocations(db: Queryable, locations: readonly Location[], hashes: ReadonlyMap<string, string> = new Map()): Promise<void> {
  if (locations.length === 0) return;
  const stations = locations.flatMap((location) => location.stations);
  const evses = stations.flatMap((station) => station.evses);
  await upsertLocationRows(db, locations, hashes);
  await retireMissing(db, locations, stations, evses);
  if (stations.length > 0) await upsertStationRows(db, stations);
  if (evses.length > 0) await upsertEvseRows(db, evses);
  const connectors = evses.flatMap((evse) => evse.connectors);
  if (connectors.length > 0) await upsertConnectorRows(db, connectors);
}

async function upsertLocationRows(db: Queryable, locations: readonly Location[], hashes: ReadonlyMap<string, string>): Promise<void> {
  const rows = locations.map((location) => {
    const { id, networkId, operatorId, ref, publish, name, country, coordinates, timeZone, version, createdAt, updatedAt, retiredAt, stations: _, ...attributes } = location;
    return {
      id, network_id: networkId, operator_id: operatorId, ref, publish, name, country, ...coordinates, time_zone: timeZone, attributes, content_hash: hashes.get(id) ?? null,
      version, created_at: toRfc3339(createdAt), updated_at: toRfc3339(updatedAt), retired_at: retiredAt === undefined ? null : toRfc3339(retiredAt),
    };
  });
  await db.query(sql`
    INSERT INTO locations SELECT * FROM jsonb_populate_recordset(NULL::locations, ${json(rows)}::jsonb)
    ON CONFLICT (id) DO UPDATE SET publish = excluded.publish, name = excluded.name, country = excluded.country, latitude = excluded.latitude,
      longitude = excluded.longitude, time_zone = excluded.time_zone, attributes = excluded.attributes, content_hash = excluded.content_hash,
      version = excluded.version, updated_at = excluded.updated_at, retired_at = excluded.retired_at`);
}

async function upsertStationRows(db: Queryable, stations: readonly Station[]): Promise<void> {
  const rows = stations.map(({ id, locationId, ref, evses: _, retiredAt: __, ...attributes }) => ({ id, location_id: locationId, ref, attributes }));
  await db.query(sql`
    INSERT INTO stations SELECT * FROM jsonb_populate_recordset(NULL::stations, ${json(rows)}::jsonb)
    ON CONFLICT (id) DO UPDATE SET attributes = excluded.attributes, retired_at = NULL`);
}

async function upsertEvseRows(db: Queryable, evses: readonly Evse[]): Promise<void> {
  const rows = evses.map(({ id, locationId, stationId, uid, status, statusAt, connectors: _, retiredAt: __, ...attributes }) => ({
    id, location_id: locationId, station_id: stationId, uid, status, status_at: toRfc3339(statusAt), attributes,
  }));
  await db.query(sql`
    INSERT INTO evses SELECT * FROM jsonb_populate_recordset(NULL::evses, ${json(rows)}::jsonb)
    ON CONFLICT (id) DO UPDATE SET station_id = excluded.station_id, status = excluded.status, status_at = excluded.status_at,
      attributes = excluded.attributes, retired_at = NULL`);
}

async function upsertConnectorRows(db: Queryable, connectors: readonly Connector[]): Promise<void> {
  const rows = connectors.map(({ id, evseId, ref, standard, powerType, maxPowerW, ...attributes }) => ({
    id, evse_id: evseId, ref, standard, power_type: powerType, max_power_w: maxPowerW, attributes,
  }));
  await db.query(sql`
    INSERT INTO connectors SELECT * FROM jsonb_populate_recordset(NULL::connectors, ${json(rows)}::jsonb)
    ON CONFLICT (id) DO UPDATE SET standard = excluded.standard, power_type = excluded.power_type, max_power_w = excluded.max_power_w,
      attributes = excluded.attributes, retired_at = NULL`);
}

async function retireMissing(db: Queryable, locations: readonly Location[], stations: readonly Station[], evses: readonly Evse[]): Promise<void> {
  const changed = locations.filter((location) => location.version > 1).map((location) => location.id);
  if (changed.length === 0) return;
  const ids = (list: readonly { id: string }[]) => list.map((item) => item.id);
  const now = toRfc3339(locations[0]!.updatedAt);
  await db.query(sql`
    UPDATE connectors SET retired_at = ${now}::timestamptz WHERE retired_at IS NULL AND evse_id IN (SELECT id FROM evses WHERE location_id = ANY(${changed}::text[]))
    AND NOT id = ANY(${ids(evses.flatMap((evse) => evse.connectors))}::text[])`);
  await db.query(sql`
    UPDATE evses SET retired_at = ${now}::timestamptz, status = 'REMOVED'
    WHERE retired_at IS NULL AND location_id = ANY(${changed}::text[]) AND NOT id = ANY(${ids(evses)}::text[])`);
  await db.query(sql`
    UPDATE stations SET retired_at = ${now}::timestamptz WHERE retired_at IS NULL AND location_id = ANY(${changed}::text[]) AND NOT id = ANY(${ids(stations)}::text[])`);
}

/** Ids of children that were retired once, so that one that comes back keeps its id. */
export async function childIds(db: Queryable, locationIds: readonly string[]): Promise<ChildIds> {
  const ids = [...locationIds];
  return {
    stations: await db.query(sql`SELECT id, location_id AS "parentId", ref AS key FROM stations WHERE location_id = ANY(${ids}::text[])`),
    evses: await db.query(sql`SELECT id, location_id AS "parentId", uid AS key, status, status_at AS "statusAt" FROM evses WHERE location_id = ANY(${ids}::text[])`),
    connectors: await db.query(sql`
      SELECT c.id, c.evse_id AS "parentId", c.ref AS key FROM connectors c JOIN evses e ON e.id = c.evse_id WHERE e.location_id = ANY(${ids}::text[])`),
  };
}

export interface ChildId {
  id: string;
  parentId: string;
  key: string;
}
export interface ChildIds {
  stations: ChildId[];
  evses: (ChildId & { status: Evse['status']; statusAt: EpochMs })[];
  connectors: ChildId[];
}

/** Sets the live status and raises the location's version, which is returned. */
export async function updateEvseStatus(db: Queryable, evseId: string, locationId: string, status: Evse['status'], now: EpochMs): Promise<number> {
  await db.query(sql`UPDATE evses SET status = ${status}, status_at = ${toRfc3339(now)} WHERE id = ${evseId}`);
  const [row] = await db.query<{ version: number }>(sql`
    UPDATE locations SET version = version + 1, updated_at = ${toRfc3339(now)}, content_hash = NULL WHERE id = ${locationId} RETURNING version`);
  return row!.version;
}

export async function findImportRun(db: Queryable, operatorId: string, contentKey: string): Promise<number> {
  const [row] = await db.query<{ recordsDone: number }>(sql`
    SELECT records_done AS "recordsDone" FROM import_runs WHERE operator_id = ${operatorId} AND content_key = ${contentKey} AND NOT finished`);
  return row?.recordsDone ?? 0;
}

export async function saveImportRun(db: Queryable, operatorId: string, contentKey: string, recordsDone: number, finished: boolean, now: EpochMs): Promise<void> {
  await db.query(sql`
    INSERT INTO import_runs (operator_id, content_key, records_done, finished, updated_at)
    VALUES (${operatorId}, ${contentKey}, ${recordsDone}, ${finished}, ${toRfc3339(now)})
    ON CONFLICT (operator_id, content_key) DO UPDATE SET records_done = excluded.records_done, finished = excluded.finished, updated_at = excluded.updated_at`);
}

export async function loadLocationsByIds(db: Queryable, ids: readonly string[]): Promise<Location[]> {
  return loadLocations(db, sql`id = ANY(${[...ids]}::text[])`);
}

/** All live locations after an id, for readers that go through everything (the search index). */
export async function loadLocationsAfter(db: Queryable, after: string, limit: number): Promise<Location[]> {
  return loadLocations(db, sql`retired_at IS NULL AND id > ${after}`, limit);
}

/**
 * Brings the database's figures of its tables up to date, after very many rows have changed: the embedded database has nobody
 * else who would, and without them it reads tables whole.
 */
export async function analyseTables(db: Queryable): Promise<void> {
  await db.query(sql`ANALYZE`);
}
