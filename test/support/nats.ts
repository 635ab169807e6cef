/** NATS servers that a test may kill. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { freePort } from './free-port.ts';
import { isThere } from './nats-server.ts';

export interface NatsServer {
  /** with credentials, when it was started with a password */
  url: string;
  /** SIGKILL */
  kill(): Promise<void>;
  /** on the same port, after it was killed */
  restart(): Promise<void>;
  /** for good */
  remove(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export const hasNats = (): boolean => inject('nats').program !== '' || inject('nats').url !== '';
export const canKillNats = (): boolean => inject('nats').program !== '';

/** How a server lets in its one user: with a password, and with what the user may do (all, unless told). */
export interface NatsUser {
  password: string;
  permissions?: string;
}

/** A server of the test's own; where that can't be, the one that answers. */
export async function startNats(user?: NatsUser): Promise<NatsServer> {
  const { program, url } = inject('nats');
  return program === '' ? { url, kill: () => Promise.resolve(), restart: () => Promise.resolve(), remove: () => Promise.resolve() } : startProgram(program, user);
}

async function startProgram(program: string, user: NatsUser | undefined): Promise<NatsServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'plugtime-nats-'));
  const config = join(folder, 'nats.conf');
  const authorization = user ? `authorization { users: [{ user: plugtime, password: ${JSON.stringify(user.password)}, permissions: ${user.permissions ?? '{}'} }] }` : '';
  writeFileSync(config, `listen: "127.0.0.1:${port}"\n${authorization}\n`);
  const url = `nats://${user ? `plugtime:${encodeURIComponent(user.password)}@` : ''}127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const restart = async (): Promise<void> => {
    child = spawn(program, ['-c', config], { stdio: 'ignore' });
    running.add(child);
    while (!(await isThere(url))) {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const kill = async (): Promise<void> => {
    if (child!.signalCode !== null) return;
    const ended = new Promise((resolve) => child!.once('exit', resolve));
    child!.kill('SIGKILL');
    await ended;
    running.delete(child!);
  };
  await restart();
  return {
    url, kill, restart,
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}
