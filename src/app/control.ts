/**
 * How commands reach the server that holds the embedded database: a second, local HTTP server, whose address and token lie in
 * a file of the data folder that only its owner can read. Who can read that file could read the database itself.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { CommandIo, ExitCode } from '../commands/command.ts';
import type { Config } from '../platform/config/index.ts';

interface ControlFile {
  url: string;
  token: string;
}

type Line = { out: string } | { note: string } | { progress: [number, number, string] } | { exit: ExitCode };

const fileOf = (config: Config): string => join(resolve(config.PLUGTIME_DATA), 'control.json');
const MOST_BYTES = 1_000_000;

export type RunCommand = (name: string, args: unknown, io: CommandIo) => Promise<ExitCode>;

/** Takes commands for as long as the server runs. */
export async function startControl(config: Config, run: RunCommand): Promise<{ stop(): void }> {
  const token = randomBytes(24).toString('base64url');
  const server: Server = createServer((request, response) => {
    if (!isToken(request, token)) return void response.writeHead(401).end();
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const write = (line: Line): void => void response.write(`${JSON.stringify(line)}\n`);
    const io: CommandIo = { out: (out) => write({ out }), note: (note) => write({ note }), progress: (...progress) => write({ progress }) };
    void readBody(request)
      .then(({ name, args }) => run(name, args, io))
      .catch((error: Error): ExitCode => {
        io.note(error.message);
        return 1;
      })
      .then((exit) => response.end(`${JSON.stringify({ exit })}\n`));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const file = fileOf(config);
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify({ url: `http://127.0.0.1:${port}/`, token } satisfies ControlFile), { mode: 0o600 });
  return {
    stop: () => {
      server.close();
      server.closeAllConnections();
      rmSync(file, { force: true });
    },
  };
}

function isToken(request: IncomingMessage, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(request.headers.authorization ?? ''), hash(`Bearer ${token}`));
}

async function readBody(request: IncomingMessage): Promise<{ name: string; args: unknown }> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MOST_BYTES) throw new Error('the command is too long');
  }
  return JSON.parse(text) as { name: string; args: unknown };
}

/** Has the running server do a command. Throws when no server answers there. */
export async function runRemotely(config: Config, name: string, args: unknown, io: CommandIo): Promise<ExitCode> {
  const { url, token } = JSON.parse(readFileSync(fileOf(config), 'utf8')) as ControlFile;
  const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify({ name, args }) });
  if (!response.ok || !response.body) throw new Error(`the running server refused the command (${response.status})`);
  let exit: ExitCode = 1;
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) exit = take(JSON.parse(line) as Line, io) ?? exit;
  }
  return exit;
}

function take(line: Line, io: CommandIo): ExitCode | undefined {
  if ('exit' in line) return line.exit;
  if ('out' in line) io.out(line.out);
  else if ('note' in line) io.note(line.note);
  else io.progress(...line.progress);
  return undefined;
}
