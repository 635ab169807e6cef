import KDBush from 'kdbush';
import type { Box } from '../geography/index.ts';
import { FLAG, type LocationTable } from './tables.ts';
import { buildWordList, rowsOfPrefix, type WordList } from './word-list.ts';

/**
 * What belongs to one network. The tree of positions and the list of words are static, since that is what makes them
 * fast and small; rows that changed since they were built are kept beside them and looked at one by one. When those
 * become too many, the next search builds anew.
 */
export interface NetworkPart {
  networkId: string;
  number: number;
  locations: number;
  tree: KDBush | undefined;
  /** the row of each point of the tree */
  treeRows: Uint32Array;
  outsideTree: Set<number>;
  /** points of the tree that are no longer true */
  treeLosses: number;
  words: WordList | undefined;
  outsideWords: Set<number>;
}

export function createNetworkPart(networkId: string, number: number): NetworkPart {
  return {
    networkId, number, locations: 0, tree: undefined, treeRows: new Uint32Array(), outsideTree: new Set(), treeLosses: 0, words: undefined,
    outsideWords: new Set(),
  };
}

// So many rows are looked at one by one in microseconds; a share of the whole bounds how often a large network is built anew.
const CHANGES_KEPT = 512;
const CHANGED_TREE_SHARE = 1 / 32;
const CHANGED_WORDS_SHARE = 1 / 8;

/** Tells that a row has a new position (or is new). */
export function positionChanged(part: NetworkPart, locations: LocationTable, row: number): void {
  forgetPosition(part, locations, row);
  part.outsideTree.add(row);
}

/** Tells that a row has no position any more. */
export function forgetPosition(part: NetworkPart, locations: LocationTable, row: number): void {
  part.outsideTree.delete(row);
  if ((locations.flags[row]! & FLAG.inTree) === 0) return;
  locations.flags[row]! &= ~FLAG.inTree;
  part.treeLosses++;
}

/** The rows of all locations of the network. */
export function rowsOf(part: NetworkPart, locations: LocationTable): number[] {
  const rows: number[] = [];
  for (const row of part.treeRows) if (isStillThere(part, locations, row)) rows.push(row);
  for (const row of part.outsideTree) rows.push(row);
  return rows;
}

/** A point of the tree may be of a row that moved, or that was given to a location of another network meanwhile. */
function isStillThere(part: NetworkPart, locations: LocationTable, row: number): boolean {
  return (locations.flags[row]! & FLAG.inTree) !== 0 && locations.network[row] === part.number;
}

/**
 * Rows that the tree has in one of the boxes. Some are no longer true: whoever asks must look at the flag `inTree`, the
 * network and the position, and at the rows outside the tree as well. Where boxes overlap, rows come twice.
 */
export function treeRowsInBoxes(part: NetworkPart, locations: LocationTable, boxes: readonly Box[]): number[] {
  refreshTree(part, locations, CHANGED_TREE_SHARE);
  const { tree, treeRows } = part;
  if (tree === undefined) return [];
  const [first, ...others] = boxes.map(({ minLongitude, minLatitude, maxLongitude, maxLatitude }) =>
    tree.range(minLongitude, minLatitude, maxLongitude, maxLatitude));
  const points = first ?? [];
  for (const more of others) for (const point of more) points.push(point);
  for (let i = 0; i < points.length; i++) points[i] = treeRows[points[i]!]!;
  return points;
}

/** Rows whose text may hold words with all of the prefixes, and some that do not, or not any more; rows may come twice. */
export function rowsWithPrefixes(part: NetworkPart, locations: LocationTable, prefixes: readonly string[]): number[] {
  refreshWords(part, locations, CHANGED_WORDS_SHARE);
  let rarest: Uint32Array | undefined;
  if (part.words !== undefined) {
    for (const prefix of prefixes) {
      const rows = rowsOfPrefix(part.words, prefix.trimStart());
      if (rarest === undefined || rows.length < rarest.length) rarest = rows;
    }
  }
  const rows = [...part.outsideWords];
  for (const row of rarest ?? []) rows.push(row);
  return rows;
}

/** Builds the tree anew if anything has changed. */
export function prepareTree(part: NetworkPart, locations: LocationTable): void {
  refreshTree(part, locations, 0);
}

/** Builds the list of words anew if anything has changed. */
export function prepareWords(part: NetworkPart, locations: LocationTable): void {
  refreshWords(part, locations, 0);
}

/** All rows of a network whose tree is up to date, neighbours on the map near each other. */
export function rowsInTreeOrder({ tree, treeRows }: NetworkPart): number[] {
  return tree === undefined ? [] : Array.from(tree.ids, (point) => treeRows[point]!);
}

/** Tells that all rows have new numbers; the tree must be up to date. */
export function moveRows(part: NetworkPart, newRows: Uint32Array): void {
  part.treeRows = part.treeRows.map((row) => newRows[row]!);
  part.outsideWords = new Set([...part.outsideWords].map((row) => newRows[row]!));
  if (part.words !== undefined) part.words.rows = part.words.rows.map((row) => newRows[row]!);
}

function refreshTree(part: NetworkPart, locations: LocationTable, share: number): void {
  if (part.outsideTree.size + part.treeLosses <= (share === 0 ? 0 : Math.max(CHANGES_KEPT, part.treeRows.length * share))) return;
  part.treeRows = Uint32Array.from(rowsOf(part, locations));
  part.outsideTree.clear();
  part.treeLosses = 0;
  part.tree = new KDBush(part.treeRows.length, 32);
  for (const row of part.treeRows) {
    part.tree.add(locations.longitude[row]!, locations.latitude[row]!);
    locations.flags[row]! |= FLAG.inTree;
  }
  part.tree.finish();
}

function refreshWords(part: NetworkPart, locations: LocationTable, share: number): void {
  if (part.outsideWords.size <= (share === 0 ? 0 : Math.max(CHANGES_KEPT, part.locations * share))) return;
  part.words = buildWordList(locations.texts, rowsOf(part, locations));
  part.outsideWords.clear();
}
