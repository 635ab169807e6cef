/**
 * Who may import whom: protocols ⇒ domain ⇒ platform, integrations ⇒ domain, and the wiring (the command line and what it
 * starts) everything. The simulator is a client on the socket: it knows nothing of the domain or the protocols, and only the wiring
 * starts it. No protocol imports another; a room of the domain imports only rooms above it; a room is entered by its door.
 */
import { posix } from 'node:path';
import type { ParsedFile } from './syntax.ts';
import { isTestCode } from './tree.ts';

/** The rooms of the domain: each may import those before it. */
export const ROOMS = [
  'geography', 'organisations', 'stations', 'drivers', 'notices', 'otps', 'programmes', 'calendar', 'chargers', 'pricing', 'payments', 'invoices', 'reservations', 'sessions',
  'arming', 'feedback', 'support', 'external', 'search', 'telling', 'deadlines',
];

const MAY_IMPORT: Record<string, readonly string[]> = {
  platform: ['platform'],
  domain: ['domain', 'platform'],
  protocols: ['protocols', 'domain', 'platform'],
  integrations: ['integrations', 'domain', 'platform'],
  simulator: ['simulator', 'platform'],
  wiring: ['wiring', 'simulator', 'protocols', 'integrations', 'domain', 'platform'],
};
const WIRING = ['app', 'commands', 'demo', 'main.ts'];

/** What stands behind a port: nobody but the port's room knows it. */
const PORTS: Record<string, string> = {
  '@electric-sql/pglite': 'src/platform/database', pg: 'src/platform/database', 'pg-boss': 'src/platform/jobs', undici: 'src/platform/outbound',
  'ipaddr.js': 'src/platform/outbound', pino: 'src/platform/log', 'prom-client': 'src/platform/metrics', 'typeid-js': 'src/platform/ids',
  '@nats-io/transport-node': 'src/platform/events', 'ocpp-rpc': 'src/protocols/ocpp', ws: 'src/simulator', stripe: 'src/integrations/stripe',
  nodemailer: 'src/integrations/smtp', '@block65/webcrypto-web-push': 'src/integrations/web-push',
};
/** What the domain knows nothing of: HTTP and the command line. */
const NOT_IN_DOMAIN = ['fastify', '@fastify/swagger', '@fastify/swagger-ui', 'commander', 'node:http', 'node:https', 'node:net'];

export interface Packages {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/**
 * @param files all files of `src/`
 * @param isThere whether a path exists
 * @returns what breaks the rule, one line each
 */
export function importViolations(files: readonly ParsedFile[], isThere: (path: string) => boolean, packages: Packages): string[] {
  return files.filter(({ path }) => !isTestCode(path)).flatMap((file) => file.imports.flatMap(({ from, line }) => {
    const wrong = from === undefined
      ? (layerOf(file.path) === 'wiring' ? undefined : 'imports what is computed, so that nobody can tell what it is')
      : from.startsWith('.') ? wrongWithFile(file.path, posix.join(posix.dirname(file.path), from), isThere) : wrongWithPackage(file.path, from, packages);
    return wrong === undefined ? [] : [`${file.path}:${line} ${wrong}`];
  }));
}

function wrongWithFile(from: string, to: string, isThere: (path: string) => boolean): string | undefined {
  if (!isThere(to)) return `imports ${to}, which is not there`;
  if (isTestCode(to) && !(layerOf(from) === 'wiring' && to.startsWith('bench/'))) return `imports ${to}, which is for tests`;
  if (!to.endsWith('.ts') || !to.startsWith('src/')) return undefined;
  return wrongWithLayer(from, to) ?? wrongWithRoom(from, to) ?? wrongWithDoor(from, to, isThere);
}

function wrongWithLayer(from: string, to: string): string | undefined {
  const [layer, target] = [layerOf(from), layerOf(to)];
  if (layer === undefined) return 'belongs to no layer';
  return target !== undefined && MAY_IMPORT[layer]!.includes(target) ? undefined : `imports ${to}: ${layer} may not import ${target ?? 'that'}`;
}

function wrongWithRoom(from: string, to: string): string | undefined {
  const [layer, room] = [layerOf(from), roomOf(from)];
  if (layer !== layerOf(to) || room === roomOf(to)) return undefined;
  if (layer === 'protocols') return `imports ${to}: no protocol imports another`;
  if (layer !== 'domain') return undefined;
  const [mine, other] = [ROOMS.indexOf(room), ROOMS.indexOf(roomOf(to))];
  if (mine < 0) return `is in "${room}", a room that the order of rooms does not have`;
  return other >= 0 && other < mine ? undefined : `imports ${to}: ${room} may only import rooms above it`;
}

/** A folder with an `index.ts` is entered by it, by whoever is outside. */
function wrongWithDoor(from: string, to: string, isThere: (path: string) => boolean): string | undefined {
  let folder = posix.dirname(to);
  while (folder !== 'src' && !isThere(`${folder}/index.ts`)) folder = posix.dirname(folder);
  if (folder === 'src' || to === `${folder}/index.ts` || from.startsWith(`${folder}/`)) return undefined;
  return `imports ${to}: the door is ${folder}/index.ts`;
}

function wrongWithPackage(from: string, specifier: string, { dependencies = {}, devDependencies = {} }: Packages): string | undefined {
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!;
  const port = PORTS[name];
  if (port !== undefined && !from.startsWith(`${port}/`)) return `imports ${name}: only ${port} knows it`;
  if (layerOf(from) === 'domain' && NOT_IN_DOMAIN.includes(name)) return `imports ${name}: the domain knows nothing of it`;
  if (name.startsWith('node:') || name in dependencies) return undefined;
  return name in devDependencies ? `imports ${name}, which is there for development only` : `imports ${name}, which is no dependency`;
}

function layerOf(path: string): string | undefined {
  const layer = path.split('/')[1] ?? '';
  if (WIRING.includes(layer)) return 'wiring';
  return layer in MAY_IMPORT && layer !== 'wiring' ? layer : undefined;
}

function roomOf(path: string): string {
  return path.split('/')[2] ?? '';
}
