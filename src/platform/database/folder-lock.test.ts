import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.ts';

const CHILD = `
  const { lockFolder } = await import(process.argv[1]);
  process.stdout.write(lockFolder(process.argv[2]) ? 'locked' : 'refused');
  setInterval(() => undefined, 1000);
`;

describe('the lock on a data folder', () => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'plugtime-lock-'))));
  afterEach(() => {
    child?.kill('SIGKILL');
    child = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Another process that tries to lock the folder, and what came of it. */
  async function other(): Promise<string> {
    child = spawn(
      process.execPath, ['--input-type=module', '-e', CHILD, new URL('./folder-lock.ts', import.meta.url).href, folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [text] = (await once(child.stdout!, 'data')) as [Buffer];
    return text.toString();
  }

  it('keeps another process out, until it is released', async () => {
    const lock = lockFolder(join(folder, 'made', 'on', 'the', 'way'));
    expect(lock).toBeDefined();
    lock!.release();
    const held = lockFolder(folder)!;
    expect(await other()).toBe('refused');
    child!.kill('SIGKILL');
    held.release();
    expect(await other()).toBe('locked');
    expect(lockFolder(folder)).toBeUndefined();
  });

  it('dies with its process, however that ends', async () => {
    expect(await other()).toBe('locked');
    expect(lockFolder(folder)).toBeUndefined();
    child!.kill('SIGKILL');
    await once(child!, 'exit');
    const lock = lockFolder(folder);
    expect(lock).toBeDefined();
    lock!.release();
  });
});
