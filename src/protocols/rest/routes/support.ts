/** Cases of support: opened by drivers and apps, answered by operators. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { getTicket, listTicketMessages, listTickets, openTicket, setTicketStatus, TICKET_STATUSES, writeToTicket } from '../../../domain/support/index.ts';
import { decodeTroubled, encodeMessage, encodeTicket } from '../encode/feedback.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import { MessageIn, MessageOut, TicketIn, TicketOut, TicketPatch } from '../schemas/feedback.ts';

const tag = 'Support';

export function addSupportRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('ticket') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/support_tickets', operationId: 'openSupportTicket', tag, summary: 'Ask the operator for help', body: TicketIn, reply: TicketOut, creates: true,
    handle: async (ctx, { body, encoding }) => {
      const { category, text, requester } = body;
      return encodeTicket(await openTicket(ctx, decodeTroubled(body), { category, text, ...(requester ? { requester } : {}) }), encoding);
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/support_tickets', operationId: 'listSupportTickets', tag, summary: 'List cases that you are a side of, newest first', reply: List(TicketOut),
    query: Strict({
      ...pageOf('ticket'), status: Type.Optional(Type.Enum([...TICKET_STATUSES])), reservation: Type.Optional(Id('reservation')), session: Type.Optional(Id('session')),
      reference: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    }),
    handle: async (ctx, { query: { status, reservation: reservationId, session: sessionId, reference, ...query }, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listTickets(ctx, { ...page, status, reservationId, sessionId, reference }), (ticket) => encodeTicket(ticket, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/support_tickets/:id', operationId: 'getSupportTicket', tag, summary: 'Read a case', params, reply: TicketOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeTicket(await getTicket(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/support_tickets/:id', operationId: 'updateSupportTicket', tag, summary: 'Resolve a case, open it again, or take it up', params, body: TicketPatch,
    reply: TicketOut,
    handle: async (ctx, { params: { id }, body, encoding }) => encodeTicket(await setTicketStatus(ctx, id, body.status), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/support_tickets/:id/messages', operationId: 'writeSupportMessage', tag, summary: 'Say something in a case', params, body: MessageIn,
    reply: TicketOut, creates: true, description: "The operator's takes it up; a customer's opens what was resolved again.",
    handle: async (ctx, { params: { id }, body, encoding }) => encodeTicket(await writeToTicket(ctx, id, body.text), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/support_tickets/:id/messages', operationId: 'listSupportMessages', tag, summary: 'List what was said in a case, newest first', params,
    query: Strict(pageOf('ticketMessage')), reply: List(MessageOut),
    handle: async (ctx, { params: { id }, query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listTicketMessages(ctx, id, page), (message) => encodeMessage(message, encoding));
    },
  });
}
