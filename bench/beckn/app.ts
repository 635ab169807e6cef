/**
 * In a process of its own: an app of the open network. It sends signed requests, each in a conversation of its own, and takes the callbacks, whose signatures it
 * verifies; an item is done when its callback is there.
 */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Pool } from 'undici';
import { isSignedBy, parseSignatureHeader, privateKey, publicKey, signBody, type SigningIdentity } from '../../src/protocols/beckn/signing/index.ts';
import { serveJobs } from '../http/worker.ts';

export interface AppJob {
  /** the provider's server */
  url: string;
  /** where this app takes callbacks */
  port: number;
  app: { subscriberId: string; keyId: string; privateKey: string };
  provider: { subscriberId: string; publicKey: string };
  generation: 'A' | 'B';
  action: string;
  /** what stands beside the context, as JSON without its braces */
  messages: string[];
  clients: number;
  /** where the bodies of some round trips are written to, as JSON */
  keep?: string;
}

/** A request and its callback, as bytes went over the wire. */
export interface Pair {
  request: string;
  callback: string;
}

const MOST_KEPT = 200;
const PATIENCE_MS = 30_000;
const ACK = JSON.stringify({ message: { ack: { status: 'ACK' } } });

interface Waiting {
  job: AppJob;
  tell(callback: string, outcome: string): void;
}

const waiting = new Map<string, Waiting>();
let server: Server | undefined;
let pool: Pool | undefined;

serveJobs(async (job: AppJob) => {
  server ??= await listen(job.port);
  pool ??= new Pool(job.url, { connections: job.clients });
  const identity: SigningIdentity = { ...job.app, key: privateKey('ed25519', job.app.privateKey) };
  const kept: Pair[] = [];
  return {
    clients: job.clients, items: job.messages,
    one: async (message) => {
      const { outcome, pair } = await roundTrip(job, identity, message);
      if (job.keep !== undefined && pair && kept.length < MOST_KEPT && kept.push(pair) === Math.min(MOST_KEPT, job.messages.length)) writeFileSync(job.keep, JSON.stringify(kept));
      return outcome;
    },
  };
});

async function roundTrip(job: AppJob, identity: SigningIdentity, message: string): Promise<{ outcome: string; pair?: Pair }> {
  const messageId = randomUUID();
  const request = `{"context":${JSON.stringify(contextOf(job, messageId))},${message}}`;
  let timer: NodeJS.Timeout | undefined;
  const told = new Promise<{ outcome: string; pair?: Pair }>((resolve) => {
    timer = setTimeout(() => resolve({ outcome: 'no callback' }), PATIENCE_MS);
    waiting.set(messageId, { job, tell: (callback, outcome) => resolve({ outcome, pair: { request, callback } }) });
  });
  try {
    const { statusCode, body } = await pool!.request({
      method: 'POST', path: `/beckn/${job.action}`, body: request,
      headers: { 'content-type': 'application/json', authorization: signBody(Buffer.from(request), identity, { now: Date.now() }) },
    });
    const answer = await body.text();
    return statusCode === 200 ? await told : { outcome: `${statusCode} ${answer.slice(0, 200)}` };
  } finally {
    clearTimeout(timer);
    waiting.delete(messageId);
  }
}

function contextOf({ generation, action, app, provider, url, port }: AppJob, messageId: string): object {
  return {
    domain: 'deg:ev-charging', action, version: generation === 'A' ? '1.1.0' : '2.0.0', location: { country: { code: 'IND' }, city: { code: 'std:080' } },
    bap_id: app.subscriberId, bap_uri: `http://127.0.0.1:${port}`, bpp_id: provider.subscriberId, bpp_uri: `${url}/beckn`,
    transaction_id: randomUUID(), message_id: messageId, timestamp: new Date().toISOString(), ttl: 'PT30S',
  };
}

async function listen(port: number): Promise<Server> {
  const opened = createServer((request, response) => {
    void read(request).then((bytes) => {
      take(bytes, request.headers.authorization);
      response.writeHead(200, { 'content-type': 'application/json' }).end(ACK);
    });
  });
  await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve));
  return opened;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

let providerKey: { base64: string; key: ReturnType<typeof publicKey> } | undefined;

function take(bytes: Buffer, authorization: string | undefined): void {
  const text = bytes.toString('utf8');
  const { context, error } = JSON.parse(text) as { context: { message_id: string; action: string }; error?: { code: string | number; message: string } };
  const asked = waiting.get(context.message_id);
  if (!asked) return;
  const { publicKey: base64 } = asked.job.provider;
  if (providerKey?.base64 !== base64) providerKey = { base64, key: publicKey('ed25519', base64) };
  const isTrue = isSignedBy(bytes, parseSignatureHeader(authorization), providerKey.key);
  asked.tell(text, !isTrue ? 'wrongly signed' : error ? `${error.code} ${error.message}` : context.action);
}
