/** Where an organisation wants to be told of events, and the secrets that what it is told is signed with. */
import { randomBytes } from 'node:crypto';
import { HOUR_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';

/** `by_owner`: switched off by the organisation; `gone`: it answered 410; `failing`: nothing but failures for days. */
export type DisabledReason = 'by_owner' | 'gone' | 'failing';

export interface WebhookEndpoint {
  id: string;
  networkId: string;
  organisationId: string;
  url: string;
  /** `*`, whole types (`reservation.confirmed`) and families of them (`reservation.*`) */
  eventTypes: string[];
  description: string | null;
  status: 'enabled' | 'disabled';
  disabledReason: DisabledReason | null;
  /** the last four characters of the secret, to recognise it by */
  secretHint: string;
  /** until when (real time) deliveries are signed with the secret before this one as well */
  previousSecretExpiresAt: EpochMs | null;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

export const MAX_ENDPOINTS = 20;
export const MAX_EVENT_TYPES = 50;
export const MAX_DESCRIPTION_CHARS = 500;
export const DEFAULT_SECRET_OVERLAP_MS = 24 * HOUR_MS;
export const MAX_SECRET_OVERLAP_MS = 7 * 24 * HOUR_MS;

/**
 * A fresh secret in the form of Standard Webhooks: `whsec_` and 192 random bits in base 64. Other than API keys, which are
 * only compared, it signs, so it is stored as it is; callers see it when it is made and never again.
 */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

const PATTERN = /^(\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?)$/;

/** The patterns without repetitions. Throws `invalid_request` for none, too many, or one that is neither a type nor a wildcard. */
export function checkEventTypes(patterns: readonly string[]): string[] {
  const unique = [...new Set(patterns)];
  const invalid = (message: string, pointer = '/event_types') =>
    new DomainError('invalid_request', `The event types are not valid: ${message}.`, { errors: [{ pointer, message }] });
  if (unique.length === 0 || unique.length > MAX_EVENT_TYPES) throw invalid(`name 1 to ${MAX_EVENT_TYPES} of them`);
  const wrong = patterns.findIndex((pattern) => pattern.length > 100 || !PATTERN.test(pattern));
  if (wrong >= 0) throw invalid('must be "*", an event type, or a family of them like "reservation.*"', `/event_types/${wrong}`);
  return unique;
}

/** Whether an endpoint with these patterns wants an event of this type. */
export function wantsType(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))));
}
