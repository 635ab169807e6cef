/**
 * Notes: rows for statistics that are written beside the transactions in which they come up. They stand whatever becomes of those,
 * and nobody waits for them. They lie in memory until the next batch is written, so those of the last moment go with a killed process.
 */
import { MINUTE_MS, processNow } from '../clock/index.ts';

export interface Notes {
  /** Returns at once. One that is too many, of its caller in this minute or altogether, is dropped. */
  add(kind: string, caller: string, note: object): void;
  /** Writes what has come so far. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface NotesOptions {
  /** of each kind, what writes a batch of it; a batch that fails is told and lost */
  writers: Record<string, (batch: object[]) => Promise<void>>;
  intervalMs?: number;
  /** the most that one caller adds in a minute, so that nobody can flood the tables */
  perCallerAndMinute?: number;
  /** the most that lie in memory */
  most?: number;
  onError(error: Error): void;
}

export function startNotes({ writers, intervalMs = 500, perCallerAndMinute = 100, most = 10_000, onError }: NotesOptions): Notes {
  const waiting = new Map<string, object[]>(Object.keys(writers).map((kind) => [kind, []]));
  const counts = new Map<string, number>();
  let minute = 0;
  let writing: Promise<void> = Promise.resolve();

  const isOneTooMany = (caller: string, batch: readonly object[]): boolean => {
    const now = Math.floor(processNow() / MINUTE_MS);
    if (now !== minute) counts.clear();
    minute = now;
    const count = (counts.get(caller) ?? 0) + 1;
    counts.set(caller, count);
    return count > perCallerAndMinute || batch.length >= most;
  };
  const write = async (): Promise<void> => {
    for (const [kind, batch] of waiting) {
      if (batch.length > 0) await writers[kind]!(batch.splice(0)).catch(onError);
    }
  };
  const settled = (): Promise<void> => (writing = writing.then(write));
  const timer = setInterval(() => void settled(), intervalMs);
  return {
    add: (kind, caller, note) => {
      const batch = waiting.get(kind)!;
      if (!isOneTooMany(caller, batch)) batch.push(note);
    },
    settled,
    stop: () => {
      clearInterval(timer);
      return settled();
    },
  };
}
