/** Sends what a well-behaved client would not: any path, any bytes, a body with a GET. */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { Json } from '../support/api.ts';

export interface Sent {
  method: string;
  /** path and query, exactly as they go over the wire */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** the secret that is presented */
  key?: string;
}

export interface Got {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  body: Json;
  sent: Sent;
}

/** Longer than any answer may take: what comes later counts as a request that hangs. */
const HANGS_AFTER_MS = 30_000;

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export function send(url: string, sent: Sent): Promise<Got> {
  const { hostname, port } = new URL(url);
  const { method, path, body, key } = sent;
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }), ...sent.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, hostname, port, method, path, headers, timeout: HANGS_AFTER_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /\bjson\b/.test(response.headers['content-type'] ?? '');
        resolve({ status: response.statusCode!, headers: response.headers, text, body: isJson && text !== '' ? JSON.parse(text) : undefined, sent });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path} within ${HANGS_AFTER_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Writes bytes to the server and reads until it closes the connection, or has said what `until` waits for. */
export function sendRaw(url: string, bytes: string | Buffer, until?: RegExp): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(HANGS_AFTER_MS, () => socket.destroy(new Error('no answer to a raw request')));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (until?.test(text)) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

export function closeConnections(): void {
  agent.destroy();
}

/** Runs tasks, a few at a time, and gives their results in order. */
export async function inTurns<T, R>(items: readonly T[], run: (item: T) => Promise<R>, atOnce = 8): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await run(items[i]!);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
