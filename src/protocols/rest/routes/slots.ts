import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Context } from '../../../domain/organisations/index.ts';
import { priceSlots } from '../../../domain/pricing/index.ts';
import { getLocationPolicy, getOperatorPolicy, listFreeSlots, setLocationPolicy, setOperatorPolicy } from '../../../domain/reservations/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { Encoding } from '../encode/encoding.ts';
import { decodeStandard } from '../encode/location.ts';
import { decodePolicy, encodePolicyVersion } from '../encode/reservation.ts';
import { encodeSlot, encodeSlotPrice } from '../encode/slots.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, InstantQuery, Nullable, Strict } from '../schemas/common.ts';
import { PolicyOut, PolicyPatch, SlotOut, SlotPriceOut } from '../schemas/reservation.ts';
import { parseOptionalInstant } from '../times.ts';

const DEFAULT_SLOTS = 50;

const SlotQuery = Strict({
  start: Type.Optional(InstantQuery('from when; now when not given')), end: Type.Optional(InstantQuery('until when; a day later when not given, 31 days at most')),
  duration_minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 525_600 })), energy_wh: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_000_000 })),
  amount: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'minor units, with price_per_kwh' })),
  price_per_kwh: Type.Optional(Type.String({ pattern: '^[0-9]{1,6}(\\.[0-9]{1,6})?$', description: 'minor units, as a decimal' })),
  connector_type: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Array(Type.String({ maxLength: 40 }), { maxItems: 20 })])),
  vehicle: Type.Optional(Id('vehicle')), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: DEFAULT_SLOTS })),
});
const SlotList = Type.Object({
  object: Type.Literal('list'), has_more: Type.Boolean(), time_zone: Type.String(), slot_grid_minutes: Type.Integer(), mode: Type.String(),
  data: Type.Array(Type.Interface([SlotOut], { price: Nullable(SlotPriceOut) })),
});

export function addSlotRoutes(app: FastifyInstance, options: RestOptions): void {
  const places = [
    { url: '/v1/evses/:id/slots', operationId: 'listEvseSlots', kind: 'evse', field: 'evseId', of: 'an EVSE' },
    { url: '/v1/charging_stations/:id/slots', operationId: 'listStationSlots', kind: 'station', field: 'stationId', of: 'a charging station' },
    { url: '/v1/locations/:id/slots', operationId: 'listLocationSlots', kind: 'location', field: 'locationId', of: 'a location' },
  ] as const;
  for (const { url, operationId, kind, field, of } of places) {
    addRoute(app, options, {
      method: 'GET', url, operationId, tag: 'Slots', summary: `Free slots of ${of}`, isPublic: true, params: Strict({ id: Id(kind) }), query: SlotQuery, reply: SlotList,
      handle: (ctx, { params, query, encoding }) => answerSlots(ctx, { [field]: params.id }, query, encoding),
    });
  }
}

async function answerSlots(ctx: Context, place: { evseId?: string; stationId?: string; locationId?: string }, query: Static<typeof SlotQuery>, encoding: Encoding) {
  const words = [query.connector_type ?? []].flat();
  const limit = query.limit ?? DEFAULT_SLOTS;
  const { duration_minutes: durationMinutes, energy_wh: energyWh, amount, price_per_kwh: price } = query;
  if ((amount === undefined) !== (price === undefined)) {
    throw new DomainError('invalid_request', 'An amount needs its price.', { errors: [{ pointer: '?price_per_kwh', message: 'goes with amount' }] });
  }
  if (price !== undefined && Number(price) === 0) throw new DomainError(
    'invalid_request', 'A price of 0 buys any energy.', { errors: [{ pointer: '?price_per_kwh', message: 'must be more than 0' }] },
  );
  const { location, policy, slots } = await listFreeSlots(ctx, {
    ...place, from: parseOptionalInstant(query.start, '?start'), to: parseOptionalInstant(query.end, '?end'), durationMinutes, energyWh,
    amount: amount === undefined ? undefined : { amountMinor: amount, pricePerKwhMinor: Number(price) },
    connectorStandards: words.length === 0 ? undefined : words.map((word) => decodeStandard(word, '?connector_type')), vehicleId: query.vehicle, limit: limit + 1,
  });
  const shown = slots.slice(0, limit);
  const prices = await priceSlots(ctx, location, shown, energyWh);
  return {
    object: 'list', time_zone: location.timeZone, slot_grid_minutes: policy.slotGridMinutes, mode: policy.mode, has_more: slots.length > limit,
    data: shown.map((slot, i) => ({ ...encodeSlot(slot, encoding), price: encodeSlotPrice(prices[i]!) })),
  };
}

export function addPolicyRoutes(app: FastifyInstance, options: RestOptions): void {
  const tag = 'Policies';
  const location = Strict({ id: Id('location') });
  addRoute(app, options, {
    method: 'GET', url: '/v1/policy', operationId: 'getOperatorPolicy', tag, summary: "An operator's booking policy; your own when none is named", isPublic: true,
    query: Strict({ operator_id: Type.Optional(Id('organisation')) }), reply: PolicyOut,
    handle: async (ctx, { query, encoding }) => encodePolicyVersion(await getOperatorPolicy(ctx, query.operator_id), encoding),
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/policy', operationId: 'setOperatorPolicy', tag, summary: 'Change your booking policy; promises made so far keep theirs', body: PolicyPatch,
    reply: PolicyOut,
    handle: async (ctx, { body, encoding }) => encodePolicyVersion(await setOperatorPolicy(ctx, decodePolicy(body)), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/locations/:id/policy', operationId: 'getLocationPolicy', tag, summary: 'The booking policy in force at a location', isPublic: true, params: location,
    reply: PolicyOut,
    handle: async (ctx, { params, encoding }) => encodePolicyVersion(await getLocationPolicy(ctx, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/locations/:id/policy', operationId: 'setLocationPolicy', tag, summary: "Give a location a policy of its own, or change it", params: location,
    body: PolicyPatch, reply: PolicyOut,
    handle: async (ctx, { params, body, encoding }) => encodePolicyVersion(await setLocationPolicy(ctx, params.id, decodePolicy(body)), encoding),
  });
}
