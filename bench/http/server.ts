import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface Server {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** `plugtime serve` in a process of its own, with the settings that it has by default, but for its limits of requests, and what is told. */
export async function startServer(databaseUrl: string, more: Record<string, string> = {}): Promise<Server> {
  const settings = {
    ...more, DATABASE_URL: databaseUrl, PORT: '0', PLUGTIME_RATE_LIMIT_PER_MINUTE: '1000000', PLUGTIME_PUBLIC_RATE_LIMIT_PER_MINUTE: '1000000',
  };
  const profiled = process.env.BENCH_PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`];
  const errors = process.env.BENCH_ERRORS === undefined ? 'ignore' : 'inherit';
  const child = spawn(process.execPath, [...profiled, MAIN, 'serve'], { stdio: ['ignore', 'pipe', errors], env: { PATH: process.env.PATH, ...settings } });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const [, found] = /Plugtime is up at (\S+) /.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it served:\n${text}`)));
  });
  return {
    url, pid: child.pid!,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}
