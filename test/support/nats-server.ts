/**
 * Finds NATS for the tests, once for the whole run: the program `nats-server`, of which tests start servers of their own, and else
 * a server that answers (the one that TEST_NATS_URL names, or on this machine), which nobody may kill. Without either, what is
 * tested with NATS is not, and the run says so; with REQUIRE_NATS=1 (as in CI) it is an error that the program is not there.
 */
import { existsSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** where the program is, or else where a server answers; both empty when there is neither */
    nats: { program: string; url: string };
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];
  const program = folders.map((folder) => join(folder, 'nats-server')).find((path) => existsSync(path)) ?? '';
  const url = process.env.TEST_NATS_URL ?? 'nats://127.0.0.1:4222';
  const answers = program === '' && (await isThere(url));
  project.provide('nats', { program, url: answers ? url : '' });
  if (program !== '') return;
  if (process.env.REQUIRE_NATS === '1') throw new Error('REQUIRE_NATS is set, and there is no nats-server');
  process.stderr.write(answers ? 'No nats-server was found: what is tested by killing one is not.\n' : 'No NATS server was found: nothing is tested with one.\n');
}

/** Whether a server greets who comes. */
export async function isThere(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = dial(Number(port || 4222), hostname);
  return new Promise((resolve) => {
    socket.once('data', () => resolve(true)).once('error', () => resolve(false)).setTimeout(1_000, () => resolve(false));
  }).then((is) => {
    socket.destroy();
    return is as boolean;
  });
}
