import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A lock on a data folder, held until `release` or the end of the process, whatever its end is. */
export interface FolderLock {
  release(): void;
}

/**
 * Keeps a second process out of the folder: two of them on one embedded database lose data without an error.
 *
 * The lock is the operating system's own lock on a file (taken through SQLite, which Node brings along), so it dies
 * with its process and can't be mistaken for one that a reused process id would hold.
 *
 * @returns undefined when another process holds it.
 */
export function lockFolder(folder: string): FolderLock | undefined {
  mkdirSync(folder, { recursive: true });
  const file = new DatabaseSync(join(folder, 'lock'));
  try {
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return { release: () => file.close() };
  } catch (error) {
    file.close();
    if (/locked/.test((error as Error).message)) return undefined;
    throw error;
  }
}
