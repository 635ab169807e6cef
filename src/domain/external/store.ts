import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { ExternalReservation } from './reservation.ts';

type Content = Pick<ExternalReservation, 'wish' | 'vehicle' | 'place' | 'connector' | 'facts' | 'ratings' | 'metadata'>;
type Row = Omit<ExternalReservation, keyof Content> & { content: Content };

const ROW = sql`id, network_id AS "networkId", external_network_id AS "externalNetworkId", organisation_id AS "organisationId", driver_id AS "driverId",
  provider_id AS "providerId", conversation_id AS "conversationId", status, content, waiting, problem, version, created_at AS "createdAt", updated_at AS "updatedAt",
    confirmed_at AS "confirmedAt",
  ended_at AS "endedAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;
const contentOf = ({ wish, vehicle, place, connector, facts, ratings, metadata }: ExternalReservation): Content => ({
  wish, vehicle, place, connector, facts, ratings, metadata,
});
const read = ({ content, ...row }: Row): ExternalReservation => ({ ...row, ...content });

export async function insertReservation(db: Queryable, r: ExternalReservation): Promise<void> {
  await db.query(sql`
    INSERT INTO external_reservations (id, network_id, external_network_id, organisation_id, driver_id, provider_id, conversation_id, status, content, waiting, problem, version,
      created_at, updated_at)
    VALUES (${r.id}, ${r.networkId}, ${r.externalNetworkId}, ${r.organisationId}, ${r.driverId}, ${r.providerId}, ${r.conversationId}, ${r.status}, ${json(contentOf(r))},
      ${r.waiting === null ? null : json(r.waiting)}, ${r.problem === null ? null : json(r.problem)}, ${r.version}, ${instant(r.createdAt)}, ${instant(r.updatedAt)})`);
}

/** The row must be locked. */
export async function updateReservation(db: Queryable, r: ExternalReservation): Promise<void> {
  await db.query(sql`
    UPDATE external_reservations SET status = ${r.status}, content = ${json(contentOf(r))}, waiting = ${r.waiting === null ? null : json(r.waiting)},
      problem = ${r.problem === null ? null : json(r.problem)}, version = ${r.version}, updated_at = ${instant(r.updatedAt)}, confirmed_at = ${instant(r.confirmedAt)},
      ended_at = ${instant(r.endedAt)}
    WHERE id = ${r.id}`);
}

export async function findReservation(db: Queryable, id: string): Promise<ExternalReservation | undefined> {
  return (await db.query<Row>(sql`SELECT ${ROW} FROM external_reservations WHERE id = ${id}`)).map(read)[0];
}

export async function lockReservation(tx: Transaction, id: string): Promise<ExternalReservation | undefined> {
  return (await tx.query<Row>(sql`SELECT ${ROW} FROM external_reservations WHERE id = ${id} FOR UPDATE`)).map(read)[0];
}

export async function lockOfConversation(tx: Transaction, networkId: string, conversationId: string): Promise<ExternalReservation | undefined> {
  return (await tx.query<Row>(sql`
    SELECT ${ROW} FROM external_reservations WHERE network_id = ${networkId} AND conversation_id = ${conversationId} FOR UPDATE`)).map(read)[0];
}

export interface Page {
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first; of a driver, where one is named. */
export async function listReservations(db: Queryable, of: Page & { organisationId: string; driverId?: string; status?: string }): Promise<ExternalReservation[]> {
  const where = sql`organisation_id = ${of.organisationId} ${of.driverId === undefined ? sql`` : sql`AND driver_id = ${of.driverId}`} ${
    of.status === undefined ? sql`` : sql`AND status = ${of.status}`}`;
  if (of.before !== undefined) {
    return (await db.query<Row>(sql`SELECT ${ROW} FROM external_reservations WHERE ${where} AND id > ${of.before} ORDER BY id ASC LIMIT ${of.limit}`)).reverse().map(read);
  }
  return (await db.query<Row>(sql`
    SELECT ${ROW} FROM external_reservations WHERE ${where} ${of.after === undefined ? sql`` : sql`AND id < ${of.after}`} ORDER BY id DESC LIMIT ${of.limit}`)).map(read);
}
