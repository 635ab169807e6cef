/**
 * Readings come often and from all stations at once, so they are written in batches: what comes while one batch is being written makes the next. A
 * reading is answered once it is durable (SES-20).
 */
import { inContext, type Runtime } from '../organisations/index.ts';
import { Superseded } from '../chargers/index.ts';
import { checkSession } from './check.ts';
import { repriceLater } from './past.ts';
import { insertReadings, type IncomingReading } from './store-readings.ts';

export type { IncomingReading } from './store-readings.ts';

export interface ReadingInbox {
  /**
   * Takes the readings of one message. Resolves to those that belong to no transaction, once all are durable.
   *
   * @throws Superseded when they come over a connection that counts no more
   */
  take(networkId: string, readings: readonly IncomingReading[]): Promise<IncomingReading[]>;
  stop(): Promise<void>;
}

interface Waiting {
  readings: readonly IncomingReading[];
  done(unmatched: IncomingReading[]): void;
  failed(error: unknown): void;
}

const MOST_IN_BATCH = 500;
const SYSTEM = { kind: 'system' } as const;

export interface InboxOptions {
  onError(error: Error): void;
  /** told of the sessions of which something new was read, once that is durable */
  onTaken(sessionIds: readonly string[]): void;
}

export function createReadingInbox(runtime: Runtime, { onError, onTaken }: InboxOptions): ReadingInbox {
  const waiting = new Map<string, Waiting[]>();
  const writing = new Map<string, Promise<void>>();
  const checks = new Set<Promise<void>>();

  const write = async (networkId: string): Promise<void> => {
    const mine = waiting.get(networkId)!;
    while (mine.length > 0) await writeBatch(networkId, mine.splice(0, MOST_IN_BATCH));
    writing.delete(networkId);
  };
  const writeBatch = async (networkId: string, batch: readonly Waiting[]): Promise<void> => {
    const all = batch.flatMap(({ readings }) => readings);
    try {
      const { stations, sessions, dueSessions, unmatched } = await inContext(runtime, { networkId, actor: SYSTEM }, async (ctx) => {
        const taken = await insertReadings(ctx.tx, all, ctx.now);
        for (const id of taken.lateSessions.toSorted()) await repriceLater(ctx, id);
        return taken;
      });
      const counting = new Set(stations);
      const lost = new Set(unmatched.map((i) => all[i]!));
      for (const { readings, done, failed } of batch) {
        if (counting.has(readings[0]!.stationId)) done(readings.filter((reading) => lost.has(reading)));
        else failed(new Superseded());
      }
      onTaken(sessions);
      if (dueSessions.length > 0) check(networkId, dueSessions);
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  };
  const check = (networkId: string, ids: readonly string[]): void => {
    const work = (async () => {
      for (const id of ids) await inContext(runtime, { networkId, actor: SYSTEM }, (ctx) => checkSession(ctx, id)).catch(onError);
    })();
    checks.add(work);
    void work.finally(() => checks.delete(work));
  };
  return {
    take: (networkId, readings) => new Promise((done, failed) => {
      if (readings.length === 0) return done([]);
      if (!waiting.has(networkId)) waiting.set(networkId, []);
      waiting.get(networkId)!.push({ readings, done, failed });
      if (!writing.has(networkId)) writing.set(networkId, Promise.resolve().then(() => write(networkId)));
    }),
    stop: async () => {
      await Promise.all([...writing.values(), ...checks]);
    },
  };
}
