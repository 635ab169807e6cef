/** The files of an import on disk: their identity, and reading them with a count of what was read. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { DomainError } from '../../../platform/errors/index.ts';

export interface ImportPaths {
  /** the file of locations */
  path: string;
  pointsPath?: string;
  connectorsPath?: string;
}

function pathsOf({ path, pointsPath, connectorsPath }: ImportPaths): string[] {
  return [path, pointsPath, connectorsPath].filter((item) => item !== undefined);
}

/** @throws DomainError invalid_request where a path is no file that can be read. */
export async function totalBytes(paths: ImportPaths): Promise<number> {
  let bytes = 0;
  for (const path of pathsOf(paths)) {
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined || !stats.isFile()) throw new DomainError('invalid_request', `There is no file "${path}".`);
    bytes += stats.size;
  }
  return bytes;
}

/** SHA-256 (hex) over the hashes of all files, read as streams. */
export async function hashFiles(paths: ImportPaths, signal?: AbortSignal): Promise<string> {
  const all = createHash('sha256');
  for (const path of pathsOf(paths)) {
    const one = createHash('sha256');
    for await (const chunk of open(path, signal)) one.update(chunk);
    all.update(one.digest());
  }
  return all.digest('hex');
}

/** The bytes of a file, each chunk reported as it is read. */
export async function* readFile(path: string, onBytes: (count: number) => void, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of open(path, signal)) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* open(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const stream = createReadStream(path, { highWaterMark: 256 * 1024, signal });
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } finally {
    stream.destroy();
  }
}
