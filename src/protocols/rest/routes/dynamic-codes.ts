/** Codes that change on a station's screen (OCPP 2.1). The secret is the station's and ours: nobody is shown it. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { getDynamicCode, removeDynamicCode, setDynamicCode, type DynamicCode } from '../../../domain/sessions/index.ts';
import type { Encoding } from '../encode/encoding.ts';
import { originOf, startAddress } from '../public-url.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Deleted, Id, InstantOut, Strict } from '../schemas/common.ts';

const tag = 'Stations';
const params = Strict({ id: Id('evse') });
const DEFAULTS = { validity_seconds: 60, length: 12, required: false };

const DynamicCodeIn = Strict({
  validity_seconds: Type.Optional(Type.Integer({ minimum: 10, maximum: 600, default: DEFAULTS.validity_seconds, description: 'how long one password stands' })),
  length: Type.Optional(Type.Integer({ minimum: 8, maximum: 32, default: DEFAULTS.length, description: 'of a password, in signs' })),
  required: Type.Optional(Type.Boolean({ default: DEFAULTS.required, description: 'no guest starts there without it: the printed code alone does nothing' })),
});
const DynamicCodeOut = Type.Object({
  object: Type.Literal('dynamic_code'), evse: Id('evse'), charging_station: Id('station'), status: Type.Enum(['setting', 'set', 'refused'], {
    description: 'whether the station has taken it; until it has, codes are not looked at',
  }),
  validity_seconds: Type.Integer(), length: Type.Integer(), required: Type.Boolean(), url_template: Type.String(), command: Id('stationCommand'), version: Type.Integer(),
  created: InstantOut, updated: InstantOut,
});

export function addDynamicCodeRoutes(app: FastifyInstance, options: RestOptions, { publicUrl }: { publicUrl: string | undefined }): void {
  const url = '/v1/evses/:id/dynamic_code';
  addRoute(app, options, {
    method: 'PUT', url, operationId: 'setDynamicCode', tag, params, body: DynamicCodeIn, reply: DynamicCodeOut,
    summary: 'Have a station show a QR code that changes, with a fresh secret', description: 'OCPP 2.1, `WebPaymentsCtrlr` of the EVSE.',
    handle: async (ctx, { params: { id }, body, request, encoding }) => {
      const { validity_seconds: validitySeconds, length, required: isRequired } = { ...DEFAULTS, ...body };
      const urlTemplate = (connectorId: string): string => `${startAddress(originOf(publicUrl, request), connectorId)}?totp={totp}`;
      return encodeDynamicCode(await setDynamicCode(ctx, id, { validitySeconds, length, isRequired, urlTemplate }), encoding);
    },
  });
  addRoute(app, options, {
    method: 'GET', url, operationId: 'getDynamicCode', tag, params, reply: DynamicCodeOut, summary: 'Read how a code that changes is set, and whether the station has taken it',
    handle: async (ctx, { params: { id }, encoding }) => encodeDynamicCode(await getDynamicCode(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'DELETE', url, operationId: 'deleteDynamicCode', tag, params, reply: Deleted, summary: 'Have it show none any more',
    handle: async (ctx, { params: { id } }) => {
      await removeDynamicCode(ctx, id);
      return { id, object: 'dynamic_code', deleted: true };
    },
  });
}

function encodeDynamicCode(c: DynamicCode, { time }: Encoding) {
  return {
    object: 'dynamic_code', evse: c.evseId, charging_station: c.stationId, status: c.status, validity_seconds: c.validitySeconds, length: c.length, required: c.isRequired,
    url_template: c.urlTemplate, command: c.commandId, version: c.version, created: time(c.createdAt), updated: time(c.updatedAt),
  };
}
