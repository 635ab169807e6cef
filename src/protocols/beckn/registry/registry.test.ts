import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createOutbound } from '../../../platform/outbound/index.ts';
import { Refused } from '../refusal.ts';
import { encryptChallenge, newKeyPair, privateKey, publicKey, signBody } from '../signing/index.ts';
import { answerChallenge, createDirectory, dediRegistry, fileRegistry, lookupRegistry, subscribe, verifySignature, type Registry, type Subscriber } from './index.ts';

const outbound = createOutbound({ allowPrivate: true, timeoutMs: 2_000, maxResponseBytes: 100_000 });
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});
afterAll(() => outbound.close());

interface Seen { method?: string; url?: string; authorization?: string; body: string }

/** A registry over HTTP that answers as it is told. */
async function serve(answer: (seen: Seen) => { status?: number; body: string }): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const one = { method: request.method, url: request.url, authorization: request.headers.authorization, body };
      seen.push(one);
      const { status = 200, body: text } = answer(one);
      response.writeHead(status).end(text);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const pair = newKeyPair('ed25519');
const entry = { subscriber_id: 'bap.example', key_id: 'k1', signing_public_key: pair.publicKey, url: 'https://bap.example/beckn', status: 'SUBSCRIBED' };
const identity = { subscriberId: 'bpp.example', keyId: 'k9', key: privateKey('ed25519', pair.privateKey) };
const rejection = async (promise: Promise<unknown>): Promise<string> => promise.then(() => 'none', (error: Error) => (error instanceof Refused ? error.reason : error.message));

describe('registries', () => {
  it('BKN-7: /lookup of version 1 is asked with our signature, and gives only what was asked for', async () => {
    const { url, seen } = await serve(() => ({ body: JSON.stringify([entry, { ...entry, key_id: 'k2' }, { ...entry, subscriber_id: 'other.example' }, { junk: 1 }]) }));
    const found = await lookupRegistry(`${url}/`, outbound, identity).find('bap.example', 'k1');
    expect(found).toEqual([expect.objectContaining({ subscriberId: 'bap.example', keyId: 'k1', url: 'https://bap.example/beckn', signingPublicKey: pair.publicKey })]);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/lookup', authorization: expect.stringMatching(/^Signature keyId="bpp\.example\|k9\|ed25519"/) });
    expect(JSON.parse(seen[0]!.body)).toMatchObject({ subscriber_id: 'bap.example', key_id: 'k1' });
  });

  it('BKN-7: DeDi is asked for the one key, by name of the registry', async () => {
    let details: object = { ...entry, key_id: undefined };
    let more: object = {};
    const { url, seen } = await serve(() => ({ body: JSON.stringify({ message: 'ok', data: { details, ...more } }) }));
    const registry = dediRegistry(`${url}/dedi`, 'subscribers.beckn.one', outbound);
    expect(await registry.find('bap.example', 'k 1')).toEqual([expect.objectContaining({ subscriberId: 'bap.example', keyId: 'k 1' })]);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/dedi/lookup/bap.example/subscribers.beckn.one/k%201' });
    more = { is_revoked: true };
    expect(await registry.find('bap.example', 'k1')).toEqual([]);
    [details, more] = [{ ...entry, subscriber_id: 'other.example' }, {}];
    expect(await registry.find('bap.example', 'k1')).toEqual([]); // a record of somebody else proves nothing
  });

  it.each([[404, '{}', 'none'], [500, '{}', 'registry_unavailable'], [200, 'nonsense', 'registry_unavailable']])('BKN-7: an answer %i %s is %s', async (status, body, reason) => {
    const { url } = await serve(() => ({ status, body }));
    expect(await rejection(lookupRegistry(url, outbound, undefined).find('a', 'b'))).toBe(reason);
    expect(await rejection(dediRegistry(url, 'r', outbound).find('a', 'b'))).toBe(reason);
  });

  it('BKN-7: a file is read anew when it changes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugtime-registry-'));
    const path = join(folder, 'registry.json');
    const registry = fileRegistry(path);
    expect(await rejection(registry.find('bap.example', 'k1'))).toBe('registry_unavailable');
    writeFileSync(path, '[]');
    expect(await registry.find('bap.example', 'k1')).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(path, JSON.stringify([entry]));
    expect(await registry.find('bap.example', 'k1')).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });

  it('BKN-8: /subscribe is signed, and its challenge answered', async () => {
    const { url, seen } = await serve(() => ({ body: '{"status":"UNDER_SUBSCRIPTION"}' }));
    expect(await subscribe(url, outbound, identity, { subscriberId: 'bpp.example', keyId: 'k9', signingPublicKey: pair.publicKey })).toBe('UNDER_SUBSCRIPTION');
    expect(JSON.parse(seen[0]!.body)).toMatchObject({ subscriber_id: 'bpp.example', key_id: 'k9', nonce: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const [us, registry] = [newKeyPair('x25519'), newKeyPair('x25519')];
    const challenge = encryptChallenge('word', { own: privateKey('x25519', registry.privateKey), other: publicKey('x25519', us.publicKey) });
    expect(answerChallenge({ status: 'INITIATED', challenge }, privateKey('x25519', us.privateKey), publicKey('x25519', registry.publicKey))).toEqual({ answer: 'word' });
    for (const body of [undefined, {}, { challenge: 7 }]) expect(() => answerChallenge(body, privateKey('x25519', us.privateKey), publicKey('x25519',
      registry.publicKey))).toThrow(Refused);
  });
});

