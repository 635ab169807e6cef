/**
 * Codes of errors. A, B and C have the numbers of BECKN-005, which knows nothing of signatures and contexts: all of these are
 * "invalid request" there, told apart by their sentences. D has words.
 */
import { ERRORS, type DomainError, type ErrorCode, type ErrorKind } from '../../../platform/errors/index.ts';
import type { Reason, Refused } from '../refusal.ts';
import type { WireError } from './acknowledge.ts';
import type { Generation } from './generation.ts';

/** The number of BECKN-005, and the word of the LTS. */
type Codes = readonly [number: string, word: string];

const OF_REASON: Record<Reason, Codes> = {
  signature_missing: ['30000', 'AUT_SIGNATURE_MISSING'],
  signature_malformed: ['30000', 'AUT_SIGNATURE_INVALID'],
  signature_invalid: ['30000', 'AUT_SIGNATURE_INVALID'],
  signature_expired: ['30000', 'AUT_SIGNATURE_INVALID'],
  signature_early: ['30000', 'AUT_SIGNATURE_INVALID'],
  signer_unknown: ['30000', 'AUT_SUBSCRIBER_NOT_FOUND'],
  key_expired: ['30000', 'AUT_KEY_EXPIRED_OR_REVOKED'],
  signer_mismatch: ['30000', 'AUT_UNAUTHORIZED_ACTION'],
  replayed: ['30000', 'AUT_REPLAY_DETECTED'],
  registry_unavailable: ['40000', 'NET_DOWNSTREAM_UNAVAILABLE'],
  body_malformed: ['30000', 'SCH_INVALID_JSON'],
  body_too_large: ['30000', 'SCH_SCHEMA_VALIDATION_FAILED'],
  body_too_deep: ['30000', 'SCH_SCHEMA_VALIDATION_FAILED'],
  context_missing: ['30000', 'CTX_MISSING_FIELD'],
  context_invalid: ['30000', 'CTX_INVALID_FIELD'],
  version_unsupported: ['30000', 'CTX_VERSION_UNSUPPORTED'],
  action_mismatch: ['30000', 'CTX_ACTION_MISMATCH'],
  action_unsupported: ['40001', 'CTX_ACTION_MISMATCH'],
  not_addressed: ['30000', 'CTX_INVALID_FIELD'],
  ttl_expired: ['30000', 'CTX_TTL_EXPIRED'],
  duplicate: ['30000', 'CTX_MESSAGE_ID_DUPLICATE'],
  message_invalid: ['30000', 'SCH_SCHEMA_VALIDATION_FAILED'],
  rate_limited: ['30000', 'AUT_RATE_LIMITED'],
  internal: ['40000', 'NET_INTERNAL_ERROR'],
};

const OF_KIND: Record<ErrorKind, Codes> = {
  invalid: ['30000', 'SCH_SCHEMA_VALIDATION_FAILED'],
  unauthenticated: ['30000', 'AUT_UNAUTHORIZED_ACTION'],
  forbidden: ['50000', 'AUT_UNAUTHORIZED_ACTION'],
  not_found: ['30010', 'NET_ENTITY_NOT_FOUND'],
  conflict: ['40000', 'BIZ_INVALID_STATE_TRANSITION'],
  refused: ['50000', 'POL_GENERIC_ERROR'],
  limited: ['50000', 'POL_GENERIC_ERROR'],
  unavailable: ['40000', 'NET_DOWNSTREAM_UNAVAILABLE'],
  bug: ['40000', 'NET_INTERNAL_ERROR'],
};

