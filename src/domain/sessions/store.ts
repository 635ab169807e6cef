import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { Session } from './session.ts';

const SESSION = sql`id, network_id AS "networkId", organisation_id AS "organisationId", operator_id AS "operatorId", location_id AS "locationId", station_id AS "stationId",
  evse_id AS "evseId", connector_id AS "connectorId", driver_id AS "driverId", reservation_id AS "reservationId", type, status, started_at AS "startedAt",
  start_by AS "startBy", ends_by AS "endsBy", ended_at AS "endedAt", ended_reason AS "endedReason", energy_wh::float8 AS "energyWh", token_uid AS "tokenUid",
  remote_start_id AS "remoteStartId", is_interrupted AS "isInterrupted", interrupted_at AS "interruptedAt", targets, payment_id AS "paymentId", hold_back AS "holdBack",
  limit_note AS "limitNote", check_at AS "checkAt", reprice_at AS "repriceAt", parked_since AS "parkedSince", overstay_told_at AS "overstayToldAt",
  tracking_hash AS "trackingHash", guest_hash AS "guestHash", cost, version, created_at AS "createdAt", updated_at AS "updatedAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;
const optionalJson = (value: unknown) => sql`${value === null ? null : json(value)}::jsonb`;

/** Adds a session; false when the EVSE serves another vehicle. */
export async function insertSession(db: Queryable, s: Session): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO sessions (id, network_id, organisation_id, operator_id, location_id, station_id, evse_id, connector_id, driver_id, reservation_id, type, status, started_at,
      start_by, ends_by, ended_at, ended_reason, energy_wh, token_uid, remote_start_id, targets, payment_id, check_at, tracking_hash, guest_hash, version, created_at,
      updated_at)
    VALUES (${s.id}, ${s.networkId}, ${s.organisationId}, ${s.operatorId}, ${s.locationId}, ${s.stationId}, ${s.evseId}, ${s.connectorId}, ${s.driverId}, ${s.reservationId},
      ${s.type}, ${s.status}, ${instant(s.startedAt)}, ${instant(s.startBy)}, ${instant(s.endsBy)}, ${instant(s.endedAt)}, ${s.endedReason}, ${s.energyWh}, ${s.tokenUid},
      ${s.remoteStartId}, ${optionalJson(s.targets)}, ${s.paymentId}, ${instant(s.checkAt)}, ${s.trackingHash}, ${s.guestHash}, ${s.version}, ${instant(s.createdAt)},
      ${instant(s.updatedAt)})
    ON CONFLICT DO NOTHING RETURNING id`);
  return rows.length === 1;
}

export async function findSession(db: Queryable, id: string): Promise<Session | undefined> {
  return (await db.query<Session>(sql`SELECT ${SESSION} FROM sessions WHERE id = ${id}`))[0];
}

export async function lockSession(db: Queryable, id: string): Promise<Session | undefined> {
  return (await db.query<Session>(sql`SELECT ${SESSION} FROM sessions WHERE id = ${id} FOR UPDATE`))[0];
}

/** What changes with anything that is known of a session. */
export async function markOf(db: Queryable, id: string): Promise<string> {
  const [row] = await db.query<{ mark: string }>(sql`
    SELECT concat_ws(' ', s.version, t.number, t.energy_wh, t.power_w, t.soc_percent, t.charging_state, extract(epoch FROM t.read_at)) AS mark
    FROM sessions s LEFT JOIN LATERAL (SELECT * FROM charging_transactions c WHERE c.session_id = s.id ORDER BY number DESC LIMIT 1) t ON true WHERE s.id = ${id}`);
  return row?.mark ?? '';
}

/** By a secret with which it can be followed. */
export async function findByLink(db: Queryable, hash: string): Promise<Session | undefined> {
  return (await db.query<Session>(sql`SELECT ${SESSION} FROM sessions WHERE tracking_hash = ${hash} OR guest_hash = ${hash}`))[0];
}

/** By the secret of who began it. */
export async function findByGuest(db: Queryable, guestHash: string): Promise<Session | undefined> {
  return (await db.query<Session>(sql`SELECT ${SESSION} FROM sessions WHERE guest_hash = ${guestHash}`))[0];
}

