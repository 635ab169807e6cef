import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { Session } from './session.ts';

const SESSION = sql`id, network_id AS "networkId", organisation_id AS "organisationId", operator_id AS "operatorId", location_id AS "locationId", evse_id AS "evseId",
  connector_id AS "connectorId", driver_id AS "driverId", reservation_id AS "reservationId", status, started_at AS "startedAt", ends_by AS "endsBy",
  ended_at AS "endedAt", energy_wh::float8 AS "energyWh", cost, version, created_at AS "createdAt", updated_at AS "updatedAt"`;
const instant = (at: EpochMs | null) => (at === null ? null : toRfc3339(at));

/** Adds a session; false when the EVSE serves another vehicle. */
export async function insertSession(db: Queryable, s: Session): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO sessions (id, network_id, organisation_id, operator_id, location_id, evse_id, connector_id, driver_id, reservation_id, status, started_at, ends_by, ended_at,
      energy_wh, version, created_at, updated_at)
    VALUES (${s.id}, ${s.networkId}, ${s.organisationId}, ${s.operatorId}, ${s.locationId}, ${s.evseId}, ${s.connectorId}, ${s.driverId}, ${s.reservationId}, ${s.status},
      ${instant(s.startedAt)}, ${instant(s.endsBy)}, ${instant(s.endedAt)}, ${s.energyWh}, ${s.version}, ${instant(s.createdAt)}, ${instant(s.updatedAt)})
    ON CONFLICT DO NOTHING RETURNING id`);
  return rows.length === 1;
}

export async function findSession(db: Queryable, id: string): Promise<Session | undefined> {
  return (await db.query<Session>(sql`SELECT ${SESSION} FROM sessions WHERE id = ${id}`))[0];
}

export async function lockSession(db: Queryable, id: string): Promise<Session | undefined> {
  return (await db.query<Session>(sql`SELECT ${SESSION} FROM sessions WHERE id = ${id} FOR UPDATE`))[0];
}

export async function updateSession(db: Queryable, s: Session): Promise<void> {
  await db.query(sql`
    UPDATE sessions SET status = ${s.status}, ends_by = ${instant(s.endsBy)}, ended_at = ${instant(s.endedAt)}, energy_wh = ${s.energyWh},
      cost = ${s.cost === null ? null : json(s.cost)}::jsonb, version = ${s.version},
      updated_at = ${instant(s.updatedAt)} WHERE id = ${s.id}`);
}

/** Ids of sessions of a network that had to be over. */
export async function listOverdue(db: Queryable, networkId: string, now: EpochMs, limit: number, offset: number): Promise<Session[]> {
  return db.query(sql`
    SELECT ${SESSION} FROM sessions WHERE network_id = ${networkId} AND status = 'started' AND ends_by <= ${toRfc3339(now)}::timestamptz ORDER BY ends_by, id
    LIMIT ${limit} OFFSET ${offset}`);
}

/** The next instant after `now` at which a session of the network has to be over. */
export async function nextEnd(db: Queryable, networkId: string, now: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(ends_by) AS at FROM sessions WHERE network_id = ${networkId} AND status = 'started' AND ends_by > ${toRfc3339(now)}::timestamptz`);
  return row?.at ?? undefined;
}

export interface SessionListing {
  networkId: string;
  organisationId?: string;
  operatorId?: string;
  partyId?: string;
  driverId?: string;
  reservationId?: string;
  status?: Session['status'];
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listSessions(db: Queryable, o: SessionListing): Promise<Session[]> {
  const where = sql`network_id = ${o.networkId}
    ${o.partyId === undefined ? sql`` : sql`AND (organisation_id = ${o.partyId} OR operator_id = ${o.partyId})`}
    ${o.organisationId === undefined ? sql`` : sql`AND organisation_id = ${o.organisationId}`} ${o.operatorId === undefined ? sql`` : sql`AND operator_id = ${o.operatorId}`}
    ${o.driverId === undefined ? sql`` : sql`AND driver_id = ${o.driverId}`} ${o.reservationId === undefined ? sql`` : sql`AND reservation_id = ${o.reservationId}`}
    ${o.status === undefined ? sql`` : sql`AND status = ${o.status}`}`;
  if (o.before !== undefined) return (await db.query<Session>(sql`SELECT ${SESSION} FROM sessions WHERE ${where} AND id > ${o.before} ORDER BY id ASC LIMIT ${o.limit}`)).reverse();
  return db.query(sql`SELECT ${SESSION} FROM sessions WHERE ${where} ${o.after === undefined ? sql`` : sql`AND id < ${o.after}`} ORDER BY id DESC LIMIT ${o.limit}`);
}
