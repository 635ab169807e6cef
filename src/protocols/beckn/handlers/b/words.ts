/** Words of the draft: its JSON-LD contexts, amounts, plugs. */
import { decimalOfUnits, minorDigits, type ShownPrice } from '../../../../domain/pricing/index.ts';
import type { Connector, ConnectorStandard, Evse, Location } from '../../../../domain/stations/index.ts';
import type { Organisation } from '../../../../domain/organisations/index.ts';
import type { Fields } from '../../wire/index.ts';

const CORE = 'https://becknprotocol.io/schemas/core';
export const ORDER_CONTEXT = `${CORE}/v2/Order/schema-context.jsonld`;
export const CATALOG_CONTEXT = `${CORE}/v1/Catalog/schema-context.jsonld`;
export const ITEM_CONTEXT = `${CORE}/v1/Item/schema-context.jsonld`;
export const OFFER_CONTEXT = `${CORE}/v1/Offer/schema-context.jsonld`;
export const SESSION_CONTEXT = 'https://becknprotocol.io/schemas/energy/v1/ev-charging-session.jsonld';
const ITEM_ATTRIBUTES_CONTEXT = 'https://example.org/schema/items/v1/EVCharging/item-attributes.schema.json';

/** In contexts of answers that hold an order. */
export const SCHEMA_CONTEXT: readonly string[] = [ORDER_CONTEXT, 'https://becknprotocol.io/schemas/energy/v1/ev-charging-context.jsonld', 'https://schema.org'];

/** An amount in whole units, as a number: the draft writes them so. */
export const amountOf = (minor: number | bigint, currency: string): number => Number(decimalOfUnits(BigInt(minor), minorDigits(currency)));

const PLUGS: Partial<Record<ConnectorStandard, string>> = {
  IEC_62196_T2_COMBO: 'CCS2', IEC_62196_T1_COMBO: 'CCS1', IEC_62196_T2: 'Type 2', IEC_62196_T1: 'Type 1', CHADEMO: 'CHAdeMO', GBT_AC: 'GB/T AC', GBT_DC: 'GB/T DC',
};
export const plugOf = (standard: ConnectorStandard): string => PLUGS[standard] ?? standard;

const FAST_W = 22_000;
export const speedOf = (powerW: number): string => (powerW >= FAST_W ? 'FAST' : 'SLOW');

const AVAILABILITY: Partial<Record<Evse['status'], string>> = {
  AVAILABLE: 'AVAILABLE', CHARGING: 'IN_USE', BLOCKED: 'IN_USE', RESERVED: 'RESERVED', OUTOFORDER: 'MAINTENANCE', INOPERATIVE: 'MAINTENANCE',
};

export function itemAttributes(connector: Connector, { status }: Pick<Evse, 'status'>, price: ShownPrice | undefined): Fields {
  return {
    '@context': ITEM_ATTRIBUTES_CONTEXT, '@type': 'ev:EVChargingAttributes', 'ev:connectorType': plugOf(connector.standard),
    'ev:currentType': connector.powerType === 'DC' ? 'DC' : 'AC', 'ev:maxPowerKW': connector.maxPowerW / 1_000, 'ev:availability': AVAILABILITY[status] ?? 'UNKNOWN',
    ...(price ? { 'ev:tariff': tariffOf(price) } : {}),
  };
}

/** By the kWh, or, where energy costs nothing by itself, by the hour or the session. */
export function unitPriceOf({ perKwh, perHour, perSession }: ShownPrice): { price: number; unit: 'PER_KWH' | 'PER_HOUR' | 'PER_SESSION' } {
  if (Number(perKwh) > 0) return { price: Number(perKwh), unit: 'PER_KWH' };
  return Number(perHour) > 0 ? { price: Number(perHour), unit: 'PER_HOUR' } : { price: Number(perSession), unit: 'PER_SESSION' };
}

function tariffOf(shown: ShownPrice): Fields {
  const { price, unit } = unitPriceOf(shown);
  return { 'schema:price': price, 'schema:priceCurrency': shown.currency, 'ev:pricingUnit': unit };
}

/** The name by which people find the plug. */
export const itemName = ({ physicalReference, uid }: Pick<Evse, 'physicalReference' | 'uid'>, connector: Connector): string => (
  `${physicalReference ?? uid} (${plugOf(connector.standard)}, ${connector.maxPowerW / 1_000} kW)`);

export function providerDetails({ operator, location }: { operator: Organisation; location: Location }): Fields {
  const image = location.operator?.logo?.url;
  return {
    'beckn:id': operator.id, 'schema:name': location.operator?.name ?? operator.name, 'schema:description': `Charging stations of ${operator.name}`,
    ...(image === undefined ? {} : { 'schema:image': [{ '@type': 'schema:ImageObject', 'schema:url': image }] }),
  };
}

/** Where charging begins: text, as the draft has coordinates of orders. */
export function placeOf({ coordinates, name, address, city }: Location): Fields {
  return {
    'schema:geo': { '@type': 'schema:GeoCoordinates', 'schema:latitude': String(coordinates.latitude), 'schema:longitude': String(coordinates.longitude) },
    'schema:name': name, 'schema:address': { '@type': 'schema:PostalAddress', 'schema:streetAddress': address, 'schema:addressLocality': city },
  };
}

/** How the plug is found. */
export function instructionsOf({ floorLevel, physicalReference, directions, uid }: Evse): string {
  const told = directions.find(({ language }) => language === 'en') ?? directions[0];
  return [...(floorLevel === undefined ? [] : [`Floor ${floorLevel}`]), physicalReference ?? uid, ...(told ? [told.text] : [])].join(', ');
}
