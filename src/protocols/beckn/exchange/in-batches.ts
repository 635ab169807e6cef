/**
 * What comes while a batch is being written makes the next one, so that many share a statement and its flush to the disk. Where a batch fails, each is written by
 * itself, so that none suffers for another.
 *
 * @param write gives as many results as it is given items, in their order
 */
export function inBatches<Item, Result>(write: (items: readonly Item[]) => Promise<readonly Result[]>): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let isWriting = false;
  const next = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_IN_BATCH);
      try {
        await writeAll(write, batch);
      } catch (error) {
        if (batch.length === 1) batch[0]!.fail(error);
        else for (const one of batch) await writeAll(write, [one]).catch(one.fail);
      }
    }
    isWriting = false;
  };
  return (item) => new Promise((done, fail) => {
    waiting.push({ item, done, fail });
    if (isWriting) return;
    isWriting = true;
    queueMicrotask(() => void next());
  });
}

const MOST_IN_BATCH = 200;

interface Waiting<Item, Result> {
  item: Item;
  done(result: Result): void;
  fail(error: unknown): void;
}

async function writeAll<Item, Result>(write: (items: readonly Item[]) => Promise<readonly Result[]>, batch: readonly Waiting<Item, Result>[]): Promise<void> {
  const results = await write(batch.map(({ item }) => item));
  batch.forEach(({ done }, i) => done(results[i]!));
}
