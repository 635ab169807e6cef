/** A port of its own for charging stations over TLS, for those who have no proxy in front: security profiles 2 and 3 (OCPP-3). */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { HOUR_MS, SECOND_MS } from '../../platform/clock/index.ts';
import { ConfigError, type Config } from '../../platform/config/index.ts';

export interface SecurePort {
  port: number;
  stop(): Promise<void>;
}

const HANDSHAKE_MS = 10 * SECOND_MS;

/** Opens the port where it is configured. Throws a ConfigError for files that can't be used. */
export async function openSecurePort(
  config: Config, upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void, onError: (error: Error) => void,
): Promise<SecurePort | undefined> {
  const files = filesOf(config);
  if (!files) return undefined;
  const server = createServer({ ...(await read(files)), requestCert: files.ca !== undefined, rejectUnauthorized: false, handshakeTimeout: HANDSHAKE_MS }, (_request, response) => {
    response.writeHead(426, { upgrade: 'websocket', 'content-type': 'text/plain' }).end('This port is for charging stations.\n');
  });
  server.on('upgrade', upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.PLUGTIME_OCPP_TLS_PORT, config.HOST, resolve);
  });
  server.on('error', onError);
  const renewal = setInterval(() => void read(files).then((fresh) => server.setSecureContext(fresh)).catch(onError), HOUR_MS).unref();
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      clearInterval(renewal);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Files {
  cert: string;
  key: string;
  ca?: string;
}

function filesOf({ PLUGTIME_OCPP_TLS_CERT: cert, PLUGTIME_OCPP_TLS_KEY: key, PLUGTIME_OCPP_TLS_CLIENT_CA: ca }: Config): Files | undefined {
  if (cert !== undefined && key !== undefined) return { cert, key, ca };
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  throw new ConfigError([`${cert === undefined ? 'PLUGTIME_OCPP_TLS_CERT' : 'PLUGTIME_OCPP_TLS_KEY'}: is needed for stations to connect over TLS`]);
}

async function read({ cert, key, ca }: Files): Promise<{ cert: Buffer; key: Buffer; ca?: Buffer }> {
  const readOne = (setting: string, path: string): Promise<Buffer> => readFile(path).catch((error: Error) => {
    throw new ConfigError([`${setting}: ${path} can't be read: ${error.message}`]);
  });
  return {
    cert: await readOne('PLUGTIME_OCPP_TLS_CERT', cert), key: await readOne('PLUGTIME_OCPP_TLS_KEY', key),
    ...(ca === undefined ? {} : { ca: await readOne('PLUGTIME_OCPP_TLS_CLIENT_CA', ca) }),
  };
}
