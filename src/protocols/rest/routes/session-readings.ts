/** What was metered in a session: as OCPI has it, as it was read, and as the meter signed it. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { chargingPeriodsOf, getSession, readingsOf, signedValuesOf, type ReadingCursor } from '../../../domain/sessions/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { pathOf } from '../problem.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, InstantOut, List, Nullable, pageOf, Strict } from '../schemas/common.ts';

const tag = 'Sessions';

const PeriodOut = Type.Object({
  start_date_time: InstantOut,
  dimensions: Type.Array(Type.Object({
    type: Type.Enum(['ENERGY', 'TIME', 'PARKING_TIME', 'POWER', 'STATE_OF_CHARGE']), volume: Type.Number({ description: 'kWh, hours, hours, kW or percent' }),
  })),
});
const ReadingOut = Type.Object({
  id: Type.String({ description: 'names its place in the list' }), read_at: InstantOut, register_wh: Nullable(Type.Integer({ description: 'all that has ever flowed' })),
  power_w: Nullable(Type.Integer()), current_a: Nullable(Type.Number()), voltage_v: Nullable(Type.Number()), soc_percent: Nullable(Type.Integer()),
  charging_state: Nullable(Type.String()), is_signed: Type.Boolean(),
});
const SignedOut = Type.Object({
  read_at: InstantOut, encoding_method: Nullable(Type.String({ description: 'how it is written: `OCMF`, …' })), signing_method: Nullable(Type.String()),
  public_key: Nullable(Type.String()), signed_data: Type.String({ description: 'word for word, as the station told it' }),
});

export function addSessionReadingRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('session') });
  addRoute(app, options, {
    method: 'GET', url: '/v1/sessions/:id/charging_periods', operationId: 'listChargingPeriods', tag, params, reply: List(PeriodOut),
    summary: 'What was metered, in periods as OCPI 2.2.1 has them', description: 'Of a session that goes on: until the newest reading.',
    handle: async (ctx, { params: { id }, request, encoding }) => {
      const periods = await chargingPeriodsOf(ctx, await getSession(ctx, id));
      return whole(pathOf(request), periods.map(({ start, dimensions }) => ({ start_date_time: encoding.time(start), dimensions })));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/sessions/:id/meter_values', operationId: 'listMeterValues', tag, params, reply: List(ReadingOut),
    summary: 'What its meter showed, oldest first',
    query: Strict({ limit: pageOf('session').limit, after: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,600}$', description: 'the last id of the page before' })) }),
    handle: async (ctx, { params: { id }, query, request, encoding }) => {
      const page = toPage(query);
      const after = query.after === undefined ? undefined : cursorOf(query.after);
      const found = await readingsOf(ctx, await getSession(ctx, id), { limit: page.limit, ...(after ? { after } : {}) });
      return toList(request, page, found.map((reading) => ({ ...reading, id: idOf(reading) })), (r) => ({
        id: r.id, read_at: encoding.time(r.at), register_wh: r.energyWh, power_w: r.powerW, current_a: r.currentA, voltage_v: r.voltageV, soc_percent: r.socPercent,
        charging_state: r.chargingState, is_signed: r.signed !== null,
      }));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/sessions/:id/signed_meter_values', operationId: 'listSignedMeterValues', tag, params, reply: List(SignedOut),
    summary: 'What its meter has signed (OCMF and others), word for word, oldest first',
    handle: async (ctx, { params: { id }, request, encoding }) => {
      const values = await signedValuesOf(ctx, await getSession(ctx, id));
      return whole(pathOf(request), values.map(({ at, encoding: written, method, publicKey, data }) => ({
        read_at: encoding.time(at), encoding_method: written, signing_method: method, public_key: publicKey, signed_data: data,
      })));
    },
  });
}

const whole = (url: string, data: readonly object[]) => ({ object: 'list', url, has_more: false, next_page_url: null, data });

function idOf({ transactionNumber, key }: ReadingCursor): string {
  return Buffer.from(`${transactionNumber}/${key}`).toString('base64url');
}

function cursorOf(id: string): ReadingCursor {
  const [, number, key] = /^([0-9]{1,9})\/(.*)$/s.exec(Buffer.from(id, 'base64url').toString()) ?? [];
  if (number === undefined || key === undefined || key.includes('\0') || !key.isWellFormed()) {
    throw new DomainError('invalid_request', 'That is no place in the list.', { errors: [{ pointer: '?after', message: 'is no id of a meter value' }] });
  }
  return { transactionNumber: Number(number), key };
}
