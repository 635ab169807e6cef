import { setTimeout as pause } from 'node:timers/promises';
import { sql, type Database, type Transaction } from '../database/index.ts';
import { lastPosition, readEvents, type StoredEvent } from './read.ts';
import { databaseWakeUps, type WakeUps } from './wake-ups.ts';

/**
 * The one order of all events.
 *
 * Writers append events without a position and never wait for each other. After a commit (and once a second, for what a
 * killed process left behind) a process offers to be the sequencer: whoever gets the lock gives positions to all committed
 * events and wakes the readers, once per batch. An event is therefore never skipped because its transaction committed late,
 * and since an object's row is locked while it changes, its events are appended, and numbered, in the order of its versions.
 */
export interface EventLog {
  /** Asks for positions for events that were just committed. Returns at once; many calls make one batch. */
  kick(): void;
  /** Calls `onEvents` with every event after the current end, in order, in batches. Returns how to stop. */
  follow(onEvents: (events: StoredEvent[]) => void | Promise<void>): () => void;
  /** Resolves when all events that were committed before the call have been handed to the followers of this process. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const BATCH = 1_000;
const SEQUENCER_LOCK = 0x65767473; // "evts"
const IDLE_POLL_MS = 1_000;
const CONTENDED_PAUSE_MS = 5;
/** Under load, what is committed within this time makes one batch: each costs its readers some queries, whatever its size. */
const GATHERING_MS = 20;

/** @param wakeUps how processes wake each other; stopped with the log */
export async function startEventLog(database: Database, onError: (error: Error) => void, wakeUps: WakeUps = databaseWakeUps(database)): Promise<EventLog> {
  const followers = new Set<(events: StoredEvent[]) => void | Promise<void>>();
  let position = await lastPosition(database);
  let stopped = false;

  const sequencing = repeater(() => sequenceAll(database, wakeUps), onError);
  const tailing = repeater(async () => {
    for (;;) {
      const events = await readEvents(database, { after: position, limit: BATCH });
      for (const follower of followers) await follower(events);
      position = events.at(-1)?.position ?? position;
      if (events.length < BATCH) return;
    }
  }, onError);

  await wakeUps.listen(() => tailing.run());
  const poll = setInterval(() => {
    sequencing.run();
    tailing.run(); // a lost wake-up delays an event, no more
  }, IDLE_POLL_MS);

  return {
    kick: () => sequencing.run(),
    follow: (onEvents) => {
      followers.add(onEvents);
      return () => void followers.delete(onEvents);
    },
    settled: async () => {
      await sequencing.runAndWait();
      await tailing.runAndWait();
    },
    stop: async () => {
      if (stopped) return;
      stopped = true;
      clearInterval(poll);
      await Promise.all([sequencing.stop(), tailing.stop()]);
      await wakeUps.stop();
    },
  };
}

/** Numbers all committed events, batch by batch, as long as there are any. */
async function sequenceAll(database: Database, wakeUps: WakeUps): Promise<void> {
  for (;;) {
    const count = await database.transaction((tx) => sequenceBatch(tx, wakeUps));
    if (count === 'contended') await pause(CONTENDED_PAUSE_MS);
    else if (count < BATCH) return;
  }
}

async function sequenceBatch(tx: Transaction, wakeUps: WakeUps): Promise<number | 'contended'> {
  const [lock] = await tx.query<{ mine: boolean }>(sql`SELECT pg_try_advisory_xact_lock(${SEQUENCER_LOCK}) AS mine`);
  if (!lock!.mine) return (await hasUnsequenced(tx)) ? 'contended' : 0;
  const [batch] = await tx.query<{ count: number }>(sql`
    WITH batch AS (SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM events WHERE position IS NULL ORDER BY seq LIMIT ${BATCH}),
    moved AS (UPDATE event_sequencer SET position = position + (SELECT count(*) FROM batch) WHERE EXISTS (SELECT 1 FROM batch) RETURNING position),
    numbered AS (
      UPDATE events e SET position = moved.position - (SELECT count(*) FROM batch) + batch.n FROM batch, moved WHERE e.seq = batch.seq RETURNING e.seq)
    SELECT count(*)::int AS count FROM numbered`);
  if (batch!.count > 0) await wakeUps.announce(tx);
  return batch!.count;
}

async function hasUnsequenced(tx: Transaction): Promise<boolean> {
  return (await tx.query(sql`SELECT 1 AS one FROM events WHERE position IS NULL LIMIT 1`)).length > 0;
}

/** Runs a task at most once at a time; calls during a run lead to exactly one more run, some time after it. */
function repeater(task: () => Promise<void>, onError: (error: Error) => void) {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  const loop = async (): Promise<void> => {
    do {
      again = false;
      await task().catch((error: Error) => {
        if (!stopped) onError(error);
      });
      if (again && !stopped) await pause(GATHERING_MS);
    } while (again && !stopped);
    running = undefined;
  };
  const run = (): void => {
    if (stopped) return;
    if (running) again = true;
    else running = loop();
  };
  return {
    run,
    runAndWait: async () => {
      run();
      await running;
    },
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}
