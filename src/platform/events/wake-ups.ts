import { sql, type Database, type Transaction } from '../database/index.ts';

/**
 * How processes that serve one database tell each other that events were numbered. A wake-up carries nothing and may be lost:
 * readers look into the database, and they look once a second anyway.
 */
export interface WakeUps {
  /** Calls `onWake` whenever events were numbered, in this process or in another. */
  listen(onWake: () => void): Promise<void>;
  /** Wakes the readers of all processes once the transaction is committed. */
  announce(tx: Transaction): Promise<void>;
  stop(): Promise<void>;
}

const CHANNEL = 'plugtime_events';

/** Notifications of the database, which needs nothing else. */
export function databaseWakeUps(database: Database): WakeUps {
  return {
    listen: (onWake) => database.listen(CHANNEL, onWake),
    announce: async (tx) => void (await tx.query(sql`SELECT pg_notify(${CHANNEL}, '')`)),
    stop: () => Promise.resolve(),
  };
}