/** The row must be locked. */
export async function updateSession(db: Queryable, s: Session): Promise<void> {
  await db.query(sql`
    UPDATE sessions SET status = ${s.status}, started_at = ${instant(s.startedAt)}, start_by = ${instant(s.startBy)}, ends_by = ${instant(s.endsBy)},
      ended_at = ${instant(s.endedAt)}, ended_reason = ${s.endedReason}, energy_wh = ${s.energyWh}, is_interrupted = ${s.isInterrupted},
      interrupted_at = ${instant(s.interruptedAt)}, targets = ${optionalJson(s.targets)}, payment_id = ${s.paymentId}, hold_back = ${s.holdBack},
      limit_note = ${optionalJson(s.limitNote)}, check_at = ${instant(s.checkAt)}, reprice_at = ${instant(s.repriceAt)}, parked_since = ${instant(s.parkedSince)},
      overstay_told_at = ${instant(s.overstayToldAt)}, tracking_hash = ${s.trackingHash}, cost = ${optionalJson(s.cost)}, version = ${s.version},
      updated_at = ${instant(s.updatedAt)} WHERE id = ${s.id}`);
}

/** The one that is created or goes on at an EVSE. */
export async function findLiveAt(db: Queryable, evseId: string): Promise<Session | undefined> {
  return (await db.query<Session>(sql`SELECT ${SESSION} FROM sessions WHERE evse_id = ${evseId} AND status IN ('created', 'started', 'paused')`))[0];
}

/** The newest that a payment at a station's own terminal has begun. */
export async function findOfTerminal(db: Queryable, stationId: string, tokenUid: string): Promise<Session | undefined> {
  return (await db.query<Session>(sql`
    SELECT ${SESSION} FROM sessions WHERE station_id = ${stationId} AND token_uid = ${tokenUid} AND type = 'terminal' ORDER BY id DESC LIMIT 1`))[0];
}

/** Whether a session that waits for its start is begun by this token. */
export async function isTokenOfCreated(db: Queryable, networkId: string, tokenUid: string): Promise<boolean> {
  return (await db.query(sql`SELECT 1 AS one FROM sessions WHERE network_id = ${networkId} AND status = 'created' AND token_uid = ${tokenUid} LIMIT 1`)).length > 0;
}

/** Their limits are to be looked at now. */
export async function setDue(db: Queryable, ids: readonly string[], now: EpochMs): Promise<void> {
  await db.query(sql`UPDATE sessions SET check_at = ${instant(now)} WHERE id = ANY(${[...ids]}::text[]) AND status IN ('started', 'paused')`);
}

/** A number by which a station tells whose transaction it began. */
export async function nextRemoteStartId(db: Queryable): Promise<number> {
  const [row] = await db.query<{ id: number }>(sql`SELECT nextval('remote_start_ids')::int AS id`);
  return row!.id;
}

/** Its station is told now: by which number, and until when it may begin. */
export async function setRemoteStart(db: Queryable, { id, remoteStartId, startBy }: Session): Promise<void> {
  await db.query(sql`UPDATE sessions SET remote_start_id = ${remoteStartId}::int, start_by = ${instant(startBy)} WHERE id = ${id}`);
}

/** One that is created, whose payment is there, and whose station has not been told yet. */
export async function findPaidUnasked(db: Queryable, networkId: string): Promise<string | undefined> {
  return (await db.query<{ id: string }>(sql`
    SELECT s.id FROM sessions s JOIN payments p ON p.id = s.payment_id
    WHERE s.network_id = ${networkId} AND s.status = 'created' AND s.remote_start_id IS NULL AND p.status IN ('authorized', 'succeeded') ORDER BY s.id LIMIT 1`))[0]?.id;
}

/** One that is created, and whose payment was refused or withdrawn before its station was told. */
export async function findUnpayable(db: Queryable, networkId: string): Promise<string | undefined> {
  return (await db.query<{ id: string }>(sql`
    SELECT s.id FROM sessions s JOIN payments p ON p.id = s.payment_id
    WHERE s.network_id = ${networkId} AND s.status = 'created' AND s.remote_start_id IS NULL AND p.status IN ('failed', 'cancelled', 'expired') ORDER BY s.id LIMIT 1`))[0]?.id;
}

