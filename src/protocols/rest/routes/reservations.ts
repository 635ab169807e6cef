import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { getDriver, getVehicle } from '../../../domain/drivers/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import {
  announceLate, cancelReservation, confirmReservation, createReservation, extendReservation, getReservation, isOnDriverSide, leaveEarly, listReservations,
  moveReservation, quoteCancellation, sendStartOtp, settleAssignment,
  STATUSES, updateReservation, type FlexibleInput, type Reservation, type ReservationInput, type WishChange,
} from '../../../domain/reservations/index.ts';
import { findEvse, findStation, loadLocation } from '../../../domain/stations/index.ts';
import { decodeSomewhere, decodeWhat, decodeWindow, decodeWish, refuseWithout } from '../encode/asked.ts';
import { encodeDriver, encodeVehicle } from '../encode/drivers.ts';
import type { Encoding } from '../encode/encoding.ts';
import { decodeStandard, encodeEvse, encodeLocation, encodeStation } from '../encode/location.ts';
import { encodeQuote, encodeReservation } from '../encode/reservation.ts';
import { toList, toPage } from '../paging.ts';
import { settlePaid } from '../paying.ts';
import { addRoute, type RestOptions, type Settling } from '../route.ts';
import { Expand, Id, List, pageOf, Strict } from '../schemas/common.ts';
import { CancelIn, CancelQuoteOut, ConfirmIn, EmptyIn, ExtendIn, LateIn, MoveIn, ReservationIn, OtpSentOut, ReservationOut, ReservationPatch } from '../schemas/reservation.ts';
import { parseInstant, parseOptionalInstant } from '../times.ts';

const tag = 'Reservations';
const params = Strict({ id: Id('reservation') });
const EXPANDABLE = ['location_id', 'charging_station', 'evse', 'driver', 'vehicle'] as const;
const expand = { 'expand[]': Expand(EXPANDABLE) };
type ExpandName = (typeof EXPANDABLE)[number];

export function addReservationRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations', operationId: 'createReservation', tag, summary: 'Reserve a slot',
    description: 'Exact (an EVSE, a charging station or a location, and a time): takes the slot at once, as a hold that waits to be confirmed, or, with `confirm` and '
      + 'nothing to pay, for good. Flexible (a `location` with a radius, or an `area`): waits for its assignment shortly before its window, or, with `confirm`, is '
      + 'assigned at once. 409 comes with alternatives.',
    body: ReservationIn, reply: ReservationOut, creates: true, settle: settleConfirmed(options, 'may_fail'),
    handle: async (ctx, { body, encoding }) => encodeReservation(ctx, await createReservation(ctx, decodeInput(body)), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/reservations', operationId: 'listReservations', tag, summary: 'List reservations, newest first',
    query: Strict({
      ...pageOf('reservation'), ...expand, status: Type.Optional(Type.Enum([...STATUSES])), driver: Type.Optional(Id('driver')), vehicle: Type.Optional(Id('vehicle')),
      charging_station: Type.Optional(Id('station')), evse: Type.Optional(Id('evse')), location_id: Type.Optional(Id('location')),
    }),
    reply: List(ReservationOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const { status, driver: driverId, vehicle: vehicleId, charging_station: stationId, evse: evseId, location_id: locationId } = query;
      const found = await listReservations(ctx, { ...page, status, driverId, vehicleId, stationId, evseId, locationId });
      const list = toList(request, page, found, (reservation) => reservation);
      const data = [];
      for (const reservation of list.data) data.push(await expanded(ctx, reservation, query['expand[]'], encoding));
      return { ...list, data };
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/reservations/:id', operationId: 'getReservation', tag, summary: 'Read a reservation', params, query: Strict(expand), reply: ReservationOut,
    handle: async (ctx, { params: { id }, query, encoding }) => expanded(ctx, await getReservation(ctx, id), query['expand[]'], encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id', operationId: 'updateReservation', tag, summary: 'Change a pending reservation', params,
    body: ReservationPatch, reply: ReservationOut,
    handle: async (ctx, { params: { id }, body, encoding }) => encodeReservation(ctx, await updateReservation(ctx, id, {
      metadata: body.metadata, vehicleId: body.vehicle, paymentMethod: body.payment_method, wish: decodeWishChange(body),
    }), encoding),
  });
  addLifeRoutes(app, options);
}

function addLifeRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id/confirm', operationId: 'confirmReservation', tag, summary: 'Confirm a hold', params, body: Type.Union([ConfirmIn, Type.Null()]),
    reply: ReservationOut, settle: settleConfirmed(options, 'must_be_paid'),
    handle: async (ctx, { params: { id }, body, encoding }) => encodeReservation(ctx, await confirmReservation(ctx, id, { paymentMethod: body?.payment_method }), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/reservations/:id/cancel_quote', operationId: 'quoteCancellation', tag, summary: 'What cancelling now would cost', params, reply: CancelQuoteOut,
    handle: async (ctx, { params: { id } }) => ({ object: 'cancel_quote', reservation: id, ...encodeQuote(await quoteCancellation(ctx, id)) }),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id/cancel', operationId: 'cancelReservation', tag, summary: 'Cancel, as the driver or, with a reason, as the operator', params,
    body: Type.Union([CancelIn, Type.Null()]), reply: ReservationOut,
    handle: async (ctx, { params: { id }, body, encoding }) => encodeReservation(ctx, await cancelReservation(ctx, id, { reason: body?.reason }), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id/extend', operationId: 'extendReservation', tag, summary: 'End later', params, body: ExtendIn, reply: ReservationOut,
    handle: async (ctx, { params: { id }, body, encoding }) => {
      const extended = await extendReservation(ctx, id, { end: parseOptionalInstant(body.end, '/end'), byMinutes: body.by_minutes });
      return encodeReservation(ctx, extended, encoding);
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id/move', operationId: 'moveReservation', tag, summary: 'Move to another time or EVSE', params, body: MoveIn, reply: ReservationOut,
    handle: async (ctx, { params: { id }, body, encoding }) => {
      const wish = decodeWish(body, body.end, '/end');
      const moved = await moveReservation(ctx, id, { ...wish, evseId: body.evse, start: parseOptionalInstant(body.start, '/start') });
      return encodeReservation(ctx, moved, encoding);
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id/late', operationId: 'announceLate', tag, summary: 'Say that the driver is late', params, body: LateIn, reply: ReservationOut,
    handle: async (ctx, { params: { id }, body, encoding }) => {
      const late = await announceLate(ctx, id, { expectedArrival: parseInstant(body.expected_arrival, '/expected_arrival') });
      return encodeReservation(ctx, late, encoding);
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id/otp', operationId: 'sendStartOtp', tag, summary: 'Send the driver the password to start charging with', params, body: EmptyIn,
    reply: OtpSentOut, description: 'It goes to the driver alone, by a notice; a new one takes the place of the old.',
    handle: async (ctx, { params: { id }, encoding }) => ({ object: 'otp_sent', reservation: id, expires_at: encoding.time((await sendStartOtp(ctx, id)).expiresAt) }),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/reservations/:id/leave', operationId: 'leaveEarly', tag, summary: 'Leave early: the rest of the slot is free', params,
    body: EmptyIn, reply: ReservationOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeReservation(ctx, await leaveEarly(ctx, id), encoding),
  });
}

/** How long a confirmation waits for another process that is assigning there. */
const PATIENCE_MS = 3_000;

/** RSV-F7: one that was confirmed and left to another process, which is how it is due as it was changed last, is answered as that one has decided. */
function settleConfirmed({ runtime }: RestOptions, unless: 'must_be_paid' | 'may_fail'): (body: unknown, after: Settling) => Promise<unknown> {
  return async (body, after) => {
    const { run, requestId, encoding } = after;
    const { id, status, version, assign_at: due, updated } = body as Static<typeof ReservationOut>;
    if (status !== 'pending' || version === 1 || due !== updated) return settlePaid(body as Static<typeof ReservationOut>, after, unless);
    const networkId = await run(async (ctx) => ctx.network.id);
    await settleAssignment(runtime, { networkId, requestId }, id, PATIENCE_MS);
    return run(async (ctx) => encodeReservation(ctx, await getReservation(ctx, id), encoding));
  };
}

function decodeInput(body: Static<typeof ReservationIn>): ReservationInput | FlexibleInput {
  const what = decodeWhat(body, body.ideal_end, '/ideal_end');
  const asked = { start: parseInstant(body.ideal_start, '/ideal_start'), confirm: body.confirm ?? false };
  if ('area' in what) return { ...what, ...decodeWindow(body), ...asked };
  if (body.quote !== undefined) Object.assign(asked, { quoteId: body.quote });
  refuseWithout('/location', { '/earliest_start': body.earliest_start, '/latest_end': body.latest_end });
  return { ...what, ...asked };
}

/** Undefined when nothing of it is said; what is not said is left out. */
function decodeWishChange(body: Static<typeof ReservationPatch>): WishChange | undefined {
  const connectorStandards = body.connector_type?.map((word, i) => decodeStandard(word, `/connector_type/${i}`));
  const start = parseOptionalInstant(body.ideal_start, '/ideal_start');
  const said = { ...decodeWish(body, body.ideal_end, '/ideal_end'), ...decodeSomewhere(body), ...decodeWindow(body), connectorStandards, start };
  const change = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return Object.keys(change).length === 0 ? undefined : change;
}

async function expanded(ctx: Context, reservation: Reservation, wanted: ExpandName | ExpandName[] | undefined, encoding: Encoding) {
  const encoded: Record<string, unknown> = encodeReservation(ctx, reservation, encoding);
  const names = new Set([wanted ?? []].flat());
  if (names.has('location_id') || names.has('charging_station') || names.has('evse')) {
    const location = reservation.locationId === null ? undefined : await loadLocation(ctx.tx, reservation.locationId);
    const station = location && reservation.stationId !== null ? findStation(location, reservation.stationId) : undefined;
    const evse = location && reservation.evseId !== null ? findEvse(location, reservation.evseId) : undefined;
    if (names.has('location_id') && location) encoded.location_id = encodeLocation(location, encoding);
    if (names.has('charging_station') && station) encoded.charging_station = encodeStation(station, encoding);
    if (names.has('evse') && evse) encoded.evse = encodeEvse(evse, encoding);
  }
  if (!isOnDriverSide(ctx, reservation)) return encoded;
  if (names.has('driver') && reservation.driverId !== null) encoded.driver = encodeDriver(await getDriver(ctx, reservation.driverId), encoding);
  if (names.has('vehicle') && reservation.vehicleId !== null) {
    encoded.vehicle = await getVehicle(ctx, reservation.vehicleId).then((vehicle) => encodeVehicle(vehicle, encoding), () => reservation.vehicleId);
  }
  return encoded;
}
