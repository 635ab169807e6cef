/** Opens what everything else stands on: the database that the configuration names, migrated. */
import { resolve, join } from 'node:path';
import type { Config } from '../platform/config/index.ts';
import { lockFolder, migrate, openEmbedded, openPostgres, type Database, type FolderLock } from '../platform/database/index.ts';

/** Another process holds the data folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
  constructor(folder: string) {
    super(`another process uses the data folder ${folder}`);
  }
}

export interface OpenDatabase {
  database: Database;
  close(): Promise<void>;
}

/** Opens and migrates the database. Throws FolderInUse when the embedded one belongs to another process. */
export async function openDatabase(config: Config, onError: (error: Error) => void): Promise<OpenDatabase> {
  const opened = config.DATABASE_URL === undefined ? await openFolder(config) : await openServer(config, onError);
  try {
    await migrate(opened.database);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function openServer(config: Config, onError: (error: Error) => void): Promise<OpenDatabase> {
  const { DATABASE_URL: url, DATABASE_MAX_CONNECTIONS: maxConnections, DATABASE_PREPARE: prepare } = config;
  const database = await openPostgres({ url: url!, maxConnections, prepare, onError });
  return { database, close: () => database.close() };
}

async function openFolder(config: Config): Promise<OpenDatabase> {
  const folder = resolve(config.PLUGTIME_DATA);
  const lock: FolderLock | undefined = lockFolder(folder);
  if (!lock) throw new FolderInUse(folder);
  try {
    const database = await openEmbedded(join(folder, 'database'));
    return {
      database,
      close: async () => {
        await database.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
