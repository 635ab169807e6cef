/**
 * The one closed list of errors that a caller can cause. Each protocol maps every code to its own form in
 * one table; a test in each protocol proves its table complete.
 */

/** What sort of refusal a code is; protocols derive their default status from it. */
export type ErrorKind =
  | 'invalid' // the request itself is wrong, whatever the state
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict' // the state of the network stands against it now
  | 'refused' // a rule (policy) says no
  | 'limited' // too much, too often
  | 'unavailable'
  | 'bug';

export const ERRORS = {
  invalid_request: { kind: 'invalid', title: 'The request is not valid' },
  invalid_time_range: { kind: 'invalid', title: 'The time range is not valid' },
  time_in_past: { kind: 'invalid', title: 'The time lies in the past' },
  payload_too_large: { kind: 'limited', title: 'The request body is too large' },
  unsupported_media_type: { kind: 'invalid', title: 'The body must be JSON' },
  unauthenticated: { kind: 'unauthenticated', title: 'A valid API key is needed' },
  forbidden: { kind: 'forbidden', title: 'This key may not do that' },
  not_found: { kind: 'not_found', title: 'No such object' },
  method_not_allowed: { kind: 'invalid', title: 'That method is not offered here' },
  already_exists: { kind: 'conflict', title: 'An object with that identity exists already' },
  idempotency_key_reused: { kind: 'conflict', title: 'That idempotency key was used for another request' },
  version_conflict: { kind: 'conflict', title: 'The object has changed meanwhile' },
  area_too_large: { kind: 'invalid', title: 'The area holds too many EVSEs' },
  rate_limited: { kind: 'limited', title: 'Too many requests' },
  waitlist_limit_reached: { kind: 'limited', title: 'Too many places in the waitlist at a time' },
  too_many_tickets: { kind: 'limited', title: 'Too many cases of support at a time' },
  hold_limit_reached: { kind: 'limited', title: 'Too many holds at a time' },
  slot_unavailable: { kind: 'conflict', title: 'That slot is not free' },
  evse_not_bookable: { kind: 'refused', title: 'That EVSE can not be booked' },
  connector_incompatible: { kind: 'refused', title: 'No connector there fits' },
  booking_not_offered: { kind: 'refused', title: 'This location takes no bookings' },
  station_offline: { kind: 'conflict', title: 'That station is not connected now' },
  stop_not_offered: { kind: 'conflict', title: 'That session ends when the vehicle is unplugged' },
  walk_in_not_offered: { kind: 'refused', title: 'This location takes bookings only' },
  walk_in_share_reached: { kind: 'conflict', title: 'The remaining EVSEs are kept for walk-ins' },
  outside_opening_hours: { kind: 'refused', title: 'The location is closed then' },
  off_grid: { kind: 'refused', title: 'The times do not lie on the slot grid' },
  duration_not_allowed: { kind: 'refused', title: 'That duration is not offered' },
  lead_time_not_allowed: { kind: 'refused', title: 'That is too early or too late to book' },
  too_many_active_reservations: { kind: 'refused', title: 'The driver has too many active reservations' },
  driver_banned: { kind: 'refused', title: 'The driver is banned from booking for a while' },
  insufficient_funds: { kind: 'refused', title: 'There is not enough money there' },
  currency_mismatch: { kind: 'refused', title: 'The amounts are of different currencies' },
  amount_out_of_range: { kind: 'refused', title: 'The amount is not in the range that is possible here' },
  price_unknown: { kind: 'refused', title: 'There is no price for that' },
  not_a_member: { kind: 'refused', title: 'Nobody is registered there as that' },
  otp_wrong: { kind: 'refused', title: 'That is not the password that was sent' },
  otp_expired: { kind: 'refused', title: 'That password stands no more: ask for another one' },
  no_notice_sender: { kind: 'refused', title: 'Nothing here can send that message' },
  payment_required: { kind: 'refused', title: 'A payment is due first' },
  payment_method_not_offered: { kind: 'refused', title: 'That way to pay is not offered here' },
  wallet_missing: { kind: 'refused', title: 'The driver has no wallet' },
  minimum_balance_missing: { kind: 'refused', title: 'The wallet has less than is needed to start' },
  payment_failed: { kind: 'refused', title: 'The payment was refused' },
  invalid_state: { kind: 'conflict', title: 'The object is in a state that does not allow that' },
  change_cut_off_passed: { kind: 'refused', title: 'It is too late to change this reservation' },
  cancel_cut_off_passed: { kind: 'refused', title: 'It is too late to cancel this reservation' },
  grace_exceeded: { kind: 'refused', title: 'The slot is not kept that long' },
  too_early: { kind: 'refused', title: 'The slot has not begun yet' },
  evse_occupied: { kind: 'conflict', title: 'That EVSE is in use' },
  test_mode_only: { kind: 'refused', title: 'That exists in a sandbox network only' },
  refused_elsewhere: { kind: 'refused', title: 'The provider in the other network refused that' },
  no_answer_elsewhere: { kind: 'unavailable', title: 'The provider in the other network has not answered' },
  not_supported: { kind: 'refused', title: 'That is not offered by this version' },
  url_not_allowed: { kind: 'invalid', title: 'That URL may not be called' },
  unavailable: { kind: 'unavailable', title: 'The service is not available now' },
  internal: { kind: 'bug', title: 'Something went wrong on our side' },
} as const satisfies Record<string, { kind: ErrorKind; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** What went wrong with one field of a request. `pointer` is a JSON Pointer into the body, or `?name` / `{name}`. */
export interface FieldError {
  pointer: string;
  message: string;
}

export interface ErrorDetails {
  /** One object per wrong field. */
  errors?: FieldError[];
  /** What the caller could have instead (other times, other EVSEs); its shape is the domain's. */
  alternatives?: unknown;
  /** Seconds after which another try can succeed. */
  retryAfterSeconds?: number;
  [key: string]: unknown;
}

/** An error that a caller caused. Everything else that is thrown is a bug or a failure of the platform. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** @param detail a sentence for people: what was wrong with this request, and what would be right. */
  constructor(code: ErrorCode, detail: string, details: ErrorDetails = {}) {
    super(detail);
    this.code = code;
    this.details = details;
  }
}

/** Throws a `not_found`; objects that the caller may not see are not found either, so that ids can't be probed. */
export function notFound(what: string, id: string): DomainError {
  return new DomainError('not_found', `No ${what} has the id "${id}".`);
}