/** Where a code says more than its kind. */
const OF_CODE: Partial<Record<ErrorCode, Codes>> = {
  slot_unavailable: ['40002', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  walk_in_share_reached: ['40002', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  evse_occupied: ['40002', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  evse_not_bookable: ['30008', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  booking_not_offered: ['30008', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  walk_in_not_offered: ['30008', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  connector_incompatible: ['30008', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  outside_opening_hours: ['30008', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  price_unknown: ['40003', 'BIZ_QUOTE_EXPIRED_OR_CHANGED'],
  payment_method_not_offered: ['40004', 'POL_GENERIC_ERROR'],
  cancel_cut_off_passed: ['50001', 'POL_CANCELLATION_NOT_ALLOWED'],
  change_cut_off_passed: ['50002', 'POL_GENERIC_ERROR'],
  not_supported: ['40001', 'POL_GENERIC_ERROR'],
};

const codeIn = (generation: Generation, [number, word]: Codes): string => (generation === 'D' ? word : number);

/** What a sender is told of a refusal at the door. */
export function errorOfRefusal(generation: Generation, { reason, message, path }: Refused): WireError {
  return { code: codeIn(generation, OF_REASON[reason]), message, ...(path === undefined ? {} : { path }) };
}

/** What a sender is told of a refusal by a rule of the network. */
export function errorOfDomain(generation: Generation, { code, message, details }: DomainError): WireError {
  const path = details.errors?.[0]?.pointer;
  return { code: codeIn(generation, OF_CODE[code] ?? OF_KIND[ERRORS[code].kind]), message, ...(path === undefined ? {} : { path }) };
}

/** What the network has no code of its own for. */
export const BUSINESS = {
  provider_not_found: ['30001', 'BIZ_PROVIDER_NOT_FOUND'],
  location_not_found: ['30002', 'NET_ENTITY_NOT_FOUND'],
  category_not_found: ['30005', 'NET_ENTITY_NOT_FOUND'],
  item_not_found: ['30004', 'NET_ENTITY_NOT_FOUND'],
  offer_not_found: ['30006', 'NET_ENTITY_NOT_FOUND'],
  fulfilment_unavailable: ['30008', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  order_not_found: ['30010', 'NET_ENTITY_NOT_FOUND'],
  cancellation_reason_invalid: ['30011', 'SCH_INVALID_ENUM'],
  update_target_invalid: ['30012', 'SCH_INVALID_ENUM'],
  rated_not_found: ['30014', 'NET_ENTITY_NOT_FOUND'],
  rating_invalid: ['30015', 'SCH_SCHEMA_VALIDATION_FAILED'],
  business: ['40000', 'BIZ_INVALID_STATE_TRANSITION'],
  already_cancelled: ['50001', 'BIZ_ALREADY_CANCELLED'],
  slot_taken: ['40002', 'BIZ_FULFILLMENT_UNAVAILABLE'],
  quote_changed: ['40003', 'BIZ_QUOTE_EXPIRED_OR_CHANGED'],
  payment_not_supported: ['40004', 'POL_GENERIC_ERROR'],
  tracking_not_supported: ['40005', 'POL_GENERIC_ERROR'],
  cancellation_not_possible: ['50001', 'POL_CANCELLATION_NOT_ALLOWED'],
  update_not_possible: ['50002', 'POL_GENERIC_ERROR'],
  rating_category_unsupported: ['50003', 'POL_GENERIC_ERROR'],
  support_unavailable: ['50004', 'POL_GENERIC_ERROR'],
  filter_invalid: ['30000', 'SCH_INVALID_JSONPATH'],
} as const satisfies Record<string, Codes>;

export type BusinessCode = keyof typeof BUSINESS;

/** What a handler throws to answer with a code of Beckn's own; what it did is undone. */
export class BusinessError extends Error {
  override readonly name = 'BusinessError';
  readonly code: BusinessCode;
  readonly path?: string;
  constructor(code: BusinessCode, detail: string, path?: string) {
    super(detail);
    this.code = code;
    this.path = path;
  }
}

export function errorOfBusiness(generation: Generation, { code, message, path }: BusinessError): WireError {
  return { code: codeIn(generation, BUSINESS[code]), message, ...(path === undefined ? {} : { path }) };
}
