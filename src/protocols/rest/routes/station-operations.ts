/** What operators read of their charging stations beyond status: lists, variables, requests for certificates. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  getFrameLog, getLocalList, listCertificateRequests, listFrames, listVariables, refuseCertificateRequest, setFrameLog,
} from '../../../domain/chargers/index.ts';
import { encodeCertificateRequest, encodeFrame, encodeFrameLog, encodeLocalList, encodeVariable } from '../encode/operator-commands.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import { CertificateRequestOut, FrameLogIn, FrameLogOut, FrameOut, LocalListOut, StationVariableOut } from '../schemas/operator-commands.ts';
import { parseOptionalInstant } from '../times.ts';

const tag = 'Stations';

export function addStationOperationRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('station') });
  addRoute(app, options, {
    method: 'GET', url: '/v1/charging_stations/:id/local_list', operationId: 'getStationLocalList', tag, summary: 'Read whom a station lets charge without asking', params,
    reply: LocalListOut, handle: async (ctx, { params: { id }, encoding }) => encodeLocalList(await getLocalList(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/charging_stations/:id/variables', operationId: 'listStationVariables', tag, params, reply: List(StationVariableOut),
    summary: 'List what a station of OCPP 2.x has reported of itself, newest first',
    query: Strict({ ...pageOf('stationVariable'), component: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'of this one only' })) }),
    handle: async (ctx, { params: { id }, query: { component, ...query }, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listVariables(ctx, id, page, component), (found) => encodeVariable(found, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/charging_stations/:id/certificate_requests', operationId: 'listCertificateRequests', tag, params, query: Strict(pageOf('certificateRequest')),
    summary: 'List the requests of a station for a certificate, newest first', reply: List(CertificateRequestOut),
    description: 'Have one signed, and hand the chain in with the command `certificate_signed`.',
    handle: async (ctx, { params: { id }, query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listCertificateRequests(ctx, id, page), (found) => encodeCertificateRequest(found, encoding));
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/certificate_requests/:id/refuse', operationId: 'refuseCertificateRequest', tag, params: Strict({ id: Id('certificateRequest') }),
    summary: 'Let a station have no certificate', reply: CertificateRequestOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeCertificateRequest(await refuseCertificateRequest(ctx, id), encoding),
  });
  addFrameRoutes(app, options);
}

function addFrameRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('station') });
  addRoute(app, options, {
    method: 'GET', url: '/v1/charging_stations/:id/frame_log', operationId: 'getStationFrameLog', tag, summary: 'Read whether frames are written down', params, reply: FrameLogOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeFrameLog(await getFrameLog(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'PUT', url: '/v1/charging_stations/:id/frame_log', operationId: 'setStationFrameLog', tag, params, body: FrameLogIn, reply: FrameLogOut,
    summary: 'Have the frames of a station written down, or no longer', description: 'The newest 1,000 of the last seven days are kept, without passwords.',
    handle: async (ctx, { params: { id }, body: { enabled, until }, encoding }) => (
      encodeFrameLog(await setFrameLog(ctx, id, { enabled, until: parseOptionalInstant(until, '/until') }), encoding)),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/charging_stations/:id/frames', operationId: 'listStationFrames', tag, params, query: Strict(pageOf('stationFrame')), reply: List(FrameOut),
    summary: 'List what a station and the server have sent each other, newest first',
    handle: async (ctx, { params: { id }, query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listFrames(ctx, id, page), (found) => encodeFrame(found, encoding));
    },
  });
}
