import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { ownersOfCaller, requireAccess, type Actor, type Context } from '../../../domain/organisations/index.ts';
import { DomainError, notFound } from '../../../platform/errors/index.ts';
import { findEvent, readEvents, type EventFilter } from '../../../platform/events/index.ts';
import { encodeEvent } from '../encode/event.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, InstantOut, List, Nullable, pageOf, Strict } from '../schemas/common.ts';

const tag = 'Events';
export const EventTypes = Type.Union([
  Type.String({ pattern: '^[a-z_]+(\\.[a-z_]+)*(\\.\\*)?$', maxLength: 60 }),
  Type.Array(Type.String({ pattern: '^[a-z_]+(\\.[a-z_]+)*(\\.\\*)?$', maxLength: 60 }), { maxItems: 50 }),
], {
  description: '`reservation.confirmed`, or `reservation.*`',
});
const EventOut = Type.Object({
  id: Id('event'), object: Type.Literal('event'), type: Type.String(), position: Type.Integer({ description: 'place in the one order of all events' }), object_id: Type.String(),
  object_version: Type.Integer(), created: InstantOut, request_id: Nullable(Type.String()),
  data: Type.Object({ object: Type.Object({}, { additionalProperties: true, description: 'the object as it was after the change' }) }),
});

export function addEventRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/events', operationId: 'listEvents', tag,
    summary: 'What has happened, newest first; with `since`, oldest first from a position on', reply: List(EventOut),
    query: Strict({
      ...pageOf('event'), since: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'a position: the events after it, oldest first' })),
      type: Type.Optional(EventTypes), object_id: Type.Optional(Type.String({ maxLength: 60 })),
    }),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      if (query.since !== undefined && (page.after ?? page.before) !== undefined) {
        throw new DomainError('invalid_request', 'Ask from a position on, or for a page.', { errors: [{ pointer: '?since', message: 'goes without after and before' }] });
      }
      const filter: EventFilter = { ...visibleTo(ctx), types: query.type === undefined ? undefined : [query.type].flat(), objectId: query.object_id };
      const after = page.after === undefined ? undefined : await positionOf(ctx, page.after, filter);
      const before = page.before === undefined ? undefined : await positionOf(ctx, page.before, filter);
      // Newest first, "after" an event are the older ones.
      const events = query.since !== undefined ? await readEvents(ctx.tx, { after: query.since, limit: page.limit }, filter)
        : before !== undefined ? (await readEvents(ctx.tx, { after: before, limit: page.limit }, filter)).reverse()
        : await readEvents(ctx.tx, { before: after, limit: page.limit, newestFirst: true }, filter);
      const list = toList(request, page, events, (event) => encodeEvent(event, ctx, encoding));
      if (query.since === undefined || !list.has_more) return list;
      const next = new URL(list.next_page_url!, 'http://localhost');
      next.searchParams.delete('after');
      next.searchParams.set('since', String(list.data.at(-1)!.position));
      return { ...list, next_page_url: `${next.pathname}${next.search}` };
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/events/:id', operationId: 'getEvent', tag, summary: 'Read an event', params: Strict({ id: Id('event') }), reply: EventOut,
    handle: async (ctx, { params, encoding }) => {
      const event = await findEvent(ctx.tx, params.id, visibleTo(ctx));
      if (!event) throw notFound('event', params.id);
      return encodeEvent(event, ctx, encoding);
    },
  });
}

async function positionOf(ctx: Context, id: string, filter: EventFilter): Promise<number> {
  const event = await findEvent(ctx.tx, id, { networkId: filter.networkId });
  if (!event) throw notFound('event', id);
  return event.position;
}

/** What a caller may see of the events: what is public in its network, and what it is a party of. */
export function visibleTo(ctx: { actor: Actor; network: { id: string } }): EventFilter {
  requireAccess(ctx, 'event.read', ownersOfCaller(ctx));
  if (ctx.actor.kind !== 'key') return { networkId: ctx.network.id };
  const { organisationId, driverId } = ctx.actor;
  return { networkId: ctx.network.id, organisationId, driverId };
}