/** One that was created and has not begun by its deadline. */
export async function findUnstarted(db: Queryable, networkId: string, now: EpochMs): Promise<string | undefined> {
  return (await db.query<{ id: string }>(sql`
    SELECT id FROM sessions WHERE network_id = ${networkId} AND status = 'created' AND start_by <= ${instant(now)} ORDER BY start_by, id LIMIT 1`))[0]?.id;
}

/** One whose limits are to be looked at. */
export async function findToCheck(db: Queryable, networkId: string, now: EpochMs): Promise<string | undefined> {
  return (await db.query<{ id: string }>(sql`
    SELECT id FROM sessions WHERE network_id = ${networkId} AND status IN ('started', 'paused') AND check_at <= ${instant(now)} ORDER BY check_at, id LIMIT 1`))[0]?.id;
}

/** One that is to be priced again. */
export async function findToReprice(db: Queryable, networkId: string, now: EpochMs): Promise<string | undefined> {
  return (await db.query<{ id: string }>(sql`
    SELECT id FROM sessions WHERE network_id = ${networkId} AND reprice_at <= ${instant(now)} ORDER BY reprice_at, id LIMIT 1`))[0]?.id;
}

/** One whose station has gone or is back, which it does not know yet. */
export async function findWithOtherConnection(db: Queryable, networkId: string): Promise<{ id: string; online: boolean } | undefined> {
  return (await db.query<{ id: string; online: boolean }>(sql`
    SELECT s.id, c.online FROM sessions s JOIN ocpp_connections c ON c.station_id = s.station_id
    WHERE s.network_id = ${networkId} AND s.status IN ('started', 'paused') AND s.is_interrupted = c.online ORDER BY s.id LIMIT 1`))[0];
}

/** One whose station has been away since before an instant, or has told nothing of it since then. */
export async function findGivenUp(db: Queryable, networkId: string, before: EpochMs): Promise<string | undefined> {
  return (await db.query<{ id: string }>(sql`
    SELECT s.id FROM sessions s LEFT JOIN charging_transactions t ON t.session_id = s.id
    WHERE s.network_id = ${networkId} AND s.status IN ('started', 'paused') AND s.type <> 'sandbox'
      AND (s.is_interrupted AND s.interrupted_at <= ${instant(before)} OR greatest(s.started_at, t.read_at) <= ${instant(before)})
    ORDER BY s.id LIMIT 1`))[0]?.id;
}

/** The next instant after `now` at which something of a session of the network is due that a charger takes part in. */
export async function nextDue(db: Queryable, networkId: string, now: EpochMs, givenUpMs: number): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(at) AS at FROM (
      SELECT start_by AS at FROM sessions WHERE network_id = ${networkId} AND status = 'created'
      UNION ALL SELECT check_at FROM sessions WHERE network_id = ${networkId} AND status IN ('started', 'paused')
      UNION ALL SELECT reprice_at FROM sessions WHERE network_id = ${networkId} AND reprice_at IS NOT NULL
      UNION ALL SELECT coalesce(s.interrupted_at, greatest(s.started_at, t.read_at)) + make_interval(secs => ${givenUpMs}::float8 / 1000)
        FROM sessions s LEFT JOIN charging_transactions t ON t.session_id = s.id
        WHERE s.network_id = ${networkId} AND s.status IN ('started', 'paused') AND s.type <> 'sandbox') AS due
    WHERE at > ${instant(now)}`);
  return row?.at ?? undefined;
}

/** Ids of sessions of a network that had to be over. */
export async function listOverdue(db: Queryable, networkId: string, now: EpochMs, limit: number, offset: number): Promise<Session[]> {
  return db.query(sql`
    SELECT ${SESSION} FROM sessions WHERE network_id = ${networkId} AND type = 'sandbox' AND status = 'started' AND ends_by <= ${toRfc3339(now)}::timestamptz ORDER BY ends_by, id
    LIMIT ${limit} OFFSET ${offset}`);
}

/** The next instant after `now` at which a session of the network has to be over. */
export async function nextEnd(db: Queryable, networkId: string, now: EpochMs): Promise<EpochMs | undefined> {
  const [row] = await db.query<{ at: EpochMs | null }>(sql`
    SELECT min(ends_by) AS at FROM sessions WHERE network_id = ${networkId} AND type = 'sandbox' AND status = 'started' AND ends_by > ${toRfc3339(now)}::timestamptz`);
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
