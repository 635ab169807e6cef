/**
 * Trees of locations that this process has read before, so that a booking need not read its location's again. Each use of one
 * reads its stamp first: every change below a location raises the version in its row, and that row's `xmin` names the transaction
 * that wrote it, so that a version that was rolled back is never taken for the one that came in its place.
 */
import { keptPerDatabase, type Queryable } from '../../platform/database/index.ts';
import type { Location } from './location.ts';

/** Says which content a location has. */
export interface TreeStamp {
  id: string;
  version: number;
  /** `xmin` of the location's row */
  writtenBy: string;
}

const MOST_KEPT = 10_000;

const keptTrees = keptPerDatabase(() => new Map<string, { writtenBy: string; tree: Location }>());

/** The trees with these stamps, in no order; `load` reads those that are not known. A location that is changed meanwhile is given as it is then. */
export async function treesOf(db: Queryable, stamps: readonly TreeStamp[], load: (ids: string[]) => Promise<Location[]>): Promise<Location[]> {
  const kept = keptTrees(db);
  const isKnown = ({ id, version, writtenBy }: TreeStamp): boolean => kept.get(id)?.writtenBy === writtenBy && kept.get(id)!.tree.version === version;
  const known = stamps.filter(isKnown).map(({ id }) => kept.get(id)!.tree);
  const missing = stamps.filter((stamp) => !isKnown(stamp));
  if (missing.length === 0) return known;
  const loaded = (await load(missing.map(({ id }) => id))).map(frozen);
  for (const tree of loaded) {
    const { version, writtenBy } = missing.find(({ id }) => id === tree.id)!;
    kept.delete(tree.id); // so that it is now the youngest
    if (version === tree.version) kept.set(tree.id, { writtenBy, tree });
  }
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return [...known, ...loaded];
}

/** Many use one tree at once, so nobody may change it. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