describe('the directory', () => {
  const subscriber: Subscriber = { subscriberId: 'bap.example', keyId: 'k1', signingPublicKey: pair.publicKey, url: 'u' };
  let now = 1_790_000_000_000;
  const counting = (answer: () => Promise<Subscriber[]>): Registry & { asked: number } => {
    const registry = { asked: 0, find: () => {
      registry.asked += 1;
      return answer();
    } };
    return registry;
  };
  const directoryOf = (...registries: Registry[]) => createDirectory(registries, { now: () => now });

  it('BKN-6: keeps what it was told for a while, unknown subscribers shortly, and asks once for many at a time', async () => {
    const registry = counting(() => Promise.resolve([subscriber]));
    const directory = directoryOf(registry);
    await Promise.all([1, 2, 3].map(() => directory.find('bap.example', 'k1')));
    expect(registry.asked).toBe(1);
    now += 299_000;
    await directory.find('bap.example', 'k1');
    expect(registry.asked).toBe(1);
    now += 2_000;
    await directory.find('bap.example', 'k1');
    expect(registry.asked).toBe(2);
    const nobody = counting(() => Promise.resolve([]));
    const empty = directoryOf(nobody);
    await empty.find('x', 'k');
    now += 31_000;
    await empty.find('x', 'k');
    expect(nobody.asked).toBe(2);
  });

  it('BKN-6: asks the next registry, and lives on what it has while registries are silent', async () => {
    const silent = counting(() => Promise.reject(new Refused('registry_unavailable', 'down')));
    let isUp = true;
    const other = counting(() => (isUp ? Promise.resolve([subscriber]) : Promise.reject(new Refused('registry_unavailable', 'down'))));
    const directory = directoryOf(silent, other);
    expect(await directory.find('bap.example', 'k1')).toEqual([subscriber]);
    isUp = false;
    now += 301_000;
    expect(await directory.find('bap.example', 'k1')).toEqual([subscriber]);
    now += 4_000_000;
    expect(await rejection(directory.find('bap.example', 'k1'))).toBe('registry_unavailable');
  });

  it('BKN-6: a signature that fails by a key that is kept is tried once with a fresh one, since keys rotate; wrong ones cost one look-up in five seconds', async () => {
    const fresh = newKeyPair('ed25519');
    let signingPublicKey = pair.publicKey;
    const registry = counting(() => Promise.resolve([{ ...subscriber, signingPublicKey }]));
    const directory = directoryOf(registry);
    const body = Buffer.from('{}');
    const verify = (key: string) => verifySignature(directory, body, signBody(body, { subscriberId: 'bap.example', keyId: 'k1', key: privateKey('ed25519', key) }, { now }),
      { now, skewSeconds: 60 });
    await verify(pair.privateKey);
    signingPublicKey = fresh.publicKey;
    now += 10_000;
    await verify(fresh.privateKey);
    expect(registry.asked).toBe(2);
    expect(await rejection(verify(pair.privateKey))).toBe('signature_invalid');
    expect(await rejection(verify(pair.privateKey))).toBe('signature_invalid');
    expect(registry.asked).toBe(2);
  });
});
