/**
 * The port to the library that speaks OCPP-J over WebSocket. Nobody else knows `ocpp-rpc`; to put `ws` and the schemas in its place is this file's
 * work alone. It gives frames, validation, one call in flight, and keepalive; who may connect, and what messages do, is ours.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createRequire } from 'node:module';
import { createRPCError, createValidator, RPCServer } from 'ocpp-rpc';
import { codeIn, codeOfSchemaError, OcppError, type OcppErrorCode, type SchemaError } from './errors.ts';
import { VERSIONS, type OcppVersion } from './version.ts';

export interface StationSocket {
  readonly version: OcppVersion;
  /** Calls the station and gives its answer; one call at a time. Throws when it answers an error, nothing in time, or is gone. */
  call(action: string, payload: object): Promise<Record<string, unknown>>;
  /** Closes politely, and for good after a moment. */
  close(code: number, reason: string): void;
  /** Reads no more from the station until `resume`: what it sends waits on its side. */
  pause(): void;
  resume(): void;
}

/** What becomes of what a station sends. */
export interface SocketListener {
  /** Answers a call, whose payload is as its schema says. Throws OcppError. */
  handle(action: string, payload: Record<string, unknown>): Promise<object>;
  closed(): void;
  /** every frame that goes by, before anything is done with it */
  frame?(direction: 'in' | 'out', text: string): void;
}

export interface Handshake {
  request: IncomingMessage;
  /** as it stands in the address, decoded */
  identity: string;
  /** of HTTP Basic, where the user name is the identity */
  password?: Buffer;
  /** those of ours that the station offers */
  versions: OcppVersion[];
}

/** Lets a station in, speaking this version; `open` is called when its socket is there. */
export interface Entry {
  version: OcppVersion;
  open(socket: StationSocket): SocketListener;
}

export interface SocketServerOptions {
  frameLimitBytes: number;
  pingIntervalMs: number;
  callTimeoutMs: number;
  /** undefined where the handshake was refused (and answered) */
  admit(handshake: Handshake): Promise<Entry | undefined>;
  /** the actions that are handled; others of the protocol are NotSupported, unknown ones NotImplemented */
  actions(version: OcppVersion): Iterable<string>;
}

