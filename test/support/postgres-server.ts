/**
 * Finds a PostgreSQL server for the tests, once for the whole run: the one that TEST_DATABASE_URL names, one that answers on
 * this machine, or one that is started from binaries found here and stopped at the end. Without any, the tests run on the
 * embedded database alone and say so; with REQUIRE_POSTGRES=1 (as in CI) that is an error.
 */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { freePort } from './free-port.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** a server on which databases may be made; empty when there is none */
    postgresUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<(() => void) | undefined> {
  const reachable = await firstThatAnswers([process.env.TEST_DATABASE_URL, 'postgres://postgres@127.0.0.1:5432/postgres']);
  if (reachable !== undefined) {
    project.provide('postgresUrl', reachable);
    return undefined;
  }
  const started = await startFromBinaries();
  if (started) {
    project.provide('postgresUrl', started.url);
    return started.stop;
  }
  if (process.env.REQUIRE_POSTGRES === '1') throw new Error('REQUIRE_POSTGRES is set, and there is no PostgreSQL server');
  project.provide('postgresUrl', '');
  process.stderr.write('No PostgreSQL server was found: what is tested on both databases is tested on the embedded one only.\n');
  return undefined;
}

async function firstThatAnswers(urls: (string | undefined)[]): Promise<string | undefined> {
  for (const url of urls) {
    if (!url) continue;
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ may: boolean }>(`SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user`);
      if (rows[0]?.may) return url;
    } catch {
      // nobody there, or not for us
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return undefined;
}

/** The newest installed server of version 15 or more. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map(Number).filter((version) => version >= 15).sort((a, b) => b - a) : [];
  const folders = [...versions.map((version) => join(debian, String(version), 'bin')), ...(process.env.PATH ?? '').split(':'), '/opt/homebrew/opt/postgresql/bin'];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')));
}

async function startFromBinaries(): Promise<{ url: string; stop(): void } | undefined> {
  const binaries = findBinaries();
  if (binaries === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'plugtime-postgres-'));
  const isRoot = userInfo().uid === 0; // the server refuses to run as root
  const run = (program: string, ...args: string[]) => {
    const command = isRoot ? ['runuser', '-u', 'postgres', '--', join(binaries, program), ...args] : [join(binaries, program), ...args];
    return spawnSync(command[0]!, command.slice(1), { stdio: 'ignore' }).status === 0;
  };
  if (isRoot) {
    const id = Number(spawnSync('id', ['-u', 'postgres']).stdout.toString());
    if (!id) return undefined;
    chownSync(folder, id, -1);
  }
  const data = join(folder, 'data');
  const port = await freePort();
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  if (!run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust') || !run('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start')) return undefined;
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
