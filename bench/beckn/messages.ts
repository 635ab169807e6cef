/** What the app asks: messages as the seeds have them, without their contexts, which are made when they are sent. */
import { randomFrom, type Generated } from '../search/generate.ts';

const HOUR_MS = 3_600_000;
const RADIUS_M = 5_000;

export const QUESTIONS = ['A select', 'B select', 'A search', 'B discover'] as const;
export type Question = (typeof QUESTIONS)[number];

export interface Asked {
  connectorIds: readonly string[];
  generated: Generated;
  now: number;
}

/** What stands beside the context, as JSON without its braces; the same for the same count. */
export function messagesFor(question: Question, asked: Asked, count: number): string[] {
  const random = randomFrom(3);
  return Array.from({ length: count }, () => JSON.stringify(ONE[question](asked, random)).slice(1, -1));
}

const ONE: Record<Question, (asked: Asked, random: () => number) => object> = { 'A select': selectA, 'B select': selectB, 'A search': searchA, 'B discover': discoverB };

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!;
const rfc = (at: number): string => new Date(at).toISOString();

/** An hour in the coming week, tomorrow at the soonest. */
function hourOf({ now }: Asked, random: () => number): { start: string; end: string } {
  const start = now + (24 + Math.floor(random() * 24 * 6)) * HOUR_MS;
  return { start: rfc(start), end: rfc(start + HOUR_MS) };
}

function selectA(asked: Asked, random: () => number): object {
  const { start, end } = hourOf(asked, random);
  return { message: { order: {
    items: [{ id: pick(asked.connectorIds, random), quantity: { selected: { measure: { type: 'CONSTANT', value: '10', unit: 'kWh' } } } }],
    fulfillments: [{
      type: 'CHARGING', stops: [{ type: 'START', time: { timestamp: start } }, { type: 'STOP', time: { timestamp: end } }], vehicle: { make: 'Tata', model: 'Nexon EV' },
    }],
    tags: [{ descriptor: { code: 'buyer-finder-fee' }, list: [{ descriptor: { code: 'type' }, value: 'PERCENTAGE' }, { descriptor: { code: 'value' }, value: '2' }] }],
  } } };
}

function selectB(asked: Asked, random: () => number): object {
  const { start, end } = hourOf(asked, random);
  return { message: { order: {
    '@context': 'https://becknprotocol.io/schemas/core/v2/Order/schema-context.jsonld', '@type': 'beckn:Order', 'beckn:id': 'order-draft-1', 'beckn:state': 'DRAFT',
    'beckn:buyer': 'customer-001', 'beckn:fulfillment': 'fulfillment-001',
    'beckn:orderItems': [{
      'beckn:lineId': 'line-001', 'beckn:orderedItem': pick(asked.connectorIds, random), 'beckn:quantity': 10,
      'beckn:orderItemAttributes': { 'quantity-measure': { type: 'CONSTANT', value: '10', unit: 'kWh' } },
    }],
    'beckn:orderAttributes': {
      'fulfillment-details': {
        'beckn:id': 'fulfillment-001', vehicle: { make: 'Tata', model: 'Nexon EV' },
        stops: [{ type: 'START', time: { timestamp: start } }, { type: 'STOP', time: { timestamp: end } }],
      },
      'buyer-finder-fee': { type: 'PERCENTAGE', value: '2' },
    },
  } } };
}

function pointOf({ generated }: Asked, random: () => number): { latitude: number; longitude: number } {
  const centre = generated.drawTown(random);
  return { latitude: Number((centre.latitude + (random() - 0.5) * 0.1).toFixed(5)), longitude: Number((centre.longitude + (random() - 0.5) * 0.1).toFixed(5)) };
}

function searchA(asked: Asked, random: () => number): object {
  const { latitude, longitude } = pointOf(asked, random);
  const { start, end } = hourOf(asked, random);
  return { message: { intent: { fulfillment: {
    stops: [{ location: { circle: { gps: `${latitude},${longitude}`, radius: { value: String(RADIUS_M / 1_000), unit: 'km' } } }, time: { range: { start, end } } }],
    tags: [{ list: [{ descriptor: { code: 'connector-type' }, value: 'CCS2' }] }],
  } } } };
}

function discoverB(asked: Asked, random: () => number): object {
  const { latitude, longitude } = pointOf(asked, random);
  return {
    text_search: 'EV charger CCS2 connector',
    spatial: [{ op: 's_dwithin', targets: "$['beckn:availableAt'][*]['geo']", geometry: { type: 'Point', coordinates: [longitude, latitude] }, distanceMeters: RADIUS_M }],
  };
}
