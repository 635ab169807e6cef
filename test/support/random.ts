/** Random choices that can be made again: the seed is printed, and PLUGTIME's tests take it back as TEST_SEED. */
export interface Random {
  /** at least 0, less than 1 */
  next(): number;
  /** a whole number from 0 up to and without `n` */
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
  /** true in so many of a hundred cases */
  percent(chance: number): boolean;
  /** another sequence, for a client of its own */
  fork(): Random;
}

/** The run's seed: TEST_SEED, else another one each time. It is printed, so that a failure can be looked at again. */
export function seedOf(test: string): number {
  const seed = process.env.TEST_SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(process.env.TEST_SEED);
  report(`${test}: TEST_SEED=${seed}`);
  return seed;
}

/** A line for people, besides the tests' own output. */
export function report(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

/** mulberry32: small, and good enough to choose what a client does next. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { next, below, pick: (list) => list[below(list.length)]!, percent: (chance) => next() * 100 < chance, fork: () => randomFrom(below(2 ** 31)) };
}
