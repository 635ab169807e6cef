/** Values that many rows share, kept once each; a row holds the number of its value. Numbers of values nobody holds are used again. */
export interface Interner<T> {
  numbers: Map<string, number>;
  keys: string[];
  values: T[];
  holders: number[];
  free: number[];
}

export function createInterner<T>(): Interner<T> {
  return { numbers: new Map(), keys: [], values: [], holders: [], free: [] };
}

/** The number of the value that belongs to `key`, made if need be, with one more holder. */
export function acquire<T>(interner: Interner<T>, key: string, make: () => T): number {
  let number = interner.numbers.get(key);
  if (number === undefined) {
    const value = make();
    number = interner.free.pop() ?? interner.keys.length;
    interner.numbers.set(key, number);
    interner.keys[number] = key;
    interner.values[number] = value;
    interner.holders[number] = 0;
  }
  interner.holders[number]!++;
  return number;
}

/** One holder less; the value is forgotten with its last holder. */
export function release<T>(interner: Interner<T>, number: number): void {
  if (--interner.holders[number]! > 0) return;
  interner.numbers.delete(interner.keys[number]!);
  interner.free.push(number);
}
