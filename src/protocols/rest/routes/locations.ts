import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { ratingsOf } from '../../../domain/feedback/index.ts';
import { closeLocation, reshapeLocation } from '../../../domain/calendar/index.ts';
import {
  createLocation, evsesOf, findEvse, findStation, getLocation, getLocationOf, listLocations, readLocationOf, setEvseStatus, type ConnectorInput, type EvseInput,
  type Location, type LocationInput, type StationInput,
} from '../../../domain/stations/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { notFound } from '../../../platform/errors/index.ts';
import {
  decodeConnector, decodeEvse, decodeEvsePatch, decodeLocation, decodeLocationPatch, decodeStandard, decodeStation, encodeConnector, encodeEvse, encodeLocation, encodeStation,
} from '../encode/location.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Deleted, Id, List, pageOf, Strict } from '../schemas/common.ts';
import {
  ConnectorIn, ConnectorOut, ConnectorPatch, EvseIn, EvseOut, EvsePatch, LocationIn, LocationOut, LocationPatch, StationIn, StationOut, StationPatch,
} from '../schemas/location.ts';

const tag = 'Locations';
const locationId = Strict({ id: Id('location') });
const stationId = Strict({ id: Id('station') });
const evseId = Strict({ id: Id('evse') });
const connectorId = Strict({ id: Id('connector') });

export function addLocationRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/locations', operationId: 'listLocations', tag, summary: 'List locations', isPublic: true,
    query: Strict({ ...pageOf('location'), operator_id: Type.Optional(Id('organisation')) }), reply: List(LocationOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const locations = await listLocations(ctx, { ...page, operatorId: query.operator_id });
      const ratings = await ratingsAt(ctx, locations);
      return toList(request, page, locations, (location) => encodeLocation(location, encoding, ratings));
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/locations', operationId: 'createLocation', tag, summary: 'Add a location with all that stands there', body: LocationIn,
    reply: LocationOut, creates: true,
    handle: async (ctx, { body, encoding }) => encodeLocation(await createLocation(ctx, decodeLocation(body)), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/locations/:id', operationId: 'getLocation', tag, summary: 'Read a location', isPublic: true, params: locationId, reply: LocationOut,
    handle: async (ctx, { params, encoding }) => {
      const location = await getLocation(ctx, params.id);
      return encodeLocation(location, encoding, await ratingsAt(ctx, [location]));
    },
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/locations/:id', operationId: 'updateLocation', tag, summary: 'Change a location', params: locationId, body: LocationPatch, reply: LocationOut,
    handle: async (ctx, { params, body, encoding }) => {
      const patch = decodeLocationPatch(body);
      return encodeLocation(await reshapeLocation(ctx, params.id, (input) => ({ ...input, ...patch })), encoding);
    },
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/locations/:id', operationId: 'retireLocation', tag, summary: 'Retire a location',
    description: 'For good. What is promised there becomes a conflict that its operator resolves.', params: locationId, reply: LocationOut,
    handle: async (ctx, { params, encoding }) => encodeLocation(await closeLocation(ctx, params.id), encoding),
  });
  addStationRoutes(app, options);
  addEvseRoutes(app, options);
  addConnectorRoutes(app, options);
}

function addStationRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'POST', url: '/v1/locations/:id/charging_stations', operationId: 'createStation', tag, summary: 'Add a charging station', params: locationId, body: StationIn,
    reply: StationOut, creates: true,
    handle: async (ctx, { params, body, encoding }) => {
      const location = await reshapeLocation(ctx, params.id, (input) => ({ ...input, stations: [...input.stations, decodeStation(body)] }));
      return encodeStation(location.stations.find((station) => station.ref === body.ref)!, encoding);
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/charging_stations/:id', operationId: 'getStation', tag, summary: 'Read a charging station', isPublic: true, params: stationId, reply: StationOut,
    handle: async (ctx, { params, encoding }) => {
      const location = await readLocationOf(ctx, 'station', params.id);
      return encodeStation(findStation(location, params.id)!, encoding, await ratingsAt(ctx, [location]));
    },
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/charging_stations/:id', operationId: 'updateStation', tag, summary: 'Change a charging station', params: stationId, body: StationPatch,
    reply: StationOut,
    handle: async (ctx, { params, body, encoding }) => {
      const location = await changeStation(ctx, params.id, (station) => ({ ...station, ...body }));
      return encodeStation(findStation(location, params.id)!, encoding);
    },
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/charging_stations/:id', operationId: 'retireStation', tag, summary: 'Retire a charging station', params: stationId, reply: Deleted,
    handle: async (ctx, { params }) => {
      await changeStation(ctx, params.id, () => undefined);
      return { id: params.id, object: 'charging_station', deleted: true };
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/charging_stations/:id/evses', operationId: 'createEvse', tag, summary: 'Add an EVSE', params: stationId, body: EvseIn, reply: EvseOut, creates: true,
    handle: async (ctx, { params, body, encoding }) => {
      const location = await changeStation(ctx, params.id, (station) => ({ ...station, evses: [...station.evses, decodeEvse(body)] }));
      return encodeEvse(findStation(location, params.id)!.evses.find((evse) => evse.uid === body.uid)!, encoding);
    },
  });
}

function addEvseRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/evses/:id', operationId: 'getEvse', tag, summary: 'Read an EVSE and its live status', isPublic: true, params: evseId, reply: EvseOut,
    handle: async (ctx, { params, encoding }) => {
      const location = await readLocationOf(ctx, 'evse', params.id);
      return encodeEvse(findEvse(location, params.id)!, encoding, await ratingsAt(ctx, [location]));
    },
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/evses/:id', operationId: 'updateEvse', tag, summary: 'Change an EVSE, or set its status', params: evseId, body: EvsePatch, reply: EvseOut,
    handle: async (ctx, { params, body, encoding }) => {
      const { status, ...rest } = body;
      if (Object.keys(rest).length === 0) return encodeEvse((await setEvseStatus(ctx, params.id, status!)).evse, encoding);
      const location = await changeEvse(ctx, params.id, (evse) => ({ ...evse, ...decodeEvsePatch(body) }));
      return encodeEvse(findEvse(location, params.id)!, encoding);
    },
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/evses/:id', operationId: 'retireEvse', tag, summary: 'Retire an EVSE', params: evseId, reply: Deleted,
    handle: async (ctx, { params }) => {
      await changeEvse(ctx, params.id, () => undefined);
      return { id: params.id, object: 'evse', deleted: true };
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/evses/:id/connectors', operationId: 'createConnector', tag, summary: 'Add a connector', params: evseId, body: ConnectorIn, reply: ConnectorOut,
    creates: true,
    handle: async (ctx, { params, body }) => {
      const location = await changeEvse(ctx, params.id, (evse) => ({ ...evse, connectors: [...evse.connectors, decodeConnector(body)] }));
      return encodeConnector(findEvse(location, params.id)!.connectors.find((connector) => connector.ref === body.ref)!);
    },
  });
}

function addConnectorRoutes(app: FastifyInstance, options: RestOptions): void {
  const find = (location: Location, id: string) => location.stations.flatMap((s) => s.evses).flatMap((evse) => evse.connectors).find((connector) => connector.id === id)!;
  addRoute(app, options, {
    method: 'GET', url: '/v1/connectors/:id', operationId: 'getConnector', tag, summary: 'Read a connector', isPublic: true, params: connectorId, reply: ConnectorOut,
    handle: async (ctx, { params }) => {
      const location = await readLocationOf(ctx, 'connector', params.id);
      return encodeConnector(find(location, params.id), await ratingsAt(ctx, [location]));
    },
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/connectors/:id', operationId: 'updateConnector', tag, summary: 'Change a connector', params: connectorId, body: ConnectorPatch, reply: ConnectorOut,
    handle: async (ctx, { params, body }) => {
      const location = await changeConnector(ctx, params.id, (connector) => decodeConnector({
        ref: connector.ref, standard: connector.standard, format: connector.format, power_type: connector.powerType, max_voltage: connector.maxVoltageV,
        max_amperage: connector.maxAmperageA, max_electric_power: keepsPower(body) ? connector.maxPowerW : undefined, tariff_ids: connector.tariffIds,
        terms_and_conditions: connector.termsAndConditions, ...body, ...(body.standard === undefined ? {} : { standard: decodeStandard(body.standard, '/standard') }),
      }));
      return encodeConnector(find(location, params.id));
    },
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/connectors/:id', operationId: 'retireConnector', tag, summary: 'Retire a connector', params: connectorId, reply: Deleted,
    handle: async (ctx, { params }) => {
      await changeConnector(ctx, params.id, () => undefined);
      return { id: params.id, object: 'connector', deleted: true };
    },
  });
}

const ratingsAt = (ctx: Context, locations: readonly Location[]) => ratingsOf(ctx.tx, locations.flatMap((location) => [
  location.id, ...evsesOf(location).flatMap((evse) => [evse.id, ...evse.connectors.map(({ id }) => id)]),
]));

/** A power that was said stays when only other things change; one that follows from voltage and current follows them. */
function keepsPower(body: object): boolean {
  return !('max_voltage' in body || 'max_amperage' in body || 'power_type' in body);
}

/** Replaces the item with that key, or takes it out where `change` returns nothing. */
function replace<T>(items: readonly T[], isIt: (item: T) => boolean, change: (item: T) => T | undefined): T[] {
  return items.flatMap((item) => (isIt(item) ? (change(item) ?? []) : item));
}

async function changeStation(ctx: Context, id: string, change: (station: StationInput) => StationInput | undefined): Promise<Location> {
  const location = await getLocationOf(ctx, 'station', id);
  const { ref } = findStation(location, id)!;
  return reshapeLocation(ctx, location.id, (input) => ({ ...input, stations: replace(input.stations, (station) => station.ref === ref, change) }));
}

async function changeEvse(ctx: Context, id: string, change: (evse: EvseInput) => EvseInput | undefined): Promise<Location> {
  const location = await getLocationOf(ctx, 'evse', id);
  const { uid } = findEvse(location, id)!;
  const within = (input: LocationInput): LocationInput => ({
    ...input, stations: input.stations.map((station) => ({ ...station, evses: replace(station.evses, (evse) => evse.uid === uid, change) })),
  });
  return reshapeLocation(ctx, location.id, within);
}

async function changeConnector(ctx: Context, id: string, change: (connector: ConnectorInput) => ConnectorInput | undefined): Promise<Location> {
  const location = await getLocationOf(ctx, 'connector', id);
  const evse = location.stations.flatMap((station) => station.evses).find((candidate) => candidate.connectors.some((connector) => connector.id === id));
  const connector = evse?.connectors.find((candidate) => candidate.id === id);
  if (!evse || !connector) throw notFound('connector', id);
  return changeEvse(ctx, evse.id, (input) => ({ ...input, connectors: replace(input.connectors, (candidate) => candidate.ref === connector.ref, change) }));
}
