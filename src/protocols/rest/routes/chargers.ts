/** How charging stations connect: what they prove themselves with, and what is known of their connection. */
import type { FastifyInstance } from 'fastify';
import { findEnforcement } from '../../../domain/arming/index.ts';
import {
  getCommand, getConnection, listConnectors, listStationCommands, listStationReports, queueCommand, removeCredentials, setCredentials, type SecurityProfile,
} from '../../../domain/chargers/index.ts';
import { encodeCommand, encodeConnectionView, encodeCredentials, encodeReport } from '../encode/chargers.ts';
import { decodeParameters } from '../encode/operator-commands.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { CommandIn, CommandOut, ConnectionOut, CredentialsIn, CredentialsOut, CredentialsRemoved, StationReportOut } from '../schemas/chargers.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';

const tag = 'Stations';

export function addChargerRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('station') });
  addRoute(app, options, {
    method: 'PUT', url: '/v1/charging_stations/:id/credentials', operationId: 'setStationCredentials', tag, summary: 'Say how a station proves who it is', params,
    body: CredentialsIn, reply: CredentialsOut,
    description: 'What it had until now opens nothing any more, and its connection ends. A password that is made is shown this once.',
    handle: async (ctx, { params: { id }, body: { security_profile: profile, ...body }, encoding }) => (
      encodeCredentials(await setCredentials(ctx, id, { ...body, securityProfile: profile as SecurityProfile }), encoding)),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/charging_stations/:id/credentials', operationId: 'deleteStationCredentials', tag, summary: 'Let a station connect no more', params,
    reply: CredentialsRemoved,
    handle: async (ctx, { params: { id } }) => {
      await removeCredentials(ctx, id);
      return { object: 'station_credentials', charging_station: id, deleted: true };
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/charging_stations/:id/connection', operationId: 'getStationConnection', tag, summary: 'Read how a station is connected', params, reply: ConnectionOut,
    handle: async (ctx, { params: { id }, encoding }) => {
      const view = await getConnection(ctx, id);
      return encodeConnectionView(id, view, await listConnectors(ctx, id), await findEnforcement(ctx, id), encoding);
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/charging_stations/:id/reports', operationId: 'listStationReports', tag, params, query: Strict(pageOf('stationReport')),
    summary: 'List what a station has told for people to read, newest first: security events, events', reply: List(StationReportOut),
    handle: async (ctx, { params: { id }, query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listStationReports(ctx, id, page), (found) => encodeReport(found, encoding));
    },
  });
  addCommandRoutes(app, options);
}

function addCommandRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('station') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/charging_stations/:id/commands', operationId: 'createStationCommand', tag, summary: 'Tell a station to do something', params, body: CommandIn,
    reply: CommandOut, creates: true,
    description: 'It is sent once, when the station is connected and the commands before it are done, and not when it has expired. `station_command.completed` tells how it ended.',
    handle: async (ctx, { params: { id }, body, encoding }) => encodeCommand(await queueCommand(ctx, id, decodeParameters(body)), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/charging_stations/:id/commands', operationId: 'listStationCommands', tag, summary: 'List what a station was told, newest first', params,
    query: Strict(pageOf('stationCommand')), reply: List(CommandOut),
    handle: async (ctx, { params: { id }, query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listStationCommands(ctx, id, page), (found) => encodeCommand(found, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/station_commands/:id', operationId: 'getStationCommand', tag, summary: 'Read what became of a command', params: Strict({ id: Id('stationCommand') }),
    reply: CommandOut, handle: async (ctx, { params: { id }, encoding }) => encodeCommand(await getCommand(ctx, id), encoding),
  });
}
