import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { addVehicle, createDriver, getDriver, getVehicle, issueDriverKey, listDrivers, listVehicles, removeVehicle, updateDriver } from '../../../domain/drivers/index.ts';
import { CONNECTOR_STANDARDS } from '../../../domain/stations/index.ts';
import { encodeDriver, encodeVehicle } from '../encode/drivers.ts';
import { decodeStandard } from '../encode/location.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Deleted, Id, InstantOut, List, Metadata, Nullable, pageOf, Strict } from '../schemas/common.ts';
import { encodeKey, IssuedKeyOut } from './organisation.ts';

const tag = 'Drivers';
const optional = Type.Optional;
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const DriverIn = Type.Partial(Strict({ ref: Nullable(text(100)), name: Nullable(text(200)), metadata: Metadata }), { additionalProperties: false });
const DriverOut = Type.Object({
  id: Id('driver'), object: Type.Literal('driver'), ref: Nullable(Type.String()), name: Nullable(Type.String()), metadata: Type.Object({}, { additionalProperties: true }),
  consecutive_no_shows: Type.Integer(), consecutive_losses: Type.Integer({ description: 'flexible reservations that found no room, in a row' }),
  banned_until: Nullable(InstantOut), version: Type.Integer(), created: InstantOut, updated: InstantOut,
});
const power = Type.Integer({ minimum: 1, maximum: 4_000_000, description: 'W' });
const VehicleIn = Strict({
  make: optional(text(100)), model: optional(text(100)), license_plate: optional(text(20)), connector_type: Type.Array(text(40), { minItems: 1, maxItems: 20 }),
  max_ac_power_w: optional(power), max_dc_power_w: optional(power), battery_capacity_wh: optional(Type.Integer({ minimum: 1, maximum: 2_000_000 })),
  power_curve: optional(Type.Array(Strict({ soc_percent: Type.Integer({ minimum: 0, maximum: 100 }), power_w: power }), {
    minItems: 1, maxItems: 101, description: 'the most that the battery takes when it is so full, by rising state of charge',
  })),
});
const VehicleOut = Type.Object({
  id: Id('vehicle'), object: Type.Literal('vehicle'), driver: Id('driver'), make: Nullable(Type.String()), model: Nullable(Type.String()), license_plate: Nullable(Type.String()),
  connector_type: Type.Array(Type.Enum([...CONNECTOR_STANDARDS])), max_ac_power_w: Nullable(Type.Integer()), max_dc_power_w: Nullable(Type.Integer()),
  battery_capacity_wh: Nullable(Type.Integer()),
  power_curve: Nullable(Type.Array(Type.Object({ soc_percent: Type.Integer(), power_w: Type.Integer() }))), version: Type.Integer(), created: InstantOut, updated: InstantOut,
});

export function addDriverRoutes(app: FastifyInstance, options: RestOptions): void {
  const driver = Strict({ id: Id('driver') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers', operationId: 'createDriver', tag, summary: 'Add a driver', body: DriverIn, reply: DriverOut, creates: true,
    handle: async (ctx, { body, encoding }) => encodeDriver(await createDriver(ctx, body), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers', operationId: 'listDrivers', tag, summary: 'List your drivers, newest first',
    query: Strict({ ...pageOf('driver'), ref: optional(text(100)) }),
    reply: List(DriverOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listDrivers(ctx, { ...page, ref: query.ref }), (found) => encodeDriver(found, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id', operationId: 'getDriver', tag, summary: 'Read a driver', params: driver, reply: DriverOut,
    handle: async (ctx, { params, encoding }) => encodeDriver(await getDriver(ctx, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/drivers/:id', operationId: 'updateDriver', tag, summary: 'Change a driver', params: driver, body: DriverIn, reply: DriverOut,
    handle: async (ctx, { params, body, encoding }) => encodeDriver(await updateDriver(ctx, params.id, body), encoding),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers/:id/keys', operationId: 'createDriverKey', tag, summary: "Make a key for a driver's own app", params: driver,
    body: Strict({ name: text(100) }),
    reply: IssuedKeyOut, creates: true,
    handle: async (ctx, { params, body, encoding }) => {
      const { key, secret } = await issueDriverKey(ctx, params.id, body.name);
      return { ...encodeKey(key, encoding), secret };
    },
  });
  addVehicleRoutes(app, options);
}

function addVehicleRoutes(app: FastifyInstance, options: RestOptions): void {
  const driver = Strict({ id: Id('driver') });
  const vehicle = Strict({ id: Id('vehicle') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers/:id/vehicles', operationId: 'createVehicle', tag, summary: 'Add a vehicle of a driver', params: driver, body: VehicleIn, reply: VehicleOut,
    creates: true,
    handle: async (ctx, { params, body, encoding }) => encodeVehicle(await addVehicle(ctx, params.id, {
      make: body.make, model: body.model, licensePlate: body.license_plate, connectorStandards: body.connector_type.map((word, i) => decodeStandard(word, `/connector_type/${i}`)),
      maxAcPowerW: body.max_ac_power_w, maxDcPowerW: body.max_dc_power_w, batteryCapacityWh: body.battery_capacity_wh,
      powerCurve: body.power_curve?.map(({ soc_percent: socPercent, power_w: powerW }) => ({ socPercent, powerW })),
    }), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/vehicles', operationId: 'listVehicles', tag, summary: "List a driver's vehicles", params: driver, reply: List(VehicleOut),
    handle: async (ctx, { params, request, encoding }) => toList(request, { limit: 1001 }, await listVehicles(ctx, params.id), (found) => encodeVehicle(found, encoding)),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/vehicles/:id', operationId: 'getVehicle', tag, summary: 'Read a vehicle', params: vehicle, reply: VehicleOut,
    handle: async (ctx, { params, encoding }) => encodeVehicle(await getVehicle(ctx, params.id), encoding),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/vehicles/:id', operationId: 'removeVehicle', tag, summary: 'Remove a vehicle', params: vehicle, reply: Deleted,
    handle: async (ctx, { params }) => {
      await removeVehicle(ctx, params.id);
      return { id: params.id, object: 'vehicle', deleted: true };
    },
  });
}
