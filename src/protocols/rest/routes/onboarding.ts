/** Charging stations that come without being known. */
import type { FastifyInstance } from 'fastify';
import { acceptPending, getOnboarding, listPendingStations, removePending, setOnboarding, type SecurityProfile } from '../../../domain/chargers/index.ts';
import { encodeCredentials, encodePending } from '../encode/chargers.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { AcceptIn, CredentialsOut, OnboardingIn, OnboardingOut, PendingStationOut } from '../schemas/chargers.ts';
import { Deleted, Id, List, pageOf, Strict } from '../schemas/common.ts';

const tag = 'Stations';

export function addOnboardingRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('pendingStation') });
  addRoute(app, options, {
    method: 'GET', url: '/v1/station_onboarding', operationId: 'getStationOnboarding', tag, summary: 'Read what becomes of stations that you do not know', reply: OnboardingOut,
    handle: async (ctx) => ({ object: 'station_onboarding', unknown_stations: await getOnboarding(ctx) }),
  });
  addRoute(app, options, {
    method: 'PUT', url: '/v1/station_onboarding', operationId: 'setStationOnboarding', tag, summary: 'Say what becomes of stations that you do not know', body: OnboardingIn,
    reply: OnboardingOut,
    handle: async (ctx, { body }) => {
      await setOnboarding(ctx, body.unknown_stations);
      return { object: 'station_onboarding', ...body };
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/pending_stations', operationId: 'listPendingStations', tag, summary: 'List stations that wait to be accepted, newest first',
    query: Strict(pageOf('pendingStation')), reply: List(PendingStationOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listPendingStations(ctx, page), (found) => encodePending(found, encoding));
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/pending_stations/:id/accept', operationId: 'acceptPendingStation', tag, summary: 'Say which of your stations it is', params, body: AcceptIn,
    reply: CredentialsOut,
    description: 'The password that it came with is its own from now on. It is disconnected, and comes again as that station.',
    handle: async (ctx, { params: { id }, body, encoding }) => encodeCredentials(await acceptPending(ctx, id, {
      stationId: body.charging_station, securityProfile: body.security_profile as SecurityProfile | undefined,
    }), encoding),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/pending_stations/:id', operationId: 'deletePendingStation', tag, summary: 'Forget a station that waits; it may come again', params, reply: Deleted,
    handle: async (ctx, { params: { id } }) => {
      await removePending(ctx, id);
      return { id, object: 'pending_station', deleted: true };
    },
  });
}
