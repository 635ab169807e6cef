/** Locations as REST says them: the names of OCPI 2.2.1, plus charging stations between location and EVSE. */
import Type from 'typebox';
import {
  CAPABILITIES, CONNECTOR_FORMATS, CONNECTOR_STANDARDS, ENERGY_SOURCES, ENVIRONMENTAL_IMPACTS, EVSE_STATUSES, FACILITIES, IMAGE_CATEGORIES, PARKING_RESTRICTIONS, PARKING_TYPES,
  POWER_TYPES,
} from '../../../domain/stations/index.ts';
import { Id, InstantIn, InstantOut, Strict } from './common.ts';
import { RatingSummaryOut } from './feedback.ts';

const text = (maxLength: number, description?: string) => Type.String({ minLength: 1, maxLength, ...(description ? { description } : {}) });
export const Url = Type.String({ pattern: '^https?://', maxLength: 255 });
const optional = Type.Optional;
const enums = <T extends string>(values: readonly T[], maxItems = 100) => Type.Array(Type.Enum([...values]), { maxItems });

export const DisplayText = Strict({ language: Type.String({ pattern: '^[a-z]{2}$' }), text: text(512) });
export const Coordinates = Strict({ latitude: Type.Number({ minimum: -90, maximum: 90 }), longitude: Type.Number({ minimum: -180, maximum: 180 }) });
const Image = Strict({
  url: Url, thumbnail: optional(Url), category: Type.Enum([...IMAGE_CATEGORIES]), type: text(4), width: optional(Type.Integer({ minimum: 1, maximum: 99_999 })),
  height: optional(Type.Integer({ minimum: 1, maximum: 99_999 })),
});
const Business = Strict({ name: text(100), website: optional(Url), logo: optional(Image) });
const clock = Type.String({ pattern: '^([01][0-9]|2[0-4]):[0-5][0-9]$', description: 'HH:MM in the location\'s own time' });
export const OpeningTimes = <T extends ReturnType<typeof InstantIn>>(instant: T) => {
  const periods = optional(Type.Array(Strict({ period_begin: instant, period_end: instant }), { maxItems: 400 }));
  return Strict({
    twentyfourseven: Type.Boolean(),
    regular_hours: optional(Type.Array(Strict({ weekday: Type.Integer({ minimum: 1, maximum: 7 }), period_begin: clock, period_end: clock }), { maxItems: 70 })),
    exceptional_openings: periods, exceptional_closings: periods,
  });
};
export const EnergyMix = Strict({
  is_green_energy: Type.Boolean(),
  energy_sources: optional(Type.Array(Strict({ source: Type.Enum([...ENERGY_SOURCES]), percentage: Type.Number({ minimum: 0, maximum: 100 }) }), { maxItems: 20 })),
  environ_impact: optional(Type.Array(Strict({ category: Type.Enum([...ENVIRONMENTAL_IMPACTS]), amount: Type.Number({ minimum: 0 }) }), { maxItems: 5 })),
  supplier_name: optional(text(64)), energy_product_name: optional(text(64)),
});

const volts = Type.Integer({ minimum: 1, maximum: 10_000, description: 'V' });
const amperes = Type.Integer({ minimum: 1, maximum: 10_000, description: 'A' });
const connectorIn = {
  ref: text(36, 'id within its EVSE'), standard: text(40, 'an OCPI connector standard, or what people call it: CCS2, Type 2, CHAdeMO'), format: Type.Enum([...CONNECTOR_FORMATS]),
  power_type: Type.Enum([...POWER_TYPES]), max_voltage: volts, max_amperage: amperes,
  max_electric_power: optional(Type.Integer({ minimum: 1, maximum: 4_000_000, description: 'W; else voltage × current × phases' })),
  tariff_ids: optional(Type.Array(text(36), { maxItems: 50 })), terms_and_conditions: optional(Url),
};
export const ConnectorIn = Strict(connectorIn);

