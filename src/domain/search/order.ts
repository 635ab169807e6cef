import { DomainError } from '../../platform/errors/index.ts';
import type { SearchSort } from './query.ts';

/** A location that matches and where it stands: by `primary`, then `secondary` (both ascending), then text if asked, then id. */
export interface Match {
  row: number;
  primary: number;
  secondary: number;
}

/** The place of a location in an order, from which the next page goes on, whatever has changed meanwhile. */
export interface Place {
  primary: number;
  secondary: number;
  /** the beginning of the searchable text, which is the name; empty unless sorted by name */
  text: string;
  locationId: string;
}

/** So much of a text counts for its place: a cursor holds it, and must stay short. */
const SORTED_LENGTH = 64;

/** What counts of a searchable text when locations are sorted by name. */
export function sortedPart(text: string): string {
  return text.slice(0, SORTED_LENGTH);
}

/** Opaque to callers: base64url of the sort and the place. */
export function encodeCursor(sort: SearchSort, { primary, secondary, text, locationId }: Place): string {
  return Buffer.from(JSON.stringify([sort, primary, secondary, text, locationId])).toString('base64url');
}

/** Throws `invalid_request` for anything but a cursor of the same sort. */
export function decodeCursor(sort: SearchSort, cursor: string): Place {
  const [cursorSort, primary, secondary, text, locationId] = parseCursor(cursor);
  const isPlace = Number.isFinite(primary) && Number.isFinite(secondary) && typeof text === 'string' && typeof locationId === 'string';
  if (cursorSort !== sort || !isPlace) throw badCursor();
  return { primary: primary as number, secondary: secondary as number, text, locationId };
}

function parseCursor(cursor: string): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw badCursor();
  }
  if (!Array.isArray(parsed)) throw badCursor();
  return parsed;
}

function badCursor(): DomainError {
  const message = 'The cursor is not one that a search with this sort has given.';
  return new DomainError('invalid_request', message, { errors: [{ pointer: '/cursor', message }] });
}

/** Negative when `a` comes first, positive when `b` does; places of different locations are never equal. */
export function comparePlaces(a: Place, b: Place): number {
  return a.primary - b.primary || a.secondary - b.secondary || compareText(a.text, b.text) || compareText(a.locationId, b.locationId);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The first `limit` matches in order. With many matches and few wanted, a heap of the best so far is far cheaper than
 * sorting them all.
 */
export function firstMatches(matches: readonly Match[], limit: number, compare: (a: Match, b: Match) => number): Match[] {
  if (matches.length <= limit) return matches.toSorted(compare);
  const heap: Match[] = matches.slice(0, limit);
  for (let i = (limit >> 1) - 1; i >= 0; i--) siftDown(heap, i, compare);
  for (let i = limit; i < matches.length; i++) {
    if (compare(matches[i]!, heap[0]!) >= 0) continue;
    heap[0] = matches[i]!;
    siftDown(heap, 0, compare);
  }
  return heap.sort(compare);
}

/** Restores a heap whose last in order is at the top, after the element at `from` was replaced. */
function siftDown(heap: Match[], from: number, compare: (a: Match, b: Match) => number): void {
  let place = from;
  const moved = heap[place]!;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && compare(heap[child + 1]!, heap[child]!) > 0) child++;
    if (compare(heap[child]!, moved) <= 0) break;
    heap[place] = heap[child]!;
    place = child;
  }
  heap[place] = moved;
}
