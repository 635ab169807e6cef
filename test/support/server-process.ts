/** The program as processes of its own, as it runs in earnest: started, asked for its URL, stopped, killed without a warning. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiOf, type Api } from './api.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** Compiled code is kept between starts, so that a round of a crash test is not mostly compiling. */
const COMPILED = join(tmpdir(), 'plugtime-test-compiled');

/** The secret key of the demo organisation (operator and provider) in every server that is started here. */
export const DEMO_KEY = 'pt_sk_test_concurrencyAndCrash01';

export interface ServerProcess {
  url: string;
  pid: number;
  /** from the start of the process until it served */
  startedMs: number;
  /** as the demo organisation */
  demo: Api;
  anybody: Api;
  /** lines of the log that tell of a failure */
  failures(): string[];
  /** lines of the log that warn */
  warnings(): string[];
  /** SIGKILL: nothing is finished, nothing is written any more */
  kill(): Promise<void>;
  /** SIGTERM: drains; resolves with the exit code */
  stop(): Promise<number | null>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a server, with the demo network unless told, and returns when it serves. Rate limits are far away. */
export async function startServerProcess(settings: Record<string, string>, command: string[] = ['serve', '--demo']): Promise<ServerProcess> {
  const started = performance.now();
  const child = launch(command, settings);
  const log = collect(child);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', () => {
      const [, found] = /Plugtime is up at (\S+) /.exec(log.text()) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it served:\n${log.text()}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return ended(child);
  };
  return {
    url, pid: child.pid!, startedMs: performance.now() - started, demo: apiOf(url, DEMO_KEY), anybody: apiOf(url),
    failures: () => log.lines(/"level":(50|60|"error"|"fatal")/),
    warnings: () => log.lines(/"level":"warn"/),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/** Starts several at once: processes that start together must not get into each other's way. When one fails, the others are killed. */
export async function startServerProcesses(count: number, settings: Record<string, string>): Promise<ServerProcess[]> {
  const starts = await Promise.allSettled(Array.from({ length: count }, () => startServerProcess(settings)));
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find((start) => start.status === 'rejected');
  if (!failed) return servers;
  await Promise.all(servers.map((server) => server.kill()));
  throw failed.reason;
}

/** Starts a server and kills it again before it serves. */
export async function killWhileStarting(settings: Record<string, string>, afterMs: number): Promise<void> {
  const child = launch(['serve', '--demo'], settings);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await ended(child);
}

export interface CommandResult {
  code: number | null;
  out: string;
  err: string;
}

/** Runs a command of the program to its end. */
export async function runCommandProcess(args: string[], settings: Record<string, string>): Promise<CommandResult> {
  const child = launch(args, settings);
  let [out, err] = ['', ''];
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  running.delete(child);
  return { code: child.exitCode, out, err };
}

function launch(args: string[], settings: Record<string, string>): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH, HOME, NODE_COMPILE_CACHE: COMPILED, PORT: '0', PLUGTIME_LOG: 'warn', PLUGTIME_DEMO_KEY: DEMO_KEY, PLUGTIME_DEMO_SIMULATOR: 'false',
      PLUGTIME_RATE_LIMIT_PER_MINUTE: '1000000', PLUGTIME_PUBLIC_RATE_LIMIT_PER_MINUTE: '1000000',
      PLUGTIME_GUEST_STARTS_PER_HOUR: '1000000', ...settings,
    },
  });
  running.add(child);
  return child;
}

function collect(child: ChildProcess): { text(): string; lines(pattern: RegExp): string[] } {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { text: () => text, lines: (pattern) => text.split('\n').filter((line) => pattern.test(line)) };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  running.delete(child);
  return child.exitCode;
}

/** A data folder that is gone after `remove`. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'plugtime-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
