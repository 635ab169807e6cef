/** Cases are opened, answered and resolved. */
import { DAY_MS } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, findOrganisation, may, requireAccess, rolesOf, type Context, type SupportContact } from '../organisations/index.ts';
import { getReservation } from '../reservations/index.ts';
import { getSession } from '../sessions/index.ts';
import { getLocationOf, loadLocation, type Location } from '../stations/index.ts';
import {
  newReference, statusAfterMessage, TICKET_LIMITS, type Requester, type Ticket, type TicketCategory, type TicketMessage, type TicketSide, type TicketStatus,
} from './ticket.ts';
import * as store from './store.ts';

/** What a case is about, by the id of one of these. */
export type Troubled = { reservationId: string } | { sessionId: string } | { connectorId: string };

export interface TicketInput {
  category: TicketCategory;
  text: string;
  requester?: Requester;
}

/** SUP-1: throws `not_found` for what the caller may not see, `too_many_tickets` where too many are unresolved about the same. */
export async function openTicket(ctx: Context, about: Troubled, { category, text, requester }: TicketInput): Promise<Ticket> {
  const subject = await subjectOf(ctx, about);
  requireAccess(ctx, 'ticket.create', subject);
  if ((await store.findUnresolved(ctx.tx, subject.organisationId, subject)).length >= TICKET_LIMITS.unresolved) {
    throw new DomainError('too_many_tickets', `There are ${TICKET_LIMITS.unresolved} cases about it already that are not resolved: write to one of them.`);
  }
  const contact = await supportContactOf(ctx, subject.operatorId, subject.locationId);
  const id = newId('ticket');
  const message = messageOf(ctx, id, 'customer', text);
  const ticket: Ticket = {
    ...subject, id, networkId: ctx.network.id, reference: newReference(ctx.now), category, status: 'open', requester: requester ?? null, contact, message, messageCount: 1,
    version: 1, createdAt: ctx.now, updatedAt: ctx.now, resolvedAt: null,
  };
  while (!(await store.insertTicket(ctx.tx, ticket))) ticket.reference = newReference(ctx.now);
  await store.insertMessage(ctx.tx, message);
  await tell(ctx, 'support_ticket.created', ticket);
  return ticket;
}

type Subject = Pick<Ticket, 'organisationId' | 'operatorId' | 'driverId' | 'reservationId' | 'sessionId' | 'locationId' | 'connectorId'>;

async function subjectOf(ctx: Context, about: Troubled): Promise<Subject> {
  if ('reservationId' in about) {
    const { id, organisationId, operatorId, driverId, sessionId, locationId, connectorId } = await getReservation(ctx, about.reservationId);
    if (operatorId === null) throw new DomainError('invalid_state', 'It has no station yet, and so no operator who could help.');
    return { organisationId, operatorId, driverId, reservationId: id, sessionId, locationId, connectorId };
  }
  if ('sessionId' in about) {
    const { id, organisationId, operatorId, driverId, reservationId, locationId, connectorId } = await getSession(ctx, about.sessionId);
    return { organisationId, operatorId, driverId, reservationId, sessionId: id, locationId, connectorId };
  }
  const { id, operatorId } = await getLocationOf(ctx, 'connector', about.connectorId);
  const driverId = ctx.actor.kind === 'key' ? ctx.actor.driverId ?? null : null;
  return { organisationId: actingOrganisation(ctx) ?? '', operatorId, driverId, reservationId: null, sessionId: null, locationId: id, connectorId: about.connectorId };
}

/** SUP-6: how an operator can be reached, as it says; its page is that of the location where it says none. */
export async function supportContactOf(ctx: Context, operatorId: string, location: string | Pick<Location, 'operator'> | null): Promise<SupportContact> {
  const place = typeof location === 'string' ? await loadLocation(ctx.tx, location) : location;
  const { supportContact } = (await findOrganisation(ctx.tx, operatorId))!;
  return { ...supportContact, url: supportContact.url ?? place?.operator?.website ?? null };
}

/** The newest case of the caller's organisation about that which is not resolved. */
export async function findUnresolvedTicket(ctx: Context, about: Partial<store.TicketAbout>): Promise<Ticket | undefined> {
  const wanted = { reservationId: null, sessionId: null, connectorId: null, ...about };
  return (await store.findUnresolved(ctx.tx, actingOrganisation(ctx) ?? '', wanted)).find((ticket) => may(ctx, 'ticket.read', ticket));
}

export async function getTicket(ctx: Context, id: string): Promise<Ticket> {
  return visible(ctx, id, await store.findTicket(ctx.tx, id));
}

function visible(ctx: Context, id: string, ticket: Ticket | undefined): Ticket {
  if (ticket?.networkId === ctx.network.id && may(ctx, 'ticket.read', ticket)) return ticket;
  if (ctx.actor.kind === 'public') throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  throw notFound('support ticket', id);
}

