/** The waitlist. What is free for a new entry is looked for once it is committed, and the answer waits for that. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  claimOffer, getWaitlistEntry, joinWaitlist, leaveWaitlist, listWaitlist, settleWaitlist, skipOffer, WAITLIST_STATUSES, withStandings, type WaitlistEntryNow,
  type WaitlistInput,
} from '../../../domain/reservations/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { decodeAsked, decodeSomewhere, decodeWindow, refuseWith } from '../encode/asked.ts';
import type { Encoding } from '../encode/encoding.ts';
import { encodeWaitlistEntry } from '../encode/waitlist.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions, type Settling } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import { ConfirmIn, EmptyIn } from '../schemas/reservation.ts';
import { WaitlistEntryOut, WaitlistIn } from '../schemas/waitlist.ts';
import { parseInstant } from '../times.ts';

const tag = 'Waitlist';
const params = Strict({ id: Id('waitlistEntry') });
const encode = ({ entry, standing }: WaitlistEntryNow, encoding: Encoding) => encodeWaitlistEntry(entry, encoding, standing);

export function addWaitlistRoutes(app: FastifyInstance, options: RestOptions): void {
  const settle = async (body: unknown, { run, requestId, encoding }: Settling) => {
    const { id } = body as { id: string };
    const networkId = await run(async (ctx) => ctx.network.id);
    await settleWaitlist(options.runtime, { networkId, requestId }, id);
    return run(async (ctx) => encode(await getWaitlistEntry(ctx, id), encoding));
  };
  addRoute(app, options, {
    method: 'POST', url: '/v1/waitlist_entries', operationId: 'joinWaitlist', tag, summary: 'Wait for a slot',
    description: 'For when nothing is free: says where (an EVSE, a charging station, a location, or an area), between when and when, and how long. What frees up is offered '
      + 'in the order of joining, as a hold that is to be claimed within minutes. What is free already is offered at once.',
    body: WaitlistIn, reply: WaitlistEntryOut, creates: true, settle,
    handle: async (ctx, { body, encoding }) => encode(await joinWaitlist(ctx, decodeInput(body)), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/waitlist_entries', operationId: 'listWaitlist', tag, summary: 'List your places in the waitlist, newest first',
    query: Strict({ ...pageOf('waitlistEntry'), status: Type.Optional(Type.Enum([...WAITLIST_STATUSES])), driver: Type.Optional(Id('driver')) }), reply: List(WaitlistEntryOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const found = await listWaitlist(ctx, { ...page, status: query.status, driverId: query.driver });
      const list = toList(request, page, found, (entry) => entry);
      return { ...list, data: (await withStandings(ctx, list.data)).map((entry) => encode(entry, encoding)) };
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/waitlist_entries/:id', operationId: 'getWaitlistEntry', tag, summary: 'Read a place in the waitlist: position, expected wait, offer', params,
    reply: WaitlistEntryOut,
    handle: async (ctx, { params: { id }, encoding }) => encode(await getWaitlistEntry(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/waitlist_entries/:id/claim', operationId: 'claimOffer', tag, summary: 'Take the offer: its reservation is confirmed', params,
    body: Type.Union([ConfirmIn, Type.Null()]), reply: WaitlistEntryOut,
    handle: async (ctx, { params: { id }, body, encoding }) => encode(await claimOffer(ctx, id, { paymentMethod: body?.payment_method }), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/waitlist_entries/:id/skip', operationId: 'skipOffer', tag, summary: 'Leave the offer to the next one, and wait on for another time', params,
    body: EmptyIn, reply: WaitlistEntryOut,
    handle: async (ctx, { params: { id }, encoding }) => encode(await skipOffer(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/waitlist_entries/:id/leave', operationId: 'leaveWaitlist', tag, summary: 'Wait no longer', params, body: EmptyIn, reply: WaitlistEntryOut,
    handle: async (ctx, { params: { id }, encoding }) => encode(await leaveWaitlist(ctx, id), encoding),
  });
}

function decodeInput(body: Static<typeof WaitlistIn>): WaitlistInput {
  const places = { '/evse': body.evse, '/charging_station': body.charging_station, '/location_id': body.location_id, '/area': body.area };
  const [said, ...others] = Object.entries({ '/location': body.location, ...places }).filter(([, value]) => value !== undefined);
  if (said !== undefined) refuseWith(said[0], Object.fromEntries(others));
  else throw new DomainError('invalid_request', 'Say where: an evse, a charging_station, a location_id, a location or an area.', {
    errors: [{ pointer: '/location', message: 'is required, or one of the other places' }],
  });
  return {
    ...decodeAsked(body, body.ideal_end, '/ideal_end'), ...decodeSomewhere(body), ...decodeWindow(body), evseId: body.evse, stationId: body.charging_station,
    locationId: body.location_id, start: parseInstant(body.ideal_start, '/ideal_start'),
  };
}
