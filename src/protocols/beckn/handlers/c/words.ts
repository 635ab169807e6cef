/** Words of the candidate: its JSON-LD contexts, plugs, quantities, amounts. */
import { decimalOfUnits, minorDigits, type ShownPrice } from '../../../../domain/pricing/index.ts';
import type { Connector, ConnectorStandard, Evse, Facility, Location, PowerType } from '../../../../domain/stations/index.ts';
import type { Fields } from '../../wire/index.ts';

const RC = 'https://raw.githubusercontent.com/beckn/protocol-specifications-v2/refs/heads/core-v2.0.0-rc/schema';
export const CORE = `${RC}/core/v2/context.jsonld`;
export const SERVICE = `${RC}/EvChargingService/v1/context.jsonld`;
export const OFFER = `${RC}/EvChargingOffer/v1/context.jsonld`;
export const SESSION = `${RC}/EvChargingSession/v1/context.jsonld`;
export const SETTLEMENT = `${RC}/PaymentSettlement/v1/context.jsonld`;
/** Unified Bharat e-Charge's own */
export const UBC = 'https://raw.githubusercontent.com/bhim/ubc-tsd/main/beckn-schemas/UBCExtensions/v1/context.jsonld';

/** An amount in whole units, as a number: so the candidate writes them. */
export const amountOf = (minor: number | bigint, currency: string): number => Number(decimalOfUnits(BigInt(minor), minorDigits(currency)));

/** The closed list has no word for every plug: what it has none for is told as the one that is nearest by its making. */
const PLUGS: Partial<Record<ConnectorStandard, string>> = {
  IEC_62196_T2_COMBO: 'CCS2', IEC_62196_T2: 'Type2', IEC_62196_T1: 'Type1', CHADEMO: 'CHAdeMO', GBT_AC: 'GBT_AC', GBT_DC: 'GBT_DC',
  DOMESTIC_D: '15A', DOMESTIC_M: '15A', IEC_60309_2_single_16: 'IEC_60309', IEC_60309_2_three_16: 'IEC_60309', IEC_60309_2_three_32: 'IEC_60309', IEC_60309_2_three_64: 'IEC_60309',
};

/** The word of the closed list; undefined for plugs that it has none for. */
export const plugOf = (standard: ConnectorStandard): string | undefined => PLUGS[standard];

const POWER: Record<PowerType, string> = {
  AC_1_PHASE: 'AC_SINGLE_PHASE', AC_2_PHASE: 'AC_SINGLE_PHASE', AC_2_PHASE_SPLIT: 'AC_SINGLE_PHASE', AC_3_PHASE: 'AC_3_PHASE', DC: 'DC',
};
const [NORMAL_W, FAST_W, ULTRAFAST_W] = [7_400, 22_001, 100_000];
const speedOf = (powerW: number): string => (powerW >= ULTRAFAST_W ? 'ULTRAFAST' : powerW >= FAST_W ? 'FAST' : powerW >= NORMAL_W ? 'NORMAL' : 'SLOW');

const AMENITIES: Partial<Record<Facility, string>> = { RESTAURANT: 'RESTAURANT', CAFE: 'RESTAURANT', WIFI: 'WI-FI', PARKING_LOT: 'PARKING', CARPOOL_PARKING: 'PARKING' };
const PARKING: Partial<Record<NonNullable<Location['parkingType']>, string>> = {
  ON_STREET: 'OnStreet', PARKING_LOT: 'OffStreet', PARKING_GARAGE: 'OffStreet', ON_DRIVEWAY: 'OffStreet', UNDERGROUND_GARAGE: 'Basement',
};

/** A number of `maxPowerKW`, which the schema keeps within 1 to 500. */
export const powerKwOf = (powerW: number): number => Math.min(500, Math.max(1, powerW / 1_000));

export function placeOf({ coordinates: { latitude, longitude }, address, city, state, postalCode, country }: Location): Fields {
  return {
    '@type': 'beckn:Location', geo: { type: 'Point', coordinates: [longitude, latitude] },
    address: {
      streetAddress: address, addressLocality: city, ...(state === undefined ? {} : { addressRegion: state }), ...(postalCode === undefined ? {} : { postalCode }),
      addressCountry: country,
    },
  };
}

export function serviceOf(location: Location, evse: Evse, connector: Connector, isReservable: boolean): Fields {
  const plug = plugOf(connector.standard);
  const parkingType = location.parkingType && PARKING[location.parkingType];
  const isForTwoWheels = evse.parkingRestrictions.includes('MOTORCYCLES');
  return {
    '@context': SERVICE, '@type': 'ChargingService', ...(plug === undefined ? {} : { connectorType: plug }), maxPowerKW: powerKwOf(connector.maxPowerW),
    reservationSupported: isReservable, evseId: evse.emi3Id ?? evse.id, chargingStation: { id: evse.stationId, serviceLocation: placeOf(location) },
    amenityFeature: [...new Set(location.facilities.flatMap((facility) => AMENITIES[facility] ?? []))], ...(parkingType === undefined ? {} : { parkingType }),
    powerType: POWER[connector.powerType], connectorFormat: connector.format, chargingSpeed: speedOf(connector.maxPowerW), vehicleType: isForTwoWheels ? '2-WHEELER' : '4-WHEELER',
  };
}

/** By the kWh, or, where energy costs nothing by itself, by the minute or the session. */
export function unitPriceOf({ currency, perKwh, perHour, perSession }: ShownPrice): { price: Fields; tariffModel?: 'PER_KWH' | 'PER_MINUTE' } {
  const of = (value: number, unitText: string, unitCode: string): Fields => ({ currency, value, applicableQuantity: { unitText, unitCode, unitQuantity: 1 } });
  if (Number(perKwh) > 0) return { price: of(Number(perKwh), 'Kilowatt Hour', 'KWH'), tariffModel: 'PER_KWH' };
  if (Number(perHour) > 0) return { price: of(Number((Number(perHour) / 60).toFixed(4)), 'minutes', 'MIN'), tariffModel: 'PER_MINUTE' };
  return { price: of(Number(perSession), 'session', 'C62') };
}

export const itemName = ({ physicalReference, uid }: Pick<Evse, 'physicalReference' | 'uid'>, { standard, powerType, maxPowerW }: Connector): string => (
  `${physicalReference ?? uid}: ${powerType === 'DC' ? 'DC' : 'AC'} charger, ${plugOf(standard) ?? standard} (${maxPowerW / 1_000} kW)`);
