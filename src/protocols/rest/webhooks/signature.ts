import { Webhook } from 'standardwebhooks';
import type { EpochMs } from '../../../platform/clock/index.ts';

/** The secrets of an endpoint as they are stored. */
export interface Secrets {
  secret: string;
  previousSecret: string | null;
  previousSecretExpiresAt: EpochMs | null;
}

/** The secrets that are valid at an instant, the newest first. */
export function liveSecrets({ secret, previousSecret, previousSecretExpiresAt }: Secrets, now: EpochMs): string[] {
  const isPreviousLive = previousSecret !== null && previousSecretExpiresAt !== null && previousSecretExpiresAt > now;
  return isPreviousLive ? [secret, previousSecret] : [secret];
}

/** The headers of Standard Webhooks: a signature per secret, so that a receiver that knows one of them can verify. */
export function signedHeaders(eventId: string, body: string, secrets: readonly string[], now: EpochMs): Record<string, string> {
  const at = new Date(now);
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(eventId, at, body)).join(' '),
  };
}
