import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { Ticket, TicketMessage, TicketStatus } from './ticket.ts';

const TICKET = sql`id, network_id AS "networkId", reference, organisation_id AS "organisationId", operator_id AS "operatorId", driver_id AS "driverId",
  reservation_id AS "reservationId", session_id AS "sessionId", location_id AS "locationId", connector_id AS "connectorId", category, status, requester, contact,
  newest_message AS message, message_count AS "messageCount", version, created_at AS "createdAt", updated_at AS "updatedAt", resolved_at AS "resolvedAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/** False when the reference is taken. */
export async function insertTicket(db: Queryable, t: Ticket): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO support_tickets (id, network_id, reference, organisation_id, operator_id, driver_id, reservation_id, session_id, location_id, connector_id, category, status,
      requester, contact, newest_message, message_count, version, created_at, updated_at)
    VALUES (${t.id}, ${t.networkId}, ${t.reference}, ${t.organisationId}, ${t.operatorId}, ${t.driverId}, ${t.reservationId}, ${t.sessionId}, ${t.locationId}, ${t.connectorId},
      ${t.category}, ${t.status}, ${t.requester === null ? null : json(t.requester)}::jsonb, ${json(t.contact)}::jsonb, ${json(t.message)}::jsonb, ${t.messageCount}, ${t.version},
      ${instant(t.createdAt)}, ${instant(t.updatedAt)})
    ON CONFLICT (network_id, reference) DO NOTHING RETURNING id`);
  return rows.length === 1;
}

/** The row must be locked. */
export async function updateTicket(db: Queryable, t: Ticket): Promise<void> {
  await db.query(sql`
    UPDATE support_tickets SET status = ${t.status}, newest_message = ${json(t.message)}::jsonb, message_count = ${t.messageCount}, version = ${t.version},
      updated_at = ${instant(t.updatedAt)}, resolved_at = ${instant(t.resolvedAt)}
    WHERE id = ${t.id}`);
}

export async function findTicket(db: Queryable, id: string): Promise<Ticket | undefined> {
  return (await db.query<Ticket>(sql`SELECT ${TICKET} FROM support_tickets WHERE id = ${id}`))[0];
}

export async function lockTicket(db: Queryable, id: string): Promise<Ticket | undefined> {
  return (await db.query<Ticket>(sql`SELECT ${TICKET} FROM support_tickets WHERE id = ${id} FOR UPDATE`))[0];
}

export interface TicketAbout {
  reservationId: string | null;
  sessionId: string | null;
  connectorId: string | null;
}

/** Of an organisation, about that reservation, else that session, else that connector; newest first. */
export async function findUnresolved(db: Queryable, organisationId: string, about: TicketAbout): Promise<Ticket[]> {
  const same = about.reservationId !== null ? sql`reservation_id = ${about.reservationId}` : about.sessionId !== null ? sql`session_id = ${about.sessionId}`
    : sql`connector_id = ${about.connectorId} AND reservation_id IS NULL AND session_id IS NULL`;
  return db.query(sql`SELECT ${TICKET} FROM support_tickets WHERE organisation_id = ${organisationId} AND status <> 'resolved' AND ${same} ORDER BY id DESC LIMIT 100`);
}

export interface TicketListing {
  networkId: string;
  /** one of the two sides */
  partyId?: string;
  driverId?: string;
  status?: TicketStatus;
  reservationId?: string;
  sessionId?: string;
  reference?: string;
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listTickets(db: Queryable, of: TicketListing): Promise<Ticket[]> {
  const where = sql`network_id = ${of.networkId}
    ${of.partyId === undefined ? sql`` : sql`AND (operator_id = ${of.partyId} OR organisation_id = ${of.partyId})`}
    ${of.driverId === undefined ? sql`` : sql`AND driver_id = ${of.driverId}`} ${of.status === undefined ? sql`` : sql`AND status = ${of.status}`}
    ${of.reservationId === undefined ? sql`` : sql`AND reservation_id = ${of.reservationId}`} ${of.sessionId === undefined ? sql`` : sql`AND session_id = ${of.sessionId}`}
    ${of.reference === undefined ? sql`` : sql`AND reference = ${of.reference}`}`;
  if (of.before !== undefined) {
    return (await db.query<Ticket>(sql`SELECT ${TICKET} FROM support_tickets WHERE ${where} AND id > ${of.before} ORDER BY id ASC LIMIT ${of.limit}`)).reverse();
  }
  return db.query(sql`SELECT ${TICKET} FROM support_tickets WHERE ${where} ${of.after === undefined ? sql`` : sql`AND id < ${of.after}`} ORDER BY id DESC LIMIT ${of.limit}`);
}

/** Of cases that were resolved before; how many there were. */
export async function forgetRequestersBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    UPDATE support_tickets SET requester = NULL WHERE id IN (
      SELECT id FROM support_tickets WHERE network_id = ${networkId} AND requester IS NOT NULL AND resolved_at < ${instant(before)}
      ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id`);
  return rows.length;
}

export async function insertMessage(db: Queryable, m: TicketMessage): Promise<void> {
  await db.query(sql`
    INSERT INTO support_messages (id, ticket_id, author, text, created_at) VALUES (${m.id}, ${m.ticketId}, ${m.author}, ${m.text}, ${instant(m.createdAt)})`);
}

/** Newest first. */
export async function listMessages(db: Queryable, ticketId: string, page: { after?: string; before?: string; limit: number }): Promise<TicketMessage[]> {
  const message = sql`id, ticket_id AS "ticketId", author, text, created_at AS "createdAt"`;
  if (page.before !== undefined) {
    return (await db.query<TicketMessage>(sql`
      SELECT ${message} FROM support_messages WHERE ticket_id = ${ticketId} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${message} FROM support_messages WHERE ticket_id = ${ticketId} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}
