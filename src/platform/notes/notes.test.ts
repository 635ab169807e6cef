import { afterEach, describe, expect, it } from 'vitest';
import { startNotes, type Notes, type NotesOptions } from './index.ts';

describe('notes', () => {
  let notes: Notes;
  const written: object[][] = [];
  const errors: string[] = [];
  const start = (options: Partial<NotesOptions> = {}): void => {
    written.length = 0;
    errors.length = 0;
    notes = startNotes({
      writers: { kind: async (batch) => void written.push(batch), broken: () => Promise.reject(new Error('no room')) },
      intervalMs: 1_000_000, onError: (error) => void errors.push(error.message), ...options,
    });
  };
  afterEach(() => notes.stop());

  it('are written in batches, in their order, by the clock or when that is asked for', async () => {
    start({ intervalMs: 10 });
    for (const n of [1, 2, 3]) notes.add('kind', 'a', { n });
    expect(written).toEqual([]);
    await expect.poll(() => written).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }]]);
    notes.add('kind', 'a', { n: 4 });
    await notes.settled();
    expect(written).toHaveLength(2);
  });

  it('are written at the end', async () => {
    start();
    notes.add('kind', 'a', { n: 1 });
    await notes.stop();
    expect(written).toEqual([[{ n: 1 }]]);
  });

  it('are dropped when a caller has too many of them, and others are not', async () => {
    start({ perCallerAndMinute: 2 });
    for (const caller of ['a', 'a', 'a', 'b']) notes.add('kind', caller, { caller });
    await notes.settled();
    expect(written).toEqual([[{ caller: 'a' }, { caller: 'a' }, { caller: 'b' }]]);
  });

  it('are dropped when nobody writes them fast enough', async () => {
    start({ most: 2 });
    for (const caller of ['a', 'b', 'c']) notes.add('kind', caller, { caller });
    await notes.settled();
    expect(written).toEqual([[{ caller: 'a' }, { caller: 'b' }]]);
  });

  it('that can not be written are told and lost, and the next ones are written', async () => {
    start();
    notes.add('broken', 'a', {});
    notes.add('kind', 'a', {});
    await notes.settled();
    expect([errors, written]).toEqual([['no room'], [[{}]]]);
    await notes.settled();
    expect(errors).toHaveLength(1);
  });
});
