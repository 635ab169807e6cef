/** Charging in networks of others: what they are, what was found there, and what was bought. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  askExternal, EXTERNAL_STATUSES, getExternalPlace, getExternalReservation, listExternalNetworks, listExternalReservations, requestExternalQuote, type NetworkPorts,
  type QuoteInput, type Wanted,
} from '../../../domain/external/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { encodeExternalNetwork, encodeExternalPlace, encodeExternalReservation } from '../encode/external.ts';
import { decodeCurrency } from '../encode/reservation.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions, type Settling } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import {
  CancelExternalIn, ConfirmExternalIn, ExternalLocationOut, ExternalNetworkOut, ExternalReservationIn, ExternalReservationOut, HoldIn, RatingIn, StartExternalIn,
} from '../schemas/external.ts';
import { EmptyIn } from '../schemas/reservation.ts';
import { parseOptionalInstant } from '../times.ts';

const tag = 'Other networks';
const params = Strict({ id: Id('externalReservation') });

export function addExternalRoutes(app: FastifyInstance, options: RestOptions & { networkPorts: NetworkPorts }): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/external_networks', operationId: 'listExternalNetworks', tag, summary: 'List the networks of others that this server takes part in',
    reply: List(ExternalNetworkOut),
    handle: async (ctx, { request, encoding }) => toList(request, { limit: 1001 }, await listExternalNetworks(ctx), (found) => encodeExternalNetwork(found, encoding)),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/external_locations/:id', operationId: 'getExternalLocation', tag, summary: 'Read a place that was found in another network, as it was told of last',
    params: Strict({ id: Id('externalLocation') }), reply: ExternalLocationOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeExternalPlace(await getExternalPlace(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/external_reservations', operationId: 'quoteExternal', tag, summary: 'Ask what charging there costs; nothing is held', body: ExternalReservationIn,
    reply: ExternalReservationOut, creates: true, settle: settleAnswer,
    description: 'The provider answers within seconds, with the free slot that is nearest; while it has not, the reservation is `asked`. It is `quoted` then: hold it.',
    handle: async (ctx, { body, encoding }) => encodeExternalReservation(await requestExternalQuote(ctx, options.networkPorts, decodeQuote(body)), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/external_reservations', operationId: 'listExternalReservations', tag, summary: 'List reservations in other networks, newest first',
    query: Strict({ ...pageOf('externalReservation'), driver: Type.Optional(Id('driver')), status: Type.Optional(Type.Enum([...EXTERNAL_STATUSES])) }),
    reply: List(ExternalReservationOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const found = await listExternalReservations(ctx, { ...page, driverId: query.driver, status: query.status });
      return toList(request, page, found, (item) => encodeExternalReservation(item, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/external_reservations/:id', operationId: 'getExternalReservation', tag,
      summary: 'Read a reservation in another network, as its provider told of it last',
    params, reply: ExternalReservationOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeExternalReservation(await getExternalReservation(ctx, id), encoding),
  });
  addQuestionRoutes(app, options);
}

/** Each asks the provider for one thing. */
function addQuestionRoutes(app: FastifyInstance, options: RestOptions & { networkPorts: NetworkPorts }): void {
  const add = <B extends Type.TSchema>(name: string, operationId: string, summary: string, body: B, wantedOf: (body: Static<B>) => Wanted, description?: string): void => {
    addRoute(app, options, {
      method: 'POST', url: `/v1/external_reservations/:id/${name}`, operationId, tag, summary, ...(description === undefined ? {} : { description }), params, body,
      reply: ExternalReservationOut, settle: settleAnswer,
      handle: async (ctx, { params: { id }, body: sent, encoding }) => encodeExternalReservation(await askExternal(ctx, options.networkPorts, id, wantedOf(sent)), encoding),
    });
  };
  add('hold', 'holdExternal', 'Have the slot held, and learn how it is paid', HoldIn, (body) => ({ operation: 'hold', taxId: body?.tax_id, organisation: body?.organisation }),
    "The driver pays the provider, at `payment.url`; `payment.paid` is true once the provider has told so. The provider is told the driver's name, phone and e-mail address.");
  add('confirm', 'confirmExternal', 'Confirm what is held, once it is paid', ConfirmExternalIn, (body) => ({ operation: 'confirm', otp: body?.otp }));
  add('start', 'startExternal', 'Start charging, with the password that the provider has sent to the driver', StartExternalIn, (body) => ({ operation: 'start', otp: body?.otp }),
    'Some providers send it when charging is asked for without one.');
  add('stop', 'stopExternal', 'Stop charging', EmptyIn, () => ({ operation: 'stop' }));
  add('refresh', 'refreshExternal', 'Ask the provider for the state it is in', EmptyIn, () => ({ operation: 'status' }));
  add('track', 'trackExternal', 'Ask how charging goes, and for a link to follow it', EmptyIn, () => ({ operation: 'track' }));
  add('cancel_quote', 'quoteExternalCancellation', 'Ask what cancelling now would cost', EmptyIn, () => ({ operation: 'cancel_quote' }));
  add('cancel', 'cancelExternal', 'Cancel', CancelExternalIn, (body) => ({ operation: 'cancel', reason: body?.reason }));
  add('ratings', 'rateExternal', 'Rate what was completed', RatingIn, ({ value, category = 'Order', feedback = null }) => ({ operation: 'rate', value, category, feedback }));
  add('support', 'askExternalSupport', 'Ask who helps', EmptyIn, () => ({ operation: 'support' }));
}

function decodeQuote({ connector, energy_wh: energyWh, spend, driver, vehicle, metadata, ...times }: Static<typeof ExternalReservationIn>): QuoteInput {
  if (energyWh !== undefined && spend) throw new DomainError('invalid_request', 'Energy or an amount, not both.', { errors: [{ pointer: '/spend',
    message: 'goes without energy_wh' }] });
  return {
    connectorId: connector, start: parseOptionalInstant(times.ideal_start, '/ideal_start') ?? null, end: parseOptionalInstant(times.ideal_end, '/ideal_end') ?? null,
    energyWh: energyWh ?? null,
    amountMinor: spend?.amount ?? null, currency: spend ? decodeCurrency(spend.currency, '/spend/currency') : null, driverId: driver, vehicleId: vehicle, metadata,
  };
}

const PATIENCE_MS = 10_000;
const LOOK_MS = 80;

/** What the provider answers is waited for; after that it comes as an event. What it refuses is a problem, in our words where there are some. */
async function settleAnswer(body: unknown, after: Settling): Promise<unknown> {
  const { id, waiting_for: operation } = body as Static<typeof ExternalReservationOut>;
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    const reservation = await after.run((ctx) => getExternalReservation(ctx, id));
    if (reservation.waiting?.operation !== operation) {
      const { problem } = reservation;
      if (problem?.operation === operation) throw new DomainError(problem.reason, problem.message, { external_reservation: id, provider_code: problem.code });
      return encodeExternalReservation(reservation, after.encoding);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return body;
}
