/** For the tests of the candidate (2.0 rc): the network of the draft's tests, and messages in the form that Unified Bharat e-Charge sends. */
import { openSchemas } from '../../src/protocols/beckn/conformance/index.ts';
import type { Json } from './api.ts';
import { openBedB, type BedB, type BedOptions } from './beckn-b-bed.ts';
import { contextC } from './beckn-bed.ts';

export { type BedB as BedC, type Conversation } from './beckn-b-bed.ts';

export const openBedC = (options: BedOptions = {}): Promise<BedB> => openBedB({ ...options, contextOf: contextC });

const CORE = 'https://raw.githubusercontent.com/beckn/protocol-specifications-v2/refs/heads/core-v2.0.0-rc/schema/core/v2/context.jsonld';
const SESSION = 'https://raw.githubusercontent.com/beckn/protocol-specifications-v2/refs/heads/core-v2.0.0-rc/schema/EvChargingSession/v1/context.jsonld';

export interface Wish {
  item: string;
  slot?: { start: string; end: string };
  /** kWh unless told otherwise */
  quantity?: { unitCode: string; unitQuantity: number };
  seller: string;
  phone?: string;
}

const buyerOf = (phone: string): object => ({
  '@context': CORE, '@type': 'beckn:Buyer', 'beckn:id': 'user-7', 'beckn:role': 'BUYER', 'beckn:displayName': 'Asha Nair', 'beckn:telephone': phone,
  'beckn:email': 'asha@example.com',
});

/** What an order is: where it is known, by its id. */
export function orderOf(wish: Wish, status: string, more: object = {}): Json {
  const { item, seller, quantity = { unitCode: 'KWH', unitQuantity: 5 }, phone = '+919876500001' } = wish;
  return {
    '@context': CORE, '@type': 'beckn:Order', 'beckn:orderStatus': status, 'beckn:seller': seller, 'beckn:buyer': buyerOf(phone),
    'beckn:orderItems': [{ 'beckn:orderedItem': item, 'beckn:quantity': { unitText: 'Kilowatt Hour', ...quantity } }], ...more,
  };
}

export const selectBody = (wish: Wish): object => ({ message: { order: orderOf(wish, 'CREATED', {
  'beckn:orderAttributes': {
    '@context': SESSION, '@type': 'ChargingSession', buyerFinderFee: { feeType: 'PERCENTAGE', feeValue: 2.5 },
    ...(wish.slot ? { preferences: { startTime: wish.slot.start, endTime: wish.slot.end } } : {}),
  },
}) } });

export const paymentOf = (status: string, more: object = {}): object => ({
  '@context': CORE, '@type': 'beckn:Payment', 'beckn:amount': { currency: 'INR', value: 110 }, 'beckn:beneficiary': 'BPP', 'beckn:paymentStatus': status,
  'beckn:paymentAttributes': {
    '@context': 'https://raw.githubusercontent.com/bhim/ubc-tsd/main/beckn-schemas/UBCExtensions/v1/context.jsonld', '@type': 'UBCPaymentAttributes',
    settlementAccounts: [{ beneficiaryId: 'bap.example.test', accountNumber: '42', ifscCode: 'BANK0000042' }],
  }, ...more,
});

export const initBody = (wish: Wish, payment: object = paymentOf('INITIATED')): object => ({ message: { order: orderOf(wish, 'CREATED', { 'beckn:payment': payment }) } });

export const confirmBody = (wish: Wish, id: string, { status = 'COMPLETED', beside = {} }: { status?: string; beside?: object } = {}): object => ({
  message: { order: orderOf(wish, 'PENDING', { 'beckn:id': id, 'beckn:payment': paymentOf(status) }), ...beside },
});

export const aboutBody = (wish: Wish, id: string, { status = 'CONFIRMED', session, beside = {} }: { status?: string; session?: string; beside?: object } = {}): object => ({
  message: {
    order: orderOf(wish, status, { 'beckn:id': id, ...(session === undefined ? {} : { 'beckn:fulfillment': {
      '@context': CORE, '@type': 'beckn:Fulfillment', 'beckn:id': 'fulfillment-7', 'beckn:mode': 'RESERVATION',
      'beckn:deliveryAttributes': { '@context': SESSION, '@type': 'ChargingSession', sessionStatus: session },
    } }) }), ...beside,
  },
});

/** What is wrong with what went out, by the published schemas; undefined where `BECKN_SCHEMAS` names no folder that holds them. */
export async function faultsByCandidate({ callbacks }: Pick<BedB, 'callbacks'>): Promise<string[] | undefined> {
  const folder = process.env.BECKN_SCHEMAS;
  if (folder === undefined) return undefined;
  const schemas = await openSchemas(folder);
  return callbacks.got.flatMap(({ body }) => {
    const { action } = body.context as { action: string };
    return (schemas.message('C', action, body) ?? [`no schema of ${action}`]).map((fault) => `${action}${body.error ? ' (error)' : ''}: ${fault}`);
  });
}