/** The caller's own on either side, newest first. */
export async function listTickets(ctx: Context, query: Omit<store.TicketListing, 'networkId' | 'partyId' | 'driverId'>): Promise<Ticket[]> {
  const own = actingOrganisation(ctx);
  const driverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  requireAccess(ctx, 'ticket.read', { operatorId: own, organisationId: own, driverId });
  const scope = rolesOf(ctx.actor).includes('driver') ? { driverId } : { partyId: own };
  return store.listTickets(ctx.tx, { ...query, ...scope, networkId: ctx.network.id });
}

/** Newest first. */
export async function listTicketMessages(ctx: Context, ticketId: string, page: { after?: string; before?: string; limit: number }): Promise<TicketMessage[]> {
  const { id } = await getTicket(ctx, ticketId);
  return store.listMessages(ctx.tx, id, page);
}

/** SUP-3: the caller's side says something. Throws `invalid_state` once there are too many messages. */
export async function writeToTicket(ctx: Context, id: string, text: string): Promise<Ticket> {
  const ticket = await lockOwn(ctx, id);
  const author = sideOf(ctx, ticket);
  if (ticket.messageCount >= TICKET_LIMITS.messages) throw new DomainError('invalid_state', `It has ${TICKET_LIMITS.messages} messages already: open another one.`);
  const message = messageOf(ctx, id, author, text);
  const status = statusAfterMessage(ticket.status, author);
  await store.insertMessage(ctx.tx, message);
  const type = author === 'operator' ? 'support_ticket.answered' : status === ticket.status ? 'support_ticket.replied' : 'support_ticket.reopened';
  return change(ctx, ticket, { status, message, messageCount: ticket.messageCount + 1 }, type);
}

/** SUP-4: either side resolves it or opens it again; its operator takes it up. Nothing happens where it stands so already. */
export async function setTicketStatus(ctx: Context, id: string, status: TicketStatus): Promise<Ticket> {
  const ticket = await lockOwn(ctx, id);
  if (ticket.status === status) return ticket;
  if (status === 'in_progress' && sideOf(ctx, ticket) !== 'operator') throw new DomainError('forbidden', 'Its operator takes a case up.');
  await audit(ctx, 'ticket.status', 'support_ticket', id, { status });
  return change(ctx, ticket, { status }, status === 'resolved' ? 'support_ticket.resolved' : ticket.status === 'resolved' ? 'support_ticket.reopened' : 'support_ticket.updated');
}

async function lockOwn(ctx: Context, id: string): Promise<Ticket> {
  const ticket = visible(ctx, id, await store.lockTicket(ctx.tx, id));
  requireAccess(ctx, 'ticket.write', ticket);
  return ticket;
}

/** An organisation that is both answers its own drivers. */
const sideOf = (ctx: Context, { operatorId }: Ticket): TicketSide => (
  rolesOf(ctx.actor).includes('operator') && actingOrganisation(ctx) === operatorId ? 'operator' : 'customer');

const messageOf = (ctx: Context, ticketId: string, author: TicketSide, text: string): TicketMessage => ({
  id: newId('ticketMessage'), ticketId, author, text, createdAt: ctx.now,
});

/** SUP-8: how customers can be called back is forgotten once a case has been resolved for so long. */
export async function forgetRequesters(ctx: Context): Promise<number> {
  return store.forgetRequestersBefore(ctx.tx, ctx.network.id, ctx.now - REQUESTER_KEPT_MS, FORGOTTEN_AT_ONCE);
}

const REQUESTER_KEPT_MS = 30 * DAY_MS;
const FORGOTTEN_AT_ONCE = 1_000;

type EventType =
  'support_ticket.created' | 'support_ticket.answered' | 'support_ticket.replied' | 'support_ticket.reopened' | 'support_ticket.resolved' | 'support_ticket.updated';

async function change(ctx: Context, ticket: Ticket, fields: Partial<Ticket>, type: EventType): Promise<Ticket> {
  const changed: Ticket = { ...ticket, ...fields, version: ticket.version + 1, updatedAt: ctx.now };
  changed.resolvedAt = changed.status !== 'resolved' ? null : ticket.resolvedAt ?? ctx.now;
  await store.updateTicket(ctx.tx, changed);
  await tell(ctx, type, changed);
  return changed;
}

async function tell(ctx: Context, type: EventType, ticket: Ticket): Promise<void> {
  await ctx.emit({
    type, object: 'support_ticket', objectId: ticket.id, objectVersion: ticket.version, isPublic: false, audience: [...new Set([ticket.organisationId, ticket.operatorId])],
    touches: [], data: { ...ticket, requester: null },
  });
}
