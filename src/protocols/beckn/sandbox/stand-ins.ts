/**
 * Stand-ins for a network's registry, gateway and catalogue service, for development: a registry that lists whoever answers its challenge, in memory,
 * as `/lookup` and as DeDi; a gateway that hands each `search` and `discover` on to every provider that is listed; and a service that catalogues are published to.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { processNow } from '../../../platform/clock/index.ts';
import { createOutbound, type Outbound } from '../../../platform/outbound/index.ts';
import { Refused, REASONS } from '../refusal.ts';
import { createDirectory, parseSubscriber, verifySignature, writeSubscriber, type Subscriber } from '../registry/index.ts';
import { encryptChallenge, newKeyPair, privateKey, publicKey, signBody, type SigningIdentity } from '../signing/index.ts';
import { takeCatalogs, type Shelf } from './catalogues.ts';
import { errorOfRefusal, isFields, parseBody, parseContext, writeAcknowledgement, type Fields } from '../wire/index.ts';

export interface StandIns {
  url: string;
  /** X25519, base64: what subscribers need to read the registry's challenge */
  registryEncryptionKey: string;
  gatewayId: string;
  list(subscriber: Subscriber): void;
  /** catalogues as they were published last, by their ids */
  catalogs: Shelf;
  /** resolves when all that was to be handed on has been */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface StandInOptions {
  host?: string;
  port: number;
  /** told of what happens, a line each */
  tell(line: string): void;
}

const GATEWAY_ID = 'gateway.stand-in';
const MOST_BYTES = 2_000_000;

interface State extends StandInOptions {
  subscribers: Subscriber[];
  outbound: Outbound;
  gateway: SigningIdentity;
  encryption: { privateKey: string; publicKey: string };
  pending: Set<Promise<void>>;
  catalogs: Shelf;
  ownUrl: string;
}

interface Got {
  path: string;
  bytes: Buffer;
  authorization?: string;
}

type Answer = readonly [status: number, body: unknown];

export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  const signing = newKeyPair('ed25519');
  const state: State = {
    ...options, subscribers: [], outbound: createOutbound({ allowPrivate: true, timeoutMs: 10_000, maxResponseBytes: 1_000_000 }), pending: new Set(),
    catalogs: new Map(), ownUrl: '',
    gateway: { subscriberId: GATEWAY_ID, keyId: 'g1', key: privateKey('ed25519', signing.privateKey) }, encryption: newKeyPair('x25519'),
  };
  const server: Server = createServer((request, response) => {
    void read(request).then((got) => answer(state, request.method ?? '', got)).catch((error: Error): Answer => [500, { error: { message: error.message } }])
      .then(([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host ?? '127.0.0.1', resolve);
  });
  const url = `http://${options.host ?? '127.0.0.1'}:${(server.address() as AddressInfo).port}`;
  state.ownUrl = url;
  const list = (subscriber: Subscriber): void => enlist(state, subscriber);
  list({ subscriberId: GATEWAY_ID, keyId: 'g1', type: 'BG', url, signingPublicKey: signing.publicKey, status: 'SUBSCRIBED' });
  return {
    url, registryEncryptionKey: state.encryption.publicKey, gatewayId: GATEWAY_ID, list, catalogs: state.catalogs,
    settled: async () => {
      while (state.pending.size > 0) await Promise.all(state.pending);
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await state.outbound.close();
    },
  };
}

async function read(request: IncomingMessage): Promise<Got> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return { path: new URL(request.url ?? '/', 'http://stand-in').pathname, bytes: Buffer.concat(chunks), authorization: request.headers.authorization };
}

function answer(state: State, method: string, got: Got): Answer | Promise<Answer> {
  const [, subscriberId, keyId] = /^\/(?:dedi\/)?lookup\/([^/]+)\/[^/]+\/([^/]+)$/.exec(got.path) ?? [];
  if (method === 'GET' && subscriberId !== undefined) return dedi(state, decodeURIComponent(subscriberId), decodeURIComponent(keyId!));
  if (method === 'POST' && got.path === '/lookup') return lookup(state, parseBody(got.bytes));
  if (method === 'POST' && got.path === '/subscribe') return subscribeOne(state, parseBody(got.bytes));
  if (method === 'POST' && (got.path === '/search' || got.path === '/discover')) return handOn(state, got);
  if (method === 'POST' && got.path === '/catalog/publish') return publish(state, got);
  if (method === 'GET' && got.path === '/catalogs') return [200, { note: 'a stand-in of a catalogue service', catalogs: [...state.catalogs.values()] }];
  return [404, { error: { message: 'This stand-in has /lookup, /subscribe, /dedi/lookup/…, /search, /discover, /catalog/publish and /catalogs.' } }];
}

function dedi({ subscribers }: State, subscriberId: string, keyId: string): Answer {
  const found = subscribers.find((one) => one.subscriberId === subscriberId && one.keyId === keyId);
  return found ? [200, { message: 'Record retrieved', data: { details: writeSubscriber(found), state: 'live' } }] : [404, { message: 'No such record' }];
}

