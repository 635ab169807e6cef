/** A station's socket: OCPP-J over WebSocket, frame by frame, so that everything that real stations get wrong can be done. */
import WebSocket from 'ws';

export type Payload = Record<string, unknown>;

/** What a call of the central system is answered, and what is done once the answer is on its way. */
export interface Reply {
  answer: object;
  after?: () => void;
}

export interface Link {
  /** Calls, and gives what is answered. Throws `CallError`, or `LinkLost` where there is no answer. */
  call(action: string, payload: object, id?: string): Promise<Payload>;
  /** closes politely */
  close(): void;
  /** the line is cut: nobody says anything */
  drop(): void;
}

export interface LinkOptions {
  /** without the identity */
  url: string;
  identity: string;
  protocol: string;
  password?: string | Buffer;
  /** for `wss:`; `cert` and `key` for security profile 3 */
  tls?: { ca?: string; cert?: string; key?: string };
  /** in real time */
  answerTimeoutMs: number;
  /** undefined leaves the call without an answer; throws `CallError` */
  answer(action: string, payload: Payload): Reply | undefined;
  closed(code: number): void;
  frame?(direction: 'sent' | 'received', text: string): void;
}

/** An OCPP error, of either side. */
export class CallError extends Error {
  readonly code: string;
  constructor(code: string, description = '') {
    super(`${code}${description === '' ? '' : `: ${description}`}`);
    this.code = code;
  }
}

/** There was no answer: the connection went, or it took too long. */
export class LinkLost extends Error {}

/** The central system does not let us in. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, detail: string) {
    super(`refused with ${status}${detail === '' ? '' : `: ${detail}`}`);
    this.status = status;
  }
}

interface Waiting {
  resolve(answer: Payload): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Connects. Throws `Refused`, or what the network says. */
export async function connect(options: LinkOptions): Promise<Link> {
  const { url, identity, protocol, password, tls = {} } = options;
  const secret = password === undefined ? {} : { authorization: `Basic ${Buffer.concat([Buffer.from(`${identity}:`), Buffer.from(password)]).toString('base64')}` };
  const socket = new WebSocket(`${url.replace(/\/+$/, '')}/${encodeURIComponent(identity)}`, [protocol], {
    ...tls, headers: { 'user-agent': 'plugtime-simulator', ...secret }, perMessageDeflate: false, handshakeTimeout: 20_000,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => void (body = (body + chunk.toString()).slice(0, 300)));
      response.on('end', () => reject(new Refused(response.statusCode ?? 0, body.trim())));
      response.on('error', reject);
    });
  });
  return linkOf(socket, options);
}

function linkOf(socket: WebSocket, { answerTimeoutMs, answer, closed, frame }: LinkOptions): Link {
  const waiting = new Map<string, Waiting>();
  let calls = 0;
  const send = (message: unknown[]): void => {
    const text = JSON.stringify(message);
    frame?.('sent', text);
    if (socket.readyState === WebSocket.OPEN) socket.send(text);
  };
  const settle = (id: string): Waiting | undefined => {
    const one = waiting.get(id);
    waiting.delete(id);
    clearTimeout(one?.timer);
    return one;
  };
  const take = (id: string, action: string, payload: Payload): void => {
    try {
      const reply = answer(action, payload);
      if (!reply) return;
      send([3, id, reply.answer]);
      reply.after?.();
    } catch (error) {
      const code = error instanceof CallError ? error.code : 'InternalError';
      send([4, id, code, (error as Error).message.slice(0, 255), {}]);
    }
  };
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    frame?.('received', text);
    const message = parse(text);
    if (message?.[0] === 2) take(message[1] as string, message[2] as string, message[3] as Payload);
    else if (message?.[0] === 3) settle(message[1] as string)?.resolve(message[2] as Payload);
    else if (message?.[0] === 4) settle(message[1] as string)?.reject(new CallError(message[2] as string, message[3] as string));
  });
  socket.on('error', () => undefined); // 'close' follows
  socket.on('close', (code) => {
    for (const id of waiting.keys()) settle(id)!.reject(new LinkLost('the connection is gone'));
    closed(code);
  });
  return {
    call: (action, payload, id = `${Math.trunc(performance.timeOrigin + performance.now()).toString(36)}-${++calls}`) => new Promise((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) return reject(new LinkLost('the connection is gone'));
      const timer = setTimeout(() => settle(id)?.reject(new LinkLost(`no answer to ${action}`)), answerTimeoutMs);
      waiting.set(id, { resolve, reject, timer });
      return send([2, id, action, payload]);
    }),
    close: () => {
      socket.close(1000);
      setTimeout(() => socket.terminate(), 2_000).unref();
    },
    drop: () => socket.terminate(),
  };
}

function parse(text: string): unknown[] | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return Array.isArray(message) ? message : undefined;
  } catch {
    return undefined;
  }
}
