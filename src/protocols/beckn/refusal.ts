/**
 * Why a message is not taken. Each reason has a code in every generation (`wire/codes.ts`) and an HTTP status; what a handler
 * refuses later is a `DomainError` instead, and reaches the sender in the callback.
 */
export const REASONS = {
  signature_missing: 401,
  signature_malformed: 401,
  signature_invalid: 401,
  signature_expired: 401,
  signature_early: 401,
  signer_unknown: 401,
  key_expired: 401,
  signer_mismatch: 401,
  replayed: 401,
  registry_unavailable: 503,
  body_malformed: 400,
  body_too_large: 413,
  body_too_deep: 400,
  context_missing: 400,
  context_invalid: 400,
  version_unsupported: 400,
  action_mismatch: 400,
  action_unsupported: 400,
  not_addressed: 400,
  ttl_expired: 400,
  duplicate: 400,
  message_invalid: 400,
  rate_limited: 429,
  internal: 500,
} as const;

export type Reason = keyof typeof REASONS;

/** A message that is refused at the door. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: Reason;
  /** where in the message, as a JSON Pointer */
  readonly path?: string;
  /** @param detail a sentence for people, which the sender is told */
  constructor(reason: Reason, detail: string, path?: string) {
    super(detail);
    this.reason = reason;
    this.path = path;
  }
}
