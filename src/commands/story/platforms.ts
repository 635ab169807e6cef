/** Two Plugtime processes on this machine, an app platform and a provider platform, and stand-ins of the network's registry and gateway between them. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { newSecret } from '../../domain/organisations/index.ts';
import { newBecknKeyPair, startStandIns, type StandIns } from '../../protocols/beckn/index.ts';
import { clientOf, type StoryClient } from './client.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const DOMAIN = 'deg:ev-charging';

export interface Platform {
  name: string;
  url: string;
  subscriberId: string;
  /** with the key of the sandbox's organisation, an operator and a provider */
  api: StoryClient;
  /** runs a command of the command line on it, and gives what it prints; throws when it fails */
  run(...args: string[]): Promise<string>;
}

export interface Platforms {
  app: Platform;
  provider: Platform;
  gateway: StandIns;
  stop(): Promise<void>;
}

interface Started extends Platform {
  child: ChildProcess;
  folder: string;
}

/** Starts both, each on an embedded database of its own that is gone afterwards, and has them listed by the registry. */
export async function startPlatforms(onListed: (line: string) => void): Promise<Platforms> {
  const gateway = await startStandIns({ port: 0, tell: onListed });
  const started: Started[] = [];
  const stop = async (): Promise<void> => {
    for (const { child, folder } of started.splice(0)) {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    }
    await gateway.stop();
  };
  try {
    const begun = await Promise.allSettled([start('The app', 'app.example', gateway), start('The provider', 'provider.example', gateway)]);
    for (const one of begun) if (one.status === 'fulfilled') started.push(one.value);
    for (const one of begun) if (one.status === 'rejected') throw one.reason as Error;
    const [app, provider] = started as [Started, Started];
    await app.run('beckn', 'subscribe', '--type', 'BAP', '--domain', DOMAIN);
    await provider.run('beckn', 'subscribe', '--type', 'BPP', '--domain', DOMAIN);
    await gateway.settled();
    return { app, provider, gateway, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Sets the network up for the app's drivers; gives its id. */
export async function addNetwork({ app, gateway }: Pick<Platforms, 'app' | 'gateway'>, generation: string): Promise<string> {
  const settings = { generation, search_url: gateway.url, domain: DOMAIN, country: 'IND', city: 'std:080', finder_fee_percent: '2' };
  const line = await app.run('beckn', 'network', '--ref', `open-${generation}`, '--name', 'The open network', '--settings', JSON.stringify(settings));
  return line.split('\t')[0]!;
}

async function start(name: string, subscriberId: string, gateway: StandIns): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'plugtime-story-'));
  const [port, signing, encryption, secret] = [await freePort(), newBecknKeyPair('ed25519'), newBecknKeyPair('x25519'), newSecret('secret', 'sandbox')];
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH, PLUGTIME_DATA: folder, HOST: '127.0.0.1', PORT: String(port), PLUGTIME_LOG: 'silent', PLUGTIME_DEMO_KEY: secret, PLUGTIME_DEMO_SIMULATOR: 'false',
    PLUGTIME_OUTBOUND_ALLOW_PRIVATE: 'true', PLUGTIME_RATE_LIMIT_PER_MINUTE: '100000', PLUGTIME_BECKN_SUBSCRIBER_ID: subscriberId, PLUGTIME_BECKN_KEY_ID: 'k1',
    PLUGTIME_BECKN_SIGNING_KEY: signing.privateKey, PLUGTIME_BECKN_ENCRYPTION_KEY: encryption.privateKey, PLUGTIME_BECKN_REGISTRY_URL: gateway.url,
    PLUGTIME_BECKN_REGISTRY_ENCRYPTION_KEY: gateway.registryEncryptionKey, PLUGTIME_BECKN_URL: `${url}/beckn`, PLUGTIME_BECKN_CONFIRM_OTP: 'true', PLUGTIME_START_OTP_MINUTES: '0',
  };
  const child = spawn(process.execPath, [MAIN, 'serve', '--demo'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const whole: Started = {
    name, url, subscriberId, child, folder, api: clientOf(url, secret),
    run: async (...args) => (await promisify(execFile)(process.execPath, [MAIN, ...args], { env })).stdout.trim(),
  };
  try {
    await serving(child);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return whole;
}

/** Resolves when it says that it is up. */
function serving(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.includes('Plugtime is up at ')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`a platform ended with ${code} before it served: ${said}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
