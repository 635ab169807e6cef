import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { guardedLookup, type Resolve } from './lookup.ts';
import { createOutbound, type Outbound, type OutboundOptions, type OutboundResult } from './outbound.ts';
import { PRIVATE_SPELLINGS } from './private-url-samples.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function outbound(options: Partial<OutboundOptions> = {}): Outbound {
  const client = createOutbound({ allowPrivate: true, timeoutMs: 2_000, maxResponseBytes: 10_000, ...options });
  closing.push(() => client.close());
  return client;
}

async function listening(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => {
    server.close(resolve);
    if ('closeAllConnections' in server) server.closeAllConnections();
  }));
  return (server.address() as AddressInfo).port;
}

const receiver = (listener: RequestListener) => listening(createServer(listener));
const post = (client: Outbound, url: string): Promise<OutboundResult> =>
  client.post(url, { headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
const failureOf = (result: OutboundResult) => ('failure' in result ? result.failure : `answered ${result.status}`);

describe('an answer', () => {
  it('gives the status and the start of the body, and sends headers and body as they are', async () => {
    const seen: string[] = [];
    const port = await receiver((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => seen.push(`${request.method} ${request.headers['content-type']} ${chunk}`));
      request.on('end', () => response.writeHead(503).end('down for a while'));
    });
    const result = await post(outbound(), `http://127.0.0.1:${port}/hook`);
    expect(result).toEqual({ status: 503, bodyStart: 'down for a while', durationMs: expect.any(Number) });
    expect(seen).toEqual(['POST application/json {"a":1}']);
  });

  it('gives the whole body and the headers to whom they matter, by GET too', async () => {
    const text = 'ü'.repeat(2_000);
    const port = await receiver((request, response) => response.writeHead(200, { 'x-method': request.method }).end(text));
    const result = await outbound().call(`http://127.0.0.1:${port}/`, { method: 'GET', headers: {} });
    expect(result).toMatchObject({ status: 200, body: text, headers: { 'x-method': 'GET' } });
  });

  it('cuts the body to 500 characters of well-formed text without NUL', async () => {
    const bytes = Buffer.concat([Buffer.from('\0'), Buffer.from('😀'.repeat(600)), Buffer.from([0xff, 0xfe])]);
    const port = await receiver((_request, response) => response.end(bytes));
    const result = await post(outbound(), `http://127.0.0.1:${port}/`);
    const { bodyStart } = result as { bodyStart: string };
    expect(bodyStart).toHaveLength(500);
    expect(bodyStart.isWellFormed()).toBe(true);
    expect(bodyStart).not.toContain('\0');
    expect(bodyStart.startsWith('\uFFFD😀😀')).toBe(true);
  });

  it('is a failure when it is a redirect, which is not followed', async () => {
    let inside = 0;
    const target = await receiver((_request, response) => { inside++; response.end(); });
    const port = await receiver((_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${target}/` }).end());
    expect(await post(outbound(), `http://127.0.0.1:${port}/`)).toMatchObject({ failure: 'redirect', status: 302 });
    expect(inside).toBe(0);
  });

  it('is a failure when its body is too large, and is not read to its end', async () => {
    let sent = 0;
    const port = await receiver((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const write = () => {
        while (sent < 100_000_000 && !response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });
    expect(await post(outbound(), `http://127.0.0.1:${port}/`)).toMatchObject({ failure: 'too_large', status: 200 });
    expect(sent).toBeLessThan(50_000_000);
  });
});

describe('a failure', () => {
  it('is a timeout when there is no answer in time', async () => {
    const port = await receiver(() => undefined);
    const result = await post(outbound({ timeoutMs: 150 }), `http://127.0.0.1:${port}/`);
    expect(result).toMatchObject({ failure: 'timeout' });
    expect(result.status).toBeUndefined();
    expect(result.durationMs).toBeGreaterThanOrEqual(140);
    expect(result.durationMs).toBeLessThan(1_500);
  });

  it('is a timeout when the body does not end, and says the status that came before', async () => {
    const port = await receiver((_request, response) => void response.writeHead(200).write('drip'));
    expect(await post(outbound({ timeoutMs: 150 }), `http://127.0.0.1:${port}/`)).toMatchObject({ failure: 'timeout', status: 200 });
  });

  it('is a timeout when DNS does not answer in time', async () => {
    const result = await post(outbound({ timeoutMs: 150, resolve: () => new Promise(() => undefined) }), 'http://slow.example/');
    expect(failureOf(result)).toBe('timeout');
  });

  it('is "connect" when nobody listens, and when the connection breaks', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(failureOf(await post(outbound(), `http://127.0.0.1:${port}/`))).toBe('connect');
    const breaking = await receiver((request) => request.socket.destroy());
    expect(failureOf(await post(outbound(), `http://127.0.0.1:${breaking}/`))).toBe('connect');
  });

  it('is "tls" when the other side speaks none', async () => {
    const port = await receiver((_request, response) => response.end());
    expect(failureOf(await post(outbound(), `https://127.0.0.1:${port}/`))).toBe('tls');
  });

  it('is "protocol" when the other side speaks no HTTP', async () => {
    const port = await listening(createTcpServer((socket) => void socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))));
    expect(failureOf(await post(outbound(), `http://127.0.0.1:${port}/`))).toBe('protocol');
  });

  it('is "dns" when the name does not resolve', async () => {
    const resolve: Resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    expect(failureOf(await post(outbound({ resolve }), 'http://nowhere.example/'))).toBe('dns');
    expect(failureOf(await post(outbound({ resolve: () => Promise.resolve([]) }), 'http://nowhere.example/'))).toBe('dns');
  });

  it.each(['ftp://example.com/', 'http://user:secret@127.0.0.1/', 'nonsense'])('is "refused_url" for %s', async (url) => {
    expect(failureOf(await post(outbound(), url))).toBe('refused_url');
  });
});

describe('private addresses', () => {
  const guarded = (resolve?: Resolve) => outbound({ allowPrivate: false, timeoutMs: 400, resolve });

  it.each(PRIVATE_SPELLINGS.flatMap((url) => [url, url.replace('https:', 'http:')]))('are refused as %s', async (url) => {
    expect(failureOf(await post(guarded(), url))).toBe('refused_address');
  });

  it.each([
    '127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.169.254', '10.0.0.1', '100.64.0.1', '64:ff9b::7f00:1', 'fe80::1', 'fe80::1%eth0',
    'not an address',
  ])('are refused when a name resolves to %s, also beside a public one', async (address) => {
      const family = address.includes(':') ? 6 : 4;
      const alone: Resolve = () => Promise.resolve([{ address, family }]);
      const beside: Resolve = () => Promise.resolve([{ address: '1.1.1.1', family: 4 }, { address, family }]);
      for (const resolve of [alone, beside]) {
        const result = await post(guarded(resolve), 'http://sly.example/');
        expect(failureOf(result)).toBe('refused_address');
        expect(JSON.stringify(result)).not.toContain(address);
      }
    });

  it('are out of reach for a name that answers first with a public address and then with a private one', async () => {
    let inside = 0;
    const port = await receiver((_request, response) => { inside++; response.end(); });
    let asked = 0;
    // 2d00::/8 is public in form and given to nobody
    const rebinding: Resolve = () => Promise.resolve([asked++ === 0 ? { address: '2d00::1', family: 6 } : { address: '127.0.0.1', family: 4 }]);
    const client = guarded(rebinding);
    expect(['connect', 'timeout']).toContain(failureOf(await post(client, `http://rebind.example:${port}/`)));
    expect(asked).toBe(1);
    expect(failureOf(await post(client, `http://rebind.example:${port}/`))).toBe('refused_address');
    expect(asked).toBe(2);
    expect(inside).toBe(0);
  });

  it('are checked by the very look-up whose answer is connected to', async () => {
    const lookup = guardedLookup(() => Promise.resolve([{ address: '1.1.1.1', family: 4 }]), false);
    const one = await new Promise((resolve) => lookup('a.example', {}, (...answer) => resolve(answer)));
    const all = await new Promise((resolve) => lookup('a.example', { all: true }, (...answer) => resolve(answer)));
    expect(one).toEqual([null, '1.1.1.1', 4]);
    expect(all).toEqual([null, [{ address: '1.1.1.1', family: 4 }]]);
  });

  it('are reached where they are allowed', async () => {
    const port = await receiver((_request, response) => response.end('hello'));
    const resolve: Resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    expect(await post(outbound({ resolve }), `http://inside.example:${port}/`)).toMatchObject({ status: 200, bodyStart: 'hello' });
    expect(await post(outbound(), `http://localhost:${port}/`)).toMatchObject({ status: 200 });
  });
});
