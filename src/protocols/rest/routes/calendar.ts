import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { createBlock, endOutage, getConflict, listConflicts, readCalendar, removeBlock, resolveConflict, startOutage } from '../../../domain/calendar/index.ts';
import { encodeBlock, encodeBooking, encodeConflict, encodeOccupancy, encodeOutage } from '../encode/calendar.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Deleted, Id, InstantIn, InstantOut, InstantQuery, List, Nullable, pageOf, Strict } from '../schemas/common.ts';
import { EmptyIn } from '../schemas/reservation.ts';
import { parseInstant, parseOptionalInstant } from '../times.ts';

const tag = 'Calendar';
const reason = Type.String({ minLength: 1, maxLength: 500 });
const BlockOut = Type.Object({
  id: Id('block'), object: Type.Literal('block'), location_id: Id('location'), evse: Id('evse'), start: InstantOut, end: InstantOut,
  reason: Nullable(Type.String()), created: InstantOut,
});
const BookingOut = Type.Object({
  id: Type.String(), object: Type.Literal('booking'), kind: Type.Enum(['hold', 'booked', 'block']), location_id: Id('location'), evse: Id('evse'),
  reservation: Nullable(Id('reservation')), start: InstantOut, end: InstantOut, kept_until: InstantOut, hold_expires_at: Nullable(InstantOut), reason: Nullable(Type.String()),
  created: InstantOut,
});
const OutageOut = Type.Object({
  id: Id('outage'), object: Type.Literal('outage'), location_id: Id('location'), evse: Id('evse'), reason: Type.String(), start: InstantOut, expected_end: Nullable(InstantOut),
  end: Nullable(InstantOut), version: Type.Integer(), created: InstantOut,
});
const OccupancyOut = Type.Object({
  id: Id('occupancy'), object: Type.Literal('occupancy'), location_id: Id('location'), evse: Id('evse'), session: Nullable(Id('session')), reservation: Nullable(Id('reservation')),
  start: InstantOut, expected_end: Nullable(InstantOut), end: Nullable(InstantOut),
});
const ConflictOut = Type.Object({
  id: Id('conflict'), object: Type.Literal('conflict'), location_id: Id('location'), evse: Id('evse'), booking: Id('booking'), reservation: Nullable(Id('reservation')),
  cause: Type.Enum(['outage', 'occupancy']), cause_id: Type.String(), status: Type.Enum(['open', 'resolved']), resolution: Nullable(Type.String()), version: Type.Integer(),
  created: InstantOut, updated: InstantOut,
});

export function addCalendarRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/evses/:id/calendar', operationId: 'readCalendar', tag, summary: 'What is promised and what is the case at an EVSE of yours',
    params: Strict({ id: Id('evse') }),
    query: Strict({ start: InstantQuery('from when'), end: InstantQuery('until when, a year at most') }),
    reply: Type.Object({
      object: Type.Literal('calendar'), evse: Id('evse'), bookings: Type.Array(BookingOut), outages: Type.Array(OutageOut),
      occupancies: Type.Array(OccupancyOut),
    }),
    handle: async (ctx, { params, query, encoding }) => {
      const { bookings, outages, occupancies } = await readCalendar(ctx, params.id, parseInstant(query.start, '?start'), parseInstant(query.end, '?end'));
      return {
        object: 'calendar', evse: params.id, bookings: bookings.map((b) => encodeBooking(b, encoding)), outages: outages.map((o) => encodeOutage(o, encoding)),
        occupancies: occupancies.map((o) => encodeOccupancy(o, encoding)),
      };
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/blocks', operationId: 'createBlock', tag, summary: 'Keep an EVSE free of bookings', creates: true, reply: BlockOut,
    body: Strict({ evse: Id('evse'), start: InstantIn('from when'), end: InstantIn('until when'), reason }),
    handle: async (ctx, { body, encoding }) => encodeBlock(await createBlock(ctx, {
      evseId: body.evse, startsAt: parseInstant(body.start, '/start'), endsAt: parseInstant(body.end, '/end'), reason: body.reason,
    }), encoding),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/blocks/:id', operationId: 'removeBlock', tag, summary: 'Remove a block', params: Strict({ id: Id('block') }), reply: Deleted,
    handle: async (ctx, { params }) => {
      await removeBlock(ctx, params.id);
      return { id: params.id, object: 'block', deleted: true };
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/outages', operationId: 'startOutage', tag, summary: 'Say that an EVSE does not work', creates: true, reply: OutageOut,
    body: Strict({
      evse: Id('evse'), reason, start: Type.Optional(InstantIn('from when; now when not given')),
      expected_end: Type.Optional(InstantIn('until when, as far as is known')),
    }),
    handle: async (ctx, { body, encoding }) => encodeOutage(await startOutage(ctx, {
      evseId: body.evse, reason: body.reason, startsAt: parseOptionalInstant(body.start, '/start'), expectedEndAt: parseOptionalInstant(body.expected_end, '/expected_end'),
    }), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/outages/:id/end', operationId: 'endOutage', tag, summary: 'Say that it works again', params: Strict({ id: Id('outage') }),
    body: EmptyIn, reply: OutageOut,
    handle: async (ctx, { params, encoding }) => encodeOutage(await endOutage(ctx, params.id), encoding),
  });
  addConflictRoutes(app, options);
}

function addConflictRoutes(app: FastifyInstance, options: RestOptions): void {
  const conflict = Strict({ id: Id('conflict') });
  addRoute(app, options, {
    method: 'GET', url: '/v1/conflicts', operationId: 'listConflicts', tag, summary: 'Promises that a fact stands against, newest first',
    query: Strict({ ...pageOf('conflict'), status: Type.Optional(Type.Enum(['open', 'resolved'])) }), reply: List(ConflictOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listConflicts(ctx, { ...page, status: query.status }), (found) => encodeConflict(found, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/conflicts/:id', operationId: 'getConflict', tag, summary: 'Read a conflict', params: conflict, reply: ConflictOut,
    handle: async (ctx, { params, encoding }) => encodeConflict(await getConflict(ctx, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/conflicts/:id/resolve', operationId: 'resolveConflict', tag, summary: 'Say how a conflict was resolved', params: conflict,
    body: Strict({ resolution: reason }), reply: ConflictOut,
    handle: async (ctx, { params, body, encoding }) => encodeConflict(await resolveConflict(ctx, params.id, body.resolution), encoding),
  });
}