function lookup({ subscribers }: State, asked: Fields): Answer {
  const fits = (one: Subscriber): boolean => {
    const written = writeSubscriber(one);
    return ['subscriber_id', 'key_id', 'type', 'domain'].every((name) => asked[name] === undefined || asked[name] === written[name]);
  };
  return [200, subscribers.filter(fits).map(writeSubscriber)];
}

function enlist(state: State, subscriber: Subscriber): void {
  state.subscribers = [...state.subscribers.filter((one) => one.subscriberId !== subscriber.subscriberId || one.keyId !== subscriber.keyId), subscriber];
}

/** Lists a subscriber once it has read the challenge. */
function subscribeOne(state: State, body: Fields): Answer {
  const entry = parseSubscriber(body);
  if (entry?.url === undefined || entry.encryptionPublicKey === undefined) return [400,
    { error: { message: 'subscriber_id, url, signing_public_key and encr_public_key are needed' } }];
  enlist(state, { ...entry, status: 'UNDER_SUBSCRIPTION' });
  later(state, challenge(state, entry, entry.url, entry.encryptionPublicKey));
  return [200, { status: 'UNDER_SUBSCRIPTION' }];
}

async function challenge(state: State, entry: Subscriber, url: string, encryptionPublicKey: string): Promise<void> {
  const word = randomBytes(24).toString('base64url');
  const sealed = encryptChallenge(word, { own: privateKey('x25519', state.encryption.privateKey), other: publicKey('x25519', encryptionPublicKey) });
  const body = JSON.stringify({ subscriber_id: entry.subscriberId, status: 'UNDER_SUBSCRIPTION', challenge: sealed });
  const result = await state.outbound.call(`${url}/on_subscribe`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const said: unknown = 'failure' in result || result.status !== 200 ? undefined : JSON.parse(result.body);
  const isRead = isFields(said) && said.answer === word;
  if (isRead) enlist(state, { ...entry, status: 'SUBSCRIBED' });
  state.tell(`${entry.subscriberId} ${isRead ? 'is subscribed' : 'did not read the challenge'}`);
}

/** Whose message it is, by the registry's own list. Throws Refused. */
async function verified({ subscribers }: State, { bytes, authorization }: Got, now: number) {
  const directory = createDirectory([{ find: (id, key) => Promise.resolve(subscribers.filter((one) => one.subscriberId === id && one.keyId === key)) }]);
  return (await verifySignature(directory, bytes, authorization, { now, skewSeconds: 60 })).signer;
}

async function orRefused(generation: 'A' | 'C', now: number, work: () => Promise<void>): Promise<Answer> {
  try {
    await work();
    return [200, writeAcknowledgement({ generation, now })];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [REASONS[error.reason], writeAcknowledgement({ generation, now }, errorOfRefusal(generation, error))];
  }
}

/** The gateway: verifies, acknowledges, and hands the very bytes on, signed by itself too. */
function handOn(state: State, got: Got): Promise<Answer> {
  const { path, bytes, authorization } = got;
  const now = processNow();
  return orRefused('A', now, async () => {
    const signer = await verified(state, got, now);
    const { domain } = parseContext(parseBody(bytes));
    const providers = state.subscribers.filter((one) => one.type === 'BPP' && one.status === 'SUBSCRIBED' && (one.domain === undefined || one.domain === domain));
    const headers = { 'content-type': 'application/json', authorization: authorization!, 'x-gateway-authorization': signBody(bytes, state.gateway, { now }) };
    for (const { subscriberId, url } of providers) {
      later(state, state.outbound.call(`${url ?? ''}${path}`, { method: 'POST', headers, body: bytes.toString('utf8') }).then((result) => {
        state.tell(`${path.slice(1)} of ${signer.subscriberId} to ${subscriberId}: ${'failure' in result ? result.failure : result.status}`);
      }));
    }
  });
}

/** The catalogue service: verifies, acknowledges, and tells the publisher what became of each catalogue. */
function publish(state: State, got: Got): Promise<Answer> {
  const now = processNow();
  return orRefused('C', now, async () => {
    const signer = await verified(state, got, now);
    const message = parseBody(got.bytes);
    const callback = JSON.stringify(takeCatalogs(state.catalogs, message, { id: GATEWAY_ID, uri: state.ownUrl, now }));
    const headers = { 'content-type': 'application/json', authorization: signBody(Buffer.from(callback), state.gateway, { now }) };
    later(state, state.outbound.call(`${signer.url ?? ''}/on_catalog_publish`, { method: 'POST', headers, body: callback }).then((result) => {
      state.tell(`catalogues of ${signer.subscriberId}: ${'failure' in result ? result.failure : result.status}`);
    }));
  });
}

function later(state: State, work: Promise<void>): void {
  const done = work.catch((error: Error) => state.tell(error.message)).finally(() => state.pending.delete(done));
  state.pending.add(done);
}
