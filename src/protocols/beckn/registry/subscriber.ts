/** Who is on the network, as registries tell it. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import { isFields, parseMoment, type Fields } from '../wire/index.ts';

export interface Subscriber {
  subscriberId: string;
  /** the unique id of the key; undefined where the registry has one key a subscriber and does not name it */
  keyId?: string;
  /** where the subscriber takes messages */
  url?: string;
  /** BAP, BPP, BG */
  type?: string;
  domain?: string;
  /** Ed25519, base64 */
  signingPublicKey: string;
  /** X25519, base64 */
  encryptionPublicKey?: string;
  validFrom?: EpochMs;
  validUntil?: EpochMs;
  /** SUBSCRIBED and others of the registry's words; undefined where the registry tells none */
  status?: string;
}

/** Something that knows subscribers. */
export interface Registry {
  /** Those with that id, and key where one is named; empty when it knows none. Throws `registry_unavailable`. */
  find(subscriberId: string, keyId: string | undefined): Promise<Subscriber[]>;
}

/** Whether the subscriber's keys are in force. */
export function isInForce({ status, validFrom, validUntil }: Subscriber, now: EpochMs): boolean {
  if (status !== undefined && status.toUpperCase() !== 'SUBSCRIBED') return false;
  return (validFrom === undefined || validFrom <= now) && (validUntil === undefined || now < validUntil);
}

/** A subscriber in the words of any registry about; undefined for what has no id or no key. */
export function parseSubscriber(value: unknown): Subscriber | undefined {
  if (!isFields(value)) return undefined;
  const text = (...names: string[]): string | undefined => names.map((name) => value[name]).find((found): found is string => typeof found === 'string' && found !== '');
  const [subscriberId, signingPublicKey] = [text('subscriber_id', 'subscriberId'), text('signing_public_key', 'signingPublicKey')];
  if (subscriberId === undefined || signingPublicKey === undefined) return undefined;
  return {
    subscriberId, signingPublicKey, keyId: text('key_id', 'unique_key_id', 'pub_key_id', 'ukId', 'keyId'), url: text('url', 'subscriber_url', 'callback_url'),
    type: text('type'), domain: text('domain'), encryptionPublicKey: text('encr_public_key', 'encryption_public_key', 'encrPublicKey'),
    validFrom: parseMoment(text('valid_from', 'validFrom')), validUntil: parseMoment(text('valid_until', 'validUntil')), status: text('status'),
  };
}

/** The same in the words of a v1 registry. */
export function writeSubscriber(subscriber: Subscriber): Fields {
  const time = (at: EpochMs | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString());
  return {
    subscriber_id: subscriber.subscriberId, key_id: subscriber.keyId, url: subscriber.url, type: subscriber.type, domain: subscriber.domain,
    signing_public_key: subscriber.signingPublicKey, encr_public_key: subscriber.encryptionPublicKey,
    valid_from: time(subscriber.validFrom), valid_until: time(subscriber.validUntil), status: subscriber.status,
  };
}

/** Of several, those that a look-up asked for: a registry may answer with more than it was asked. */
export function matching(found: readonly Subscriber[], subscriberId: string, keyId: string | undefined): Subscriber[] {
  return found.filter((one) => one.subscriberId === subscriberId && (keyId === undefined || one.keyId === undefined || one.keyId === keyId));
}
