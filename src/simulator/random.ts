/** Random choices that can be made again from their seed. */
export interface Random {
  /** at least 0, less than 1 */
  next(): number;
  between(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  /** another sequence, for somebody of its own */
  fork(): Random;
}

/** mulberry32 */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next, between: (low, high) => low + (high - low) * next(), pick: (list) => list[Math.floor(next() * list.length)]!,
    fork: () => randomFrom(Math.floor(next() * 2 ** 31)),
  };
}