export interface SocketServer {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

interface Schema {
  $id: string;
  definitions?: Record<string, { type?: unknown; additionalProperties?: unknown }>;
}
/** What we use of the library's client, whose own types leave its events open. */
interface Client {
  handshake: { request: IncomingMessage };
  session: { entry: Entry };
  handle(action: string, handler: (call: { params: Record<string, unknown> }) => Promise<object>): void;
  call(action: string, payload: object): Promise<unknown>;
  close(how: { code: number; reason: string }): Promise<unknown>;
  sendRaw(text: string): void;
  on(event: string, listener: (told: never) => void): void;
  _ws: { pause(): void; resume(): void; terminate(): void };
}

const schemasOf = (name: string): Schema[] => createRequire(import.meta.url)(`ocpp-rpc/lib/schemas/${name}.json`) as Schema[];
/** The library looks for `urn:X.req`, but its schemas of 2.1 are named `urn:XRequest`, so that its own strict mode finds none of them. */
const SCHEMAS_2_1 = schemasOf('ocpp2_1').map((schema) => ({
  ...schema, $id: schema.$id.replace(/Request$/, '.req').replace(/Response$/, '.conf'), definitions: plainEnums(schema.definitions),
}));
const namesIn = (schemas: readonly Schema[]): string[] => schemas.flatMap(({ $id }) => /^urn:(\w+)\.req$/.exec($id)?.[1] ?? []);
const ACTIONS: Record<OcppVersion, string[]> = {
  'ocpp1.6': namesIn(schemasOf('ocpp1_6')), 'ocpp2.0.1': namesIn(schemasOf('ocpp2_0_1')), 'ocpp2.1': namesIn(SCHEMAS_2_1),
};

/** Its enumerations say `additionalProperties`, which is for objects, and each would be complained of on the console. */
function plainEnums(definitions: Schema['definitions']): Schema['definitions'] {
  const plain = Object.entries(definitions ?? {}).map(([name, { additionalProperties, ...rest }]) => (
    [name, rest.type === 'string' || additionalProperties === undefined ? rest : { ...rest, additionalProperties }] as const));
  return Object.fromEntries(plain);
}

/** Malformed frames in a row after which a station is disconnected (1002). */
const MOST_BAD_FRAMES = 20;
const CLOSING_MS = 2_000;

export function createSocketServer(options: SocketServerOptions): SocketServer {
  const server = new RPCServer({
    protocols: [...VERSIONS], strictMode: true, strictModeValidators: [createValidator('ocpp2.1', SCHEMAS_2_1)], maxBadMessages: MOST_BAD_FRAMES,
    wssOptions: { maxPayload: options.frameLimitBytes }, pingIntervalMs: options.pingIntervalMs, callTimeoutMs: options.callTimeoutMs, callConcurrency: 1,
  });
  server.auth((accept, _reject, { request, identity, password, protocols }) => {
    const versions = VERSIONS.filter((version) => protocols.has(version));
    void options.admit({ request, identity, password, versions }).then((entry) => entry && accept({ entry }, entry.version));
  });
  server.on('client', (client: Client) => attach(client, options));
  return {
    upgrade: (request, socket, head) => void server.handleUpgrade(request, socket as never, head).catch(() => socket.destroy()),
  };
}

const rpcError = (code: OcppErrorCode, message: string): Error => createRPCError(code, message) as Error;

function attach(client: Client, options: SocketServerOptions): void {
  const { entry } = client.session;
  const { version } = entry;
  const listener = entry.open(socketOf(client, version));
  const handled = new Set(options.actions(version));
  for (const action of ACTIONS[version]) {
    client.handle(action, async ({ params }) => {
      if (!handled.has(action)) throw rpcError('NotSupported', `${action} is not supported`);
      return listener.handle(action, params).catch((error: unknown) => {
        throw error instanceof OcppError ? rpcError(codeIn(version, error.code), error.message) : rpcError('InternalError', 'That went wrong on our side');
      });
    });
  }
  client.on('strictValidationFailure', ({ error, outbound, isCall }: { error: Told; outbound: boolean; isCall: boolean }) => {
    if (outbound && isCall) Object.assign(error, { rpcErrorCode: 'not_supported' }); // the version has no words for what we want: nothing is sent
    else nameSchemaError(error, version);
  });
  quietBadFrames(client, version);
  client.on('message', ({ message, outbound }: { message: string; outbound: boolean }) => listener.frame?.(outbound ? 'out' : 'in', message));
  client.on('close', () => listener.closed());
}

interface Told {
  rpcErrorCode: string;
  message: string;
  details: { errors?: SchemaError[] };
}

/** The library has codes of its own for some violations, and sends the whole payload back. It tells of the error before it sends it. */
function nameSchemaError(error: Told, version: OcppVersion): void {
  const [first] = error.details.errors ?? [];
  if (!first) return;
  Object.assign(error, { rpcErrorCode: codeIn(version, codeOfSchemaError(first)), details: {} });
}

/** Frames that can't be read are answered with the codes of the version; 1.6 says that message types which are not known are ignored. */
function quietBadFrames(client: Client, version: OcppVersion): void {
  const send = client.sendRaw.bind(client);
  let isIgnored = false;
  client.on('badMessage', ({ response }: { response: [number, string, OcppErrorCode, string, object] | null }) => {
    if (!response) return;
    isIgnored = version === 'ocpp1.6' && response[2] === 'MessageTypeNotSupported';
    response[2] = codeIn(version, response[2]);
  });
  client.sendRaw = (text) => {
    if (!isIgnored) send(text);
    isIgnored = false;
  };
}

function socketOf(client: Client, version: OcppVersion): StationSocket {
  const { _ws: webSocket } = client; // the library has no door to it
  return {
    version,
    call: async (action, payload) => (await client.call(action, payload)) as Record<string, unknown>,
    close: (code, reason) => {
      const force = setTimeout(() => webSocket.terminate(), CLOSING_MS).unref();
      void client.close({ code, reason }).catch(() => undefined).finally(() => clearTimeout(force));
    },
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
  };
}
