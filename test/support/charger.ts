/** A charging station of the tests' own: it says what it is told to, frame by frame, and knows no OCPP but the frames. */
import { request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export type Frame = [number, string, ...unknown[]];

export interface Charger {
  /** calls us; gives the whole answer, result or error */
  call(action: string, payload: unknown): Promise<Frame>;
  send(text: string): void;
  /** the next frame that is no answer to a call of ours */
  next(): Promise<Frame>;
  /** answers a call that came */
  answer(id: string, payload: object): void;
  /** closed by whom ever, with which code */
  closed: Promise<number>;
  isOpen(): boolean;
  close(): void;
}

export interface ChargerOptions {
  protocols?: string[];
  password?: string | Buffer;
  headers?: Record<string, string>;
}

const WAIT_MS = 20_000;

/** Connects; throws when it is refused. */
export async function plugIn(url: string, path: string, options: ChargerOptions = {}): Promise<Charger> {
  const { protocols = ['ocpp1.6'], headers = {} } = options;
  // the WebSocket of Node, which is undici's, takes headers too
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { protocols, headers: { ...authorization(path, options.password), ...headers } });
  const waiting = new Map<string, (frame: Frame) => void>();
  const came: Frame[] = [];
  let calls = 0;
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame;
    const resolve = frame[0] === 2 ? undefined : waiting.get(frame[1]);
    waiting.delete(frame[1]);
    if (resolve) resolve(frame);
    else came.push(frame);
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('refused')));
  });
  const timely = async <T>(promise: Promise<T>, what: string): Promise<T> => {
    const stop = new AbortController();
    const late = pause(WAIT_MS, undefined, { signal: stop.signal }).then((): never => {
      throw new Error(`no ${what}`);
    });
    return Promise.race([promise, late]).finally(() => stop.abort());
  };
  return {
    closed,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.close(),
    send: (text) => socket.send(text),
    call: (action, payload) => {
      const id = `c${++calls}`;
      const answer = new Promise<Frame>((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify([2, id, action, payload]));
      return timely(answer, `answer to ${action}`);
    },
    next: () => timely((async () => {
      while (came.length === 0) await pause(5);
      return came.shift()!;
    })(), 'frame'),
    answer: (id, payload) => socket.send(JSON.stringify([3, id, payload])),
  };
}

function authorization(path: string, password: string | Buffer | undefined): Record<string, string> {
  if (password === undefined) return {};
  const identity = decodeURIComponent(path.split('/').at(-1)!);
  return { authorization: `Basic ${Buffer.concat([Buffer.from(`${identity}:`), Buffer.from(password)]).toString('base64')}` };
}

/** Asks for a socket and gives the HTTP status that it is answered: 101 when it is given. */
export async function handshake(url: string, path: string, options: ChargerOptions = {}): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  const { protocols = ['ocpp1.6'], headers = {} } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}${path}`, {
      headers: {
        connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...(protocols.length > 0 ? { 'sec-websocket-protocol': protocols.join(', ') } : {}), ...authorization(path, options.password), ...headers,
      },
    });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: 101, body: '', headers: response.headers });
    });
    request.on('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => void (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, body, headers: response.headers }));
    });
    request.on('error', reject);
    request.end();
  });
}