const evseIn = {
  uid: text(36, 'your own id, unique in the location'), evse_id: optional(text(48, 'eMI3 id')), status: optional(Type.Enum([...EVSE_STATUSES])),
  capabilities: optional(enums(CAPABILITIES)), floor_level: optional(text(4)), coordinates: optional(Coordinates), physical_reference: optional(text(16)),
  directions: optional(Type.Array(DisplayText, { maxItems: 20 })), parking_restrictions: optional(enums(PARKING_RESTRICTIONS)),
  images: optional(Type.Array(Image, { maxItems: 50 })),
};
export const EvseIn = Strict({ ...evseIn, connectors: optional(Type.Array(ConnectorIn, { maxItems: 20 })) });

const stationIn = { ref: text(48, 'your own id, unique in the location; the OCPP identity'), name: optional(text(255)), vendor: optional(text(100)), model: optional(text(100)) };
export const StationIn = Strict({ ...stationIn, evses: optional(Type.Array(EvseIn, { maxItems: 200 })) });

const locationIn = {
  ref: text(100, 'your own id, unique among your locations'), publish: optional(Type.Boolean({ default: true })), name: text(255), address: text(255), city: text(100),
  postal_code: optional(text(20)), state: optional(text(100)), country: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 3166-1 alpha-3' }), coordinates: Coordinates,
  parking_type: optional(Type.Enum([...PARKING_TYPES])), directions: optional(Type.Array(DisplayText, { maxItems: 20 })), operator: optional(Business),
  suboperator: optional(Business),
  owner: optional(Business), facilities: optional(enums(FACILITIES)), time_zone: text(64, 'IANA name, Asia/Kolkata for example'),
  opening_times: optional(OpeningTimes(InstantIn('an instant'))), charging_when_closed: optional(Type.Boolean()), images: optional(Type.Array(Image, { maxItems: 50 })),
  energy_mix: optional(EnergyMix),
};
export const LocationIn = Strict({ ...locationIn, charging_stations: optional(Type.Array(StationIn, { maxItems: 200 })) });

const { ref: _ref, ...changeable } = locationIn;
export const LocationPatch = Type.Partial(Strict({ ...changeable }), { additionalProperties: false, minProperties: 1, description: 'only what shall change' });
export const StationPatch = Type.Partial(Strict({ name: stationIn.name, vendor: stationIn.vendor, model: stationIn.model }), { additionalProperties: false, minProperties: 1 });
const { uid: _uid, status: _status, ...evseChangeable } = evseIn;
export const EvsePatch = Type.Partial(Strict({ ...evseChangeable, status: Type.Enum([...EVSE_STATUSES]) }), { additionalProperties: false, minProperties: 1 });
const { ref: _connectorRef, ...connectorChangeable } = connectorIn;
export const ConnectorPatch = Type.Partial(Strict(connectorChangeable), { additionalProperties: false, minProperties: 1 });

/** Where it is read, and somebody has rated it. */
const rating = optional(RatingSummaryOut);

export const ConnectorOut = Type.Object({
  ...connectorIn, rating, id: Id('connector'), object: Type.Literal('connector'), evse: Id('evse'), standard: Type.Enum([...CONNECTOR_STANDARDS]),
  max_electric_power: Type.Integer(),
});
export const EvseOut = Type.Object({
  ...evseIn, rating, id: Id('evse'), object: Type.Literal('evse'), charging_station: Id('station'), location_id: Id('location'), status_updated: InstantOut,
  bookable: Type.Boolean(), connectors: Type.Array(ConnectorOut),
});
export const StationOut = Type.Object({ ...stationIn, id: Id('station'), object: Type.Literal('charging_station'), location_id: Id('location'), evses: Type.Array(EvseOut) });
export const LocationOut = Type.Object({
  ...locationIn, rating, id: Id('location'), object: Type.Literal('location'), operator_id: Id('organisation'), opening_times: OpeningTimes(InstantOut), version: Type.Integer(),
  created: InstantOut, last_updated: InstantOut, retired: optional(InstantOut), charging_stations: Type.Array(StationOut),
});
