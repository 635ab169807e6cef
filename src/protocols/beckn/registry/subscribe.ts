/** Our own entry in a Beckn 1 registry: asked for with `/subscribe`, proved by answering its challenge at `/on_subscribe`. */
import { randomUUID, type KeyObject } from 'node:crypto';
import { processNow, type EpochMs } from '../../../platform/clock/index.ts';
import type { Outbound } from '../../../platform/outbound/index.ts';
import { Refused } from '../refusal.ts';
import { decryptChallenge, isSignedBy, parseSignatureHeader, requireInForce, signBody, type SigningIdentity } from '../signing/index.ts';
import { isFields } from '../wire/index.ts';
import { writeSubscriber, type Subscriber } from './subscriber.ts';

/** Asks to be listed; gives the status that the registry answers, `UNDER_SUBSCRIPTION` as a rule. Throws `registry_unavailable`. */
export async function subscribe(url: string, outbound: Outbound, identity: SigningIdentity, entry: Subscriber): Promise<string> {
  const body = JSON.stringify({ ...writeSubscriber(entry), nonce: randomUUID() });
  const headers = { 'content-type': 'application/json', authorization: signBody(Buffer.from(body), identity, { now: processNow() }) };
  const result = await outbound.call(`${url.replace(/\/+$/, '')}/subscribe`, { method: 'POST', headers, body });
  if ('failure' in result) throw new Refused('registry_unavailable', `The registry can not be asked: ${result.detail}`);
  if (result.status < 200 || result.status >= 300) throw new Refused('registry_unavailable', `The registry answered ${result.status}: ${result.bodyStart}`);
  try {
    const answer: unknown = JSON.parse(result.body);
    return isFields(answer) && typeof answer.status === 'string' ? answer.status : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** That the registry has signed it. Throws why it has not. */
export function requireSignedBy(key: KeyObject, body: Uint8Array, header: string | undefined, { now, skewSeconds }: { now: EpochMs; skewSeconds: number }): void {
  const parsed = parseSignatureHeader(header);
  requireInForce(parsed, now, skewSeconds);
  if (!isSignedBy(body, parsed, key)) throw new Refused('signature_invalid', 'The signature is not the registry\'s, of this body.');
}

/** The answer to `/on_subscribe`. Throws `message_invalid`. */
export function answerChallenge(body: unknown, own: KeyObject | undefined, registry: KeyObject | undefined): { answer: string } {
  if (!own || !registry) throw new Refused('message_invalid', 'No encryption key, or none of the registry, is configured here.');
  if (!isFields(body) || typeof body.challenge !== 'string') throw new Refused('message_invalid', 'There is no challenge.', '/challenge');
  return { answer: decryptChallenge(body.challenge, { own, other: registry }) };
}
