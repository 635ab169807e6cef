/** The request by which a station asks for its socket: what it says, and how it is refused. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const PATH = /^\/ocpp\/([^/?]+)\/([^/?]+)\/?(?:\?.*)?$/;

export interface StationAddress {
  operator: string;
  identity: string;
}

/** Whether a request is for a station's socket at all; all others are HTTP's. */
export function isStationUpgrade({ url = '', headers }: IncomingMessage): boolean {
  return url.startsWith('/ocpp/') && headers.upgrade?.toLowerCase() === 'websocket';
}

/** `/ocpp/{operator}/{stationId}`; undefined for what is no such address. */
export function addressOf(url: string): StationAddress | undefined {
  const match = PATH.exec(url);
  try {
    return match ? { operator: decodeURIComponent(match[1]!), identity: decodeURIComponent(match[2]!) } : undefined;
  } catch {
    return undefined;
  }
}

/** Answers with a problem (RFC 9457), in the place of the socket. */
export function refuseUpgrade(socket: Duplex, status: number, detail: string, headers: Record<string, string> = {}): void {
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail });
  const all = { 'content-type': 'application/problem+json', 'content-length': String(Buffer.byteLength(body)), connection: 'close', ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  if (socket.writable) socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`);
  else socket.destroy();
}

/** Where the request comes from, and whether over TLS; a proxy is believed only where that is configured. */
export function originOf({ socket, headers }: IncomingMessage, trustsProxy: boolean): { address: string; isSecure: boolean } {
  const first = (name: string): string | undefined => [headers[name]].flat()[0]?.split(',')[0]?.trim();
  const forwarded = trustsProxy ? first('x-forwarded-for') : undefined;
  const proto = trustsProxy ? first('x-forwarded-proto')?.toLowerCase() : undefined;
  return { address: forwarded || socket.remoteAddress || 'unknown', isSecure: proto === 'https' || proto === 'wss' || 'encrypted' in socket };
}
