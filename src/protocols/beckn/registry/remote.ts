/** Registries over HTTP: `/lookup` of Beckn 1, and DeDi, which version 2 asks. */
import { processNow } from '../../../platform/clock/index.ts';
import type { Outbound, OutboundCall } from '../../../platform/outbound/index.ts';
import { Refused } from '../refusal.ts';
import { signBody, type SigningIdentity } from '../signing/index.ts';
import { isFields } from '../wire/index.ts';
import { matching, parseSubscriber, type Registry, type Subscriber } from './subscriber.ts';

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

/**
 * `POST {url}/lookup` of a Beckn 1 registry, which answers with a list of subscribers. Registries that protect it get our signature.
 */
export function lookupRegistry(url: string, outbound: Outbound, identity: SigningIdentity | undefined): Registry {
  return {
    find: async (subscriberId, keyId) => {
      const body = JSON.stringify({ subscriber_id: subscriberId, ...(keyId === undefined ? {} : { key_id: keyId, unique_key_id: keyId }) });
      const headers: Record<string, string> = { ...JSON_HEADERS };
      if (identity) headers.authorization = signBody(Buffer.from(body), identity, { now: processNow() });
      const answer: unknown = await ask(outbound, `${base(url)}/lookup`, { method: 'POST', headers, body });
      const list: unknown[] = Array.isArray(answer) ? answer : [answer];
      const found = list.map(parseSubscriber).filter((one): one is Subscriber => one !== undefined);
      return matching(found, subscriberId, keyId);
    },
  };
}

/**
 * `GET {url}/lookup/{subscriber}/{registry}/{key}` of DeDi: the record lies in `data.details`. It is asked for one key; without
 * one it knows nothing.
 */
export function dediRegistry(url: string, registryName: string, outbound: Outbound): Registry {
  return {
    find: async (subscriberId, keyId) => {
      if (keyId === undefined) return [];
      const path = [subscriberId, registryName, keyId].map(encodeURIComponent).join('/');
      const answer = await ask(outbound, `${base(url)}/lookup/${path}`, { method: 'GET', headers: { accept: 'application/json' } });
      const data = isFields(answer) && isFields(answer.data) ? answer.data : undefined;
      if (!data || data.is_revoked === true) return [];
      const state = typeof data.state === 'string' ? data.state.toLowerCase() : 'live';
      const found = parseSubscriber(data.details);
      return found && state === 'live' ? matching([{ ...found, keyId }], subscriberId, keyId) : [];
    },
  };
}

const base = (url: string): string => url.replace(/\/+$/, '');

/** The parsed answer; undefined where the registry says that there is none. */
async function ask(outbound: Outbound, url: string, call: OutboundCall): Promise<unknown> {
  const result = await outbound.call(url, call);
  if ('failure' in result) throw new Refused('registry_unavailable', `The registry can not be asked: ${result.detail}`);
  if (result.status === 404) return undefined;
  if (result.status < 200 || result.status >= 300) throw new Refused('registry_unavailable', `The registry answered ${result.status}.`);
  try {
    return JSON.parse(result.body) as unknown;
  } catch {
    throw new Refused('registry_unavailable', 'The registry answered with what is no JSON.');
  }
}
