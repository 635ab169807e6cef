/** For the tests of Beckn: the whole program as a provider, an app that signs and takes callbacks, and the registry's file that knows both. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/platform/config/index.ts';
import type { HandlerTable } from '../../src/protocols/beckn/index.ts';
import { newKeyPair, privateKey, signBody, type SigningIdentity } from '../../src/protocols/beckn/signing/index.ts';
import { startTestApp, type TestApp } from './app.ts';
import type { TestDatabase } from './databases.ts';

export interface Party {
  subscriberId: string;
  identity: SigningIdentity;
  privateKey: string;
  publicKey: string;
}

export function newParty(subscriberId: string, keyId = 'k1'): Party {
  const pair = newKeyPair('ed25519');
  return { subscriberId, ...pair, identity: { subscriberId, keyId, key: privateKey('ed25519', pair.privateKey) } };
}

export interface CallbackGot {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  // Tests look at messages field by field.
  // oxlint-disable-next-line no-explicit-any
  body: any;
}

export interface CallbackServer {
  url: string;
  got: CallbackGot[];
  /** what it answers from now on; undefined breaks the connection */
  answer: { status: number; body: unknown } | undefined;
  /** the first callback of that action, when it has come */
  wait(action: string, count?: number): Promise<CallbackGot>;
  close(): Promise<void>;
}

export const ACK = { status: 200, body: { message: { ack: { status: 'ACK' } } } };

export async function openCallbackServer(): Promise<CallbackServer> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      opened.got.push({ path: request.url!, headers: request.headers, text, body: JSON.parse(text) });
      if (opened.answer === undefined) return void request.socket.destroy();
      response.writeHead(opened.answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(opened.answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const opened: CallbackServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bap`, got: [], answer: ACK,
    wait: async (action, count = 1) => {
      const until = Date.now() + 15_000;
      for (;;) {
        const found = opened.got.filter(({ body }) => body.context.action === action);
        if (found.length >= count) return found[count - 1]!;
        if (Date.now() > until) throw new Error(`no ${action} came; there is ${opened.got.map(({ path }) => path).join(', ') || 'nothing'}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  return opened;
}

export const BPP_ID = 'bpp.plugtime.test';
export const BAP_ID = 'bap.example.test';

export interface Posted {
  status: number;
  headers: Headers;
  // oxlint-disable-next-line no-explicit-any
  body: any;
}

export interface BecknBed {
  app: TestApp;
  bap: Party;
  bpp: Party;
  callbacks: CallbackServer;
  /** writes the registry's file anew */
  list(...entries: object[]): void;
  entryOf(party: Party, more?: object): object;
  /** posts a message, signed by the app unless told otherwise */
  post(action: string, body: object | string, options?: { by?: SigningIdentity | null; headers?: Record<string, string>; now?: number; path?: string }): Promise<Posted>;
  /** rows of both tables */
  rows(): Promise<number>;
  close(): Promise<void>;
}

export async function openBecknBed(db: TestDatabase, handlers?: HandlerTable, settings: Partial<Record<keyof Config, string>> = {}): Promise<BecknBed> {
  const [bap, bpp, callbacks] = [newParty(BAP_ID), newParty(BPP_ID), await openCallbackServer()];
  const folder = mkdtempSync(join(tmpdir(), 'plugtime-beckn-'));
  const file = join(folder, 'registry.json');
  let version = 0;
  const list = (...entries: object[]): void => writeFileSync(file, JSON.stringify(entries) + ' '.repeat(++version));
  const entryOf = ({ subscriberId, publicKey, identity }: Party, more: object = {}): object => ({
    subscriber_id: subscriberId, key_id: identity.keyId, signing_public_key: publicKey, type: 'BAP', url: callbacks.url, status: 'SUBSCRIBED', ...more,
  });
  list(entryOf(bap), entryOf(bpp, { type: 'BPP' }));
  const app = await startTestApp(db, {
    PLUGTIME_BECKN_SUBSCRIBER_ID: BPP_ID, PLUGTIME_BECKN_KEY_ID: 'k1', PLUGTIME_BECKN_SIGNING_KEY: bpp.privateKey, PLUGTIME_BECKN_REGISTRY_FILE: file, ...settings,
  }, { becknHandlers: handlers });
  return {
    app, bap, bpp, callbacks, list, entryOf,
    post: async (action, body, { by = bap.identity, headers = {}, now = Date.now(), path = `/beckn/${action}` } = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(`${app.url}${path}`, {
        method: 'POST', body: text,
        headers: { 'content-type': 'application/json', ...(by === null ? {} : { authorization: signBody(Buffer.from(text), by, { now }) }), ...headers },
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    rows: async () => {
      const { rows } = await db.database.raw('SELECT (SELECT count(*) FROM beckn_received)::int + (SELECT count(*) FROM beckn_sent)::int AS count');
      return Number(rows[0]!.count);
    },
    close: async () => {
      await app.stop();
      await callbacks.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A context as the seeds have it, at the present time. */
export function contextA(action: string, more: object = {}): object {
  return {
    domain: 'deg:ev-charging', action, location: { country: { code: 'IND' }, city: { code: 'std:080' } }, version: '1.1.0', bap_id: BAP_ID,
      bap_uri: 'https://elsewhere.example/bap',
    bpp_id: BPP_ID, bpp_uri: 'https://bpp.example', transaction_id: randomUUID(), message_id: randomUUID(), timestamp: new Date().toISOString(), ttl: 'PT30S', ...more,
  };
}

export const contextB = (action: string, more: object = {}): object => contextA(action, { version: '2.0.0', network_id: ['beckn.energy.india'], ...more });
export const contextC = (action: string, more: object = {}): object => contextA(action, { version: '2.0.0', domain: 'beckn.one:deg:ev-charging', ...more });

/** A camelCase context of the LTS. */
export function contextD(action: string, more: object = {}): object {
  return {
    version: '2.0.0', action, networkId: 'nfh.global/testnet-evcharging', bapId: BAP_ID, bapUri: 'https://elsewhere.example/bap', bppId: BPP_ID, bppUri: 'https://bpp.example',
    transactionId: randomUUID(), messageId: randomUUID(), timestamp: new Date().toISOString(), ttl: 'PT30S', ...more,
  };
}
