/** Beckn without a server: one message on standard input, its raw bytes; our listing in a registry; and stand-ins of a network's registry, gateway and catalogue service. */
import { readFileSync } from 'node:fs';
import { ensureNetwork } from '../app/networks.ts';
import { setExternalNetwork } from '../domain/external/index.ts';
import { inContext } from '../domain/organisations/index.ts';
import {
  askForListing, BECKN_KIND, checkMessage, isFile, networkSettings, parseMoment, signMessage, startStandIns, verifyMessage,
} from '../protocols/beckn/index.ts';
import { processNow, type EpochMs } from '../platform/clock/index.ts';
import type { Config } from '../platform/config/index.ts';
import { EXIT, type Command, type ExitCode } from './command.ts';

export interface SignArgs {
  subscriber: string;
  keyId: string;
  /** base64, or a file that holds it */
  key: string;
  at?: string;
  lifetime?: string;
  requestSignature?: string;
}

export interface VerifyArgs {
  header: string;
  registry: string;
  dediRegistry: string;
  at?: string;
  skew: string;
  requestSignature?: string;
}

/** Prints the header that signs the message. */
export async function sign({ subscriber, keyId, key, at, lifetime, requestSignature }: SignArgs): Promise<ExitCode> {
  const now = timeOf(at);
  if (now === undefined) return usage('--at is no time');
  const lifetimeSeconds = lifetime === undefined ? undefined : Number(lifetime);
  if (lifetimeSeconds !== undefined && !(lifetimeSeconds > 0)) return usage('--lifetime is a number of seconds');
  try {
    const secret = isFile(key) ? readFileSync(key, 'utf8') : key;
    process.stdout.write(`${signMessage(await readInput(), { subscriberId: subscriber, keyId, key: secret, now, lifetimeSeconds, requestSignature })}\n`);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof TypeError) return usage(error.message);
    throw error;
  }
}

/** Prints whose signature it is, or why it is none; fails then. */
export async function verify({ header, registry, dediRegistry, at, skew, requestSignature }: VerifyArgs): Promise<ExitCode> {
  const now = timeOf(at);
  if (now === undefined) return usage('--at is no time');
  const { ok, detail } = await verifyMessage(await readInput(), { header, registry, now, skewSeconds: Number(skew), dediRegistryName: dediRegistry, requestSignature });
  process.stdout.write(`${ok ? 'ok' : 'refused'}\t${detail}\n`);
  return ok ? EXIT.ok : EXIT.failed;
}

/** Prints what the message is and what stands against it; fails when something does. */
export async function check({ schemas, at }: { schemas?: string; at?: string }): Promise<ExitCode> {
  const now = timeOf(at);
  if (now === undefined) return usage('--at is no time');
  const { ok, lines } = await checkMessage(await readInput(), now, schemas);
  process.stdout.write(`${lines.join('\n')}\n`);
  return ok ? EXIT.ok : EXIT.failed;
}

/** Runs stand-ins of a registry, a gateway and a catalogue service until it is told to stop. */
export async function sandbox({ port, host }: { port: string; host: string }): Promise<ExitCode> {
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  const standIns = await startStandIns({ port: Number(port), host, tell });
  tell(`Stand-ins of a Beckn network are up at ${standIns.url}: a registry that lists whoever answers its challenge, a gateway, and a catalogue service. For development only.`);
  for (const line of [
    `  registry (1.1)  ${standIns.url}/lookup and /subscribe`, `  registry (DeDi) ${standIns.url}/dedi`, `  gateway         ${standIns.url}/search, as ${standIns.gatewayId}`,
    `  catalogues      ${standIns.url}/catalog/publish, as ${standIns.gatewayId}; what was published: ${standIns.url}/catalogs`,
    `  PLUGTIME_BECKN_REGISTRY_URL=${standIns.url}`, `  PLUGTIME_BECKN_REGISTRY_ENCRYPTION_KEY=${standIns.registryEncryptionKey}`,
    `  PLUGTIME_BECKN_CATALOG_URL=${standIns.url}/catalog/publish`, `  PLUGTIME_BECKN_CATALOG_ID=${standIns.gatewayId}`,
  ]) tell(line);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await standIns.stop();
  return EXIT.ok;
}

/** Asks the configured registry to list us; the running server answers its challenge. */
export async function listUs(config: Config, { type, domain }: { type: 'BAP' | 'BPP'; domain: string }): Promise<ExitCode> {
  process.stdout.write(`${await askForListing(config, type, domain)}\n`);
  return EXIT.ok;
}

export interface NetworkArgs {
  ref: string;
  name: string;
  /** JSON */
  settings: string;
  live: boolean;
}

/** Sets up a network of others, which drivers of ours can buy in; prints its id. */
export const setNetwork: Command = async (runtime, args, io) => {
  const { ref, name, settings: text, live } = args as NetworkArgs;
  const settings = parsed(text);
  if (settings === undefined) {
    io.note('--settings is no JSON object');
    return EXIT.usage;
  }
  const { id: networkId } = await ensureNetwork(runtime.database, live ? 'live' : 'sandbox');
  const told = { ref, kind: BECKN_KIND, name, settings: networkSettings(settings) };
  const { id } = await inContext(runtime, { networkId, actor: { kind: 'system' } }, (ctx) => setExternalNetwork(ctx, told));
  io.out(`${id}\t${ref}\t${name}`);
  return EXIT.ok;
};

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

const timeOf = (text: string | undefined): EpochMs | undefined => (text === undefined ? processNow() : parseMoment(text));

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function usage(problem: string): ExitCode {
  process.stderr.write(`plugtime: ${problem}\n`);
  return EXIT.usage;
}
