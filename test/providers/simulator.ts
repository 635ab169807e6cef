/** What local servers that stand in for payment providers share: HTTP, faults on demand, webhooks. They simulate; no money moves anywhere. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  method: string;
  path: string;
  /** of the address, and of the body */
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  body: string;
}

export interface Reply {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

/**
 * What goes wrong with the next call that fits: `lost` has its effect, but the answer never comes; `gone` has none; `broken` and
 * `half_broken` answer 500 before and after the effect; `busy` answers 429; `slow` waits first; `hang` has its effect and never ends.
 */
export type FaultKind = 'lost' | 'gone' | 'broken' | 'half_broken' | 'busy' | 'slow' | 'hang';

export interface Fault {
  kind: FaultKind;
  /** of the method and the path; any call that changes something, unless told */
  on?: RegExp;
  times?: number;
}

/** A notice as it is sent: twice, late or never, as the test likes. */
export interface Notice {
  headers: Record<string, string>;
  body: string;
}

export interface Simulator {
  url: string;
  /** the calls so far: "POST /v1/refunds" */
  calls: string[];
  faults: Fault[];
  close(): Promise<void>;
}

const SLOW_MS = 300;

export interface SimulatorOptions {
  answer(call: Call): Reply | Promise<Reply>;
  /** the provider's own words for 500 and 429; real providers remember some of them under the key of the call */
  failure(call: Call, status: 500 | 429, isAfter: boolean): Reply;
  port?: number;
}

export async function startSimulator({ answer, failure, port = 0 }: SimulatorOptions): Promise<Simulator> {
  const [calls, faults]: [string[], Fault[]] = [[], []];
  const server = createServer((request, response) => {
    void serve(request, response).catch((error: Error) => response.writeHead(500).end(`the simulator failed: ${error.stack}`));
  });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    calls.push(`${call.method} ${call.path}`);
    const kind = takeFault(faults, call);
    if (kind === 'gone') return void request.socket.destroy();
    if (kind === 'busy') return send(response, failure(call, 429, false));
    if (kind === 'broken') return send(response, failure(call, 500, false));
    if (kind === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    const reply = await answer(call);
    if (kind === 'lost') return void request.socket.destroy();
    if (kind === 'hang') return;
    send(response, kind === 'half_broken' && reply.status < 300 ? failure(call, 500, true) : reply);
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    calls, faults, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

function takeFault(faults: Fault[], { method, path }: Call): FaultKind | undefined {
  const found = faults.find(({ on }) => (on ? on.test(`${method} ${path}`) : method !== 'GET'));
  if (!found) return undefined;
  found.times = (found.times ?? 1) - 1;
  if (found.times === 0) faults.splice(faults.indexOf(found), 1);
  return found.kind;
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const url = new URL(request.url!, 'http://localhost');
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return { method: request.method!, path: url.pathname, query: url.searchParams, headers: request.headers as Call['headers'], body };
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const isPage = 'html' in body;
  response.writeHead(status, { 'content-type': isPage ? 'text/html; charset=utf-8' : 'application/json', ...headers });
  response.end(isPage ? String(body.html) : JSON.stringify(body));
}

/** A route of a server: a path with `:name` for what changes. */
export type Routes<T> = Record<string, T>;

export function matchRoute<T>(routes: Routes<T>, method: string, path: string): { route: T; name: string; params: Record<string, string> } | undefined {
  for (const [name, route] of Object.entries(routes)) {
    const [verb, pattern] = name.split(' ') as [string, string];
    const names = [...pattern.matchAll(/:(\w+)/g)].map(([, word]) => word!);
    const found = new RegExp(`^${pattern.replaceAll(/:\w+/g, '([^/]+)')}/?$`).exec(path);
    if (verb === method && found) return { route, name, params: Object.fromEntries(names.map((word, i) => [word, decodeURIComponent(found[i + 1]!)])) };
  }
  return undefined;
}

/** The page on which a driver of a simulated provider pays, or doesn't. */
export function payPage(title: string, amount: string, ways: readonly string[]): { html: string } {
  const buttons = ways.map((way) => `<button name="way" value="${way}">${way.replaceAll('_', ' ')}</button>`).join(' ');
  return { html: `<!doctype html><title>${title}</title><h1>${title}</h1><p>A simulator: no money moves. To pay: ${amount}</p><form method="post">${buttons}</form>` };
}
