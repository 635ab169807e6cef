import { Agent, request, type Dispatcher } from 'undici';
import { classifyError, type OutboundFailure } from './failures.ts';
import { guardedLookup, systemResolve, type Resolve } from './lookup.ts';
import { refuseUrl } from './url.ts';

export interface OutboundOptions {
  /** loopback and private addresses may be called: for tests and development only */
  allowPrivate: boolean;
  /** for the whole call: name, connection, sending, answer */
  timeoutMs: number;
  /** largest body of an answer that is read */
  maxResponseBytes: number;
  /** in place of the system's DNS, for tests */
  resolve?: Resolve;
}

export interface OutboundRequest {
  headers: Record<string, string>;
  body: string | Uint8Array;
}

export interface OutboundCall {
  method: 'GET' | 'POST' | 'PATCH';
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

export interface OutboundAnswer {
  /** 200–599 without 3xx */
  status: number;
  /** the first characters of the body, `BODY_START_CHARS` at most, as well-formed text without NUL */
  bodyStart: string;
  durationMs: number;
}

export interface OutboundRefusal {
  failure: OutboundFailure;
  /** a sentence for people */
  detail: string;
  /** when the failure came after the status line */
  status?: number;
  bodyStart?: string;
  durationMs: number;
}

export type OutboundResult = OutboundAnswer | OutboundRefusal;

/** As an answer, with the whole body and the headers. */
export type OutboundCallResult = (OutboundAnswer & { body: string; headers: Record<string, string | string[] | undefined> }) | OutboundRefusal;

export interface Outbound {
  /** Posts to an http or https URL. Never throws for what the other side does; follows no redirect, retries nothing. */
  post(url: string, request: OutboundRequest): Promise<OutboundResult>;
  /** The same, where what is answered matters: gives all of it. */
  call(url: string, request: OutboundCall): Promise<OutboundCallResult>;
  /** Closes the connections that are kept; calls that are running end first. */
  close(): Promise<void>;
}

export const BODY_START_CHARS = 500;
const CONNECTIONS_PER_ORIGIN = 8;

/**
 * A client for URLs that strangers gave us. It reaches public addresses only, whatever the URL says and whatever DNS
 * answers; the address that was checked is the one that is connected to.
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const { allowPrivate, timeoutMs } = options;
  const lookup = guardedLookup(options.resolve ?? systemResolve, allowPrivate);
  const agent = new Agent({
    connect: { lookup, timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connections: CONNECTIONS_PER_ORIGIN, allowH2: false,
  });
  const rules = { allowPrivate, httpsOnly: false };
  const call = async (url: string, { method, headers, body }: OutboundCall): Promise<OutboundCallResult> => {
    const startedAt = performance.now();
    const durationMs = () => Math.round(performance.now() - startedAt);
    const refusal = refuseUrl(url, rules);
    if (refusal) return { ...refusal, durationMs: durationMs() };
    const signal = AbortSignal.timeout(timeoutMs);
    let status: number | undefined;
    try {
      const response = await request(url, { method, headers, ...(body === undefined ? {} : { body }), dispatcher: agent, signal });
      status = response.statusCode;
      const read = await readBody(response.body, options.maxResponseBytes);
      const judged = judge(status, read, durationMs());
      return 'failure' in judged ? judged : { ...judged, body: read.body, headers: response.headers };
    } catch (error) {
      return { ...classifyError(error), ...(status === undefined ? {} : { status }), durationMs: durationMs() };
    }
  };
  return {
    call,
    post: async (url, { headers, body }) => {
      const result = await call(url, { method: 'POST', headers, body });
      if ('failure' in result) return result;
      const { status, bodyStart, durationMs } = result;
      return { status, bodyStart, durationMs };
    },
    close: () => agent.close(),
  };
}

function judge(status: number, { bodyStart, isTooLarge }: ReadBody, durationMs: number): OutboundResult {
  const answer = { status, bodyStart, durationMs };
  if (status >= 300 && status < 400) return { ...answer, failure: 'redirect', detail: `It answered ${status}; redirects are not followed.` };
  if (isTooLarge) return { ...answer, failure: 'too_large', detail: 'The body of the answer is too large.' };
  return answer;
}

interface ReadBody {
  body: string;
  bodyStart: string;
  isTooLarge: boolean;
}

/** Reads the body up to a size, and drops the connection with what lies beyond it. */
async function readBody(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  let isTooLarge = false;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    isTooLarge = size > maxBytes;
    chunks.push(chunk);
    if (isTooLarge) break; // leaving the loop destroys the stream
  }
  const bytes = Buffer.concat(chunks);
  return { body: isTooLarge ? '' : bytes.toString('utf8'), bodyStart: startOf(bytes), isTooLarge };
}

/** Text that a database takes: no NUL, and no half of a surrogate pair where it was cut. */
function startOf(bytes: Buffer): string {
  const text = bytes.subarray(0, BODY_START_CHARS * 4).toString('utf8').replaceAll('\0', '\uFFFD');
  return text.slice(0, BODY_START_CHARS).toWellFormed();
}
