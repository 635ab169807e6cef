/** Work that runs soon, in this process, beside whoever asked for it: so much at a time. */
export interface Lane {
  /** Does nothing for an id whose work waits or runs already. What fails is told. */
  add(id: string, work: () => Promise<void>): void;
  /** resolves when all that was to run soon has */
  settled(): Promise<void>;
}

export function createLane(atOnce: number, onError: (error: Error) => void): Lane {
  const inHand = new Set<string>();
  const waiting: [id: string, work: () => Promise<void>][] = [];
  const idle: (() => void)[] = [];
  let running = 0;
  const next = (): void => {
    while (running < atOnce && waiting.length > 0) {
      const [id, work] = waiting.shift()!;
      running += 1;
      void work().catch(onError).finally(() => {
        running -= 1;
        inHand.delete(id);
        next();
      });
    }
    if (running === 0) for (const tell of idle.splice(0)) tell();
  };
  return {
    add: (id, work) => {
      if (inHand.has(id)) return;
      inHand.add(id);
      waiting.push([id, work]);
      next();
    },
    settled: () => new Promise((resolve) => {
      idle.push(resolve);
      next();
    }),
  };
}
