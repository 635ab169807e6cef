/** Random choices that are the same for the same seed. */
export interface Random {
  /** at least 0, less than 1 */
  next(): number;
  /** a whole number from 0 up to and without `n` */
  below(n: number): number;
}

/** mulberry32: small, fast, and good enough to choose the next move. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, below: (n) => Math.floor(next() * n) };
}
