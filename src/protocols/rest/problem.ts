/** How this protocol says every error of the catalogue: RFC 9457 problem details. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, ERRORS, type ErrorCode, type FieldError } from '../../platform/errors/index.ts';
import { encodeAlternatives } from './encode/slots.ts';
import { RFC3339, type Encoding } from './encode/encoding.ts';

/** HTTP status of every code. A test proves the table complete. */
export const STATUS: Record<ErrorCode, number> = {
  invalid_request: 400, area_too_large: 400, invalid_time_range: 400, time_in_past: 400, url_not_allowed: 400, unauthenticated: 401,
  payment_required: 402, payment_failed: 402, insufficient_funds: 402, wallet_missing: 402, minimum_balance_missing: 402,
  forbidden: 403, not_found: 404, method_not_allowed: 405, already_exists: 409, idempotency_key_reused: 409,
  version_conflict: 409, slot_unavailable: 409, walk_in_share_reached: 409, invalid_state: 409, station_offline: 409, stop_not_offered: 409,
  evse_occupied: 409, payload_too_large: 413, unsupported_media_type: 415, evse_not_bookable: 422, connector_incompatible: 422, booking_not_offered: 422,
  walk_in_not_offered: 422, outside_opening_hours: 422, off_grid: 422, duration_not_allowed: 422, lead_time_not_allowed: 422, too_many_active_reservations: 422,
  driver_banned: 422, price_unknown: 422, payment_method_not_offered: 422, currency_mismatch: 422, amount_out_of_range: 422,
  change_cut_off_passed: 422, cancel_cut_off_passed: 422, grace_exceeded: 422, too_early: 422, test_mode_only: 422,
  not_a_member: 422, otp_wrong: 422, otp_expired: 422, no_notice_sender: 422,
  not_supported: 422, rate_limited: 429, hold_limit_reached: 429, too_many_tickets: 429, waitlist_limit_reached: 429, internal: 500, unavailable: 503,
  refused_elsewhere: 422, no_answer_elsewhere: 504,
};

/** A refusal that an operation says with a status of its own, since its callers look for that. */
export class RestRefusal extends DomainError {
  readonly httpStatus: number;
  constructor({ code, message, details }: DomainError, httpStatus: number) {
    super(code, message, details);
    this.httpStatus = httpStatus;
  }
}

const MOST_ERRORS = 20;
/** A pointer tells the caller's own names back, which may be as long as a body. */
const LONGEST_POINTER = 300;

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: ErrorCode;
  doc_url: string;
  request_id: string;
  [extension: string]: unknown;
}

/**
 * The problem document of a domain error. What else the error tells is added to it, but never replaces a member that a problem has
 * by itself: the status of the object that stands against it is `current_status`.
 */
export function toProblem(error: DomainError, request: { id: string; path: string }, encoding: Encoding): Problem {
  const { errors, alternatives, retryAfterSeconds, status: currentStatus, ...extensions } = error.details;
  const docUrl = `/docs/errors#${error.code}`;
  const own = {
    type: docUrl, title: ERRORS[error.code].title, status: error instanceof RestRefusal ? error.httpStatus : STATUS[error.code], detail: error.message,
    instance: request.path, code: error.code, doc_url: docUrl, request_id: request.id,
    ...(errors ? { errors: errors.slice(0, MOST_ERRORS).map(({ pointer, message }) => ({ pointer: pointer.slice(0, LONGEST_POINTER), message })) } : {}),
    ...(alternatives === undefined ? {} : { alternatives: encodeAlternatives(alternatives, encoding) }),
    ...(retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }),
  };
  return { ...own, ...(currentStatus === undefined ? {} : { current_status: currentStatus }), ...extensions, ...own };
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  void reply.header('x-request-id', problem.request_id);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="plugtime"');
  if (typeof problem.retry_after === 'number') void reply.header('retry-after', String(problem.retry_after));
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** What Fastify itself refuses (a body that is no JSON, one that is too large, one that the schema refuses), and everything that is thrown. */
export function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const { code, statusCode, validation, validationContext, message } = error as FastifyError & { message: string };
  if (validation) return new DomainError(
    'invalid_request', 'The request does not have the form that is documented.',
    { errors: validation.slice(0, MOST_ERRORS).map((v) => toFieldError(v, validationContext)) },
  );
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new DomainError('payload_too_large', 'The body is too large.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new DomainError('unsupported_media_type', 'Send the body as application/json.');
  if (code === 'FST_ERR_RATE_LIMITED') return new DomainError('rate_limited', message);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new DomainError('invalid_request', message);
  if (isUnavailable(error)) return new DomainError('unavailable', 'The database does not answer now; try again.', { retryAfterSeconds: 1 });
  return new DomainError('internal', 'Something went wrong on our side. It was logged under the request id.');
}

interface Violation {
  instancePath: string;
  message?: string;
  keyword: string;
  params: Record<string, unknown>;
}

export function toFieldError(violation: Violation, context: string | undefined): FieldError {
  const { missingProperty, additionalProperty, allowedValues, tag } = violation.params;
  const name = [missingProperty, additionalProperty, tag].find((one) => typeof one === 'string');
  const path = name === undefined ? violation.instancePath : `${violation.instancePath}/${name}`;
  const pointer = context === 'querystring' ? `?${path.slice(1)}` : context === 'params' ? `{${path.slice(1)}}` : context === 'headers' ? `header ${path.slice(1)}` : path;
  const message = violation.keyword === 'required' ? 'is required'
    : violation.keyword === 'additionalProperties' ? 'is not known here'
    : violation.keyword === 'discriminator' ? 'must be one of the forms that there are'
    : typeof violation.params.pattern === 'string' ? patternMessage(violation.params.pattern)
    : Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : (violation.message ?? 'is not valid');
  return { pointer: pointer || '/', message };
}

/** What a pattern asks for, in words where it is the one of an id. */
function patternMessage(pattern: string): string {
  const idPrefix = /^\^([a-z]+_)\[0-9a-hj/.exec(pattern)?.[1];
  return idPrefix === undefined ? `must match ${pattern}` : `must be an id that begins with "${idPrefix}"`;
}

/** Connection failures of Node and of PostgreSQL (class 08, 57P0x, too many connections). */
function isUnavailable(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && (/^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE)$/.test(code) || /^(08|57P0|53300)/.test(code));
}

/** What is answered to bytes that are no HTTP request, so that there is none to speak of. */
export function refuseMalformed(requestId: string): { contentType: string; body: string } {
  const refusal = new DomainError('invalid_request', 'That is not HTTP as this server understands it, or came too slowly.');
  return { contentType: 'application/problem+json', body: JSON.stringify(toProblem(refusal, { id: requestId, path: '/' }, RFC3339)) };
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!;
}
