import type { Queryable } from './database.ts';

/** Makes a place for what a process keeps of what it has read: one for each database that it has open, gone with that. */
export function keptPerDatabase<T>(make: () => T): (db: Queryable) => T {
  const places = new WeakMap<object, T>();
  return ({ origin }) => {
    const known = places.get(origin);
    if (known) return known;
    const made = make();
    places.set(origin, made);
    return made;
  };
}
