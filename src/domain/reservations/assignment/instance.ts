/** A problem as rows of numbers, in one order whatever order it was given in: what the search for a good plan works on. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import { freeWords, type FreeWords } from './free-words.ts';
import { optionRows, type OptionColumns, type OptionRow } from './option-rows.ts';
import { evseTimes, firstNotBefore, offersStart, visitOptions, type EvseTimes, type SlotOption } from './options.ts';
import type { AssignmentEvse, AssignmentProblem, AssignmentRequest, Tried } from './problem.ts';
import { reachesOf, reachIndex, type ReachIndex } from './reach.ts';

/** Keeps the memory of a neighbourhood bounded: some 40 bytes an option. */
const MOST_OPTIONS = 4_000_000;
const MOST_OPTIONS_OF_ONE = 4_096;

export interface Instance extends Layout {
  /** the highest priority first, then the earliest made, then by id */
  requests: readonly AssignmentRequest[];
  /** by id */
  evses: readonly AssignmentEvse[];
  times: readonly EvseTimes[];
  index: ReachIndex;
  tried: Tried[];
  /** 1 where there are more options than are kept */
  isCut: Uint8Array;
  /** the options of request `r` are those from `first[r]` up to `first[r + 1]`, the best first */
  first: Int32Array;
  options: OptionColumns;
  words: FreeWords;
}

/** Cells of all EVSEs in one row, a cell being what lies between two instants of a grid. */
interface Layout {
  cells: number;
  /** where the cells of an EVSE begin, and the place in its grid that the first of them stands for */
  base: Int32Array;
  low: Int32Array;
}

export function createInstance(problem: AssignmentProblem): Instance {
  const evses = [...problem.evses].sort((a, b) => compareText(a.id, b.id));
  const requests = [...problem.requests].sort((a, b) => b.priority - a.priority || a.createdAt - b.createdAt || compareText(a.id, b.id));
  const times = evseTimes({ ...problem, evses });
  const index = reachIndex(evses);
  const layout = layOut(times, requests);
  const rows = optionRows();
  const tried: Tried[] = [];
  const isCut = new Uint8Array(requests.length);
  const first = new Int32Array(requests.length + 1);
  const most = Math.min(MOST_OPTIONS_OF_ONE, Math.ceil(MOST_OPTIONS / Math.max(1, requests.length)));
  for (const [r, request] of requests.entries()) {
    const { inArea, fitting } = reachesOf(index, request);
    const free = new Set<number>();
    visitOptions(times, request, fitting, (option) => {
      if (rows.count() >= first[r]! + most) {
        isCut[r] = 1;
        return false;
      }
      free.add(option.reach.evse);
      rows.add(toRow(option, times[option.reach.evse]!, layout));
      return true;
    });
    first[r + 1] = rows.count();
    const offering = fitting.filter((reach) => free.has(reach.evse) || offersStart(times[reach.evse]!, reach, request, () => true));
    tried.push({ evsesInArea: inArea.length, evsesFitting: fitting.length, evsesOffering: offering.length, evsesFree: free.size, options: first[r + 1]! - first[r]! });
  }
  const options = rows.columns();
  return { requests, evses, times, index, tried, isCut, first, options, words: freeWords(evses, layout.base, first, options), ...layout };
}

function toRow({ reach, from, to, end, displacementMs }: SlotOption, { evse }: EvseTimes, { base, low }: Layout): OptionRow {
  const cell = (place: number): number => Math.min(base[reach.evse]! + place - low[reach.evse]!, base[reach.evse + 1]!);
  return { evse: reach.evse, connector: evse.connectors.indexOf(reach.connector), from: cell(from), to: cell(to), end, distanceM: reach.distanceM, displacementMs };
}

/** Every EVSE gets a cell for each place of its grid from the first window's start on to the last one's end. */
function layOut(times: readonly EvseTimes[], requests: readonly AssignmentRequest[]): Layout {
  const from = requests.reduce((least, { earliestStart }) => Math.min(least, earliestStart), Infinity);
  const to = requests.reduce((most, { latestEnd }) => Math.max(most, latestEnd), -Infinity);
  const base = new Int32Array(times.length + 1);
  const low = new Int32Array(times.length);
  for (const [e, { grid }] of times.entries()) {
    low[e] = firstNotBefore(grid, from);
    base[e + 1] = base[e]! + Math.max(0, firstNotBefore(grid, to) - low[e]);
  }
  return { base, low, cells: base[times.length]! };
}

/** When an option begins and ends. */
export function slotOf({ times, base, low, options }: Instance, option: number): { start: EpochMs; end: EpochMs } {
  const evse = options.evse[option]!;
  const { grid } = times[evse]!;
  return { start: grid[options.from[option]! - base[evse]! + low[evse]!]!, end: grid[options.end[option]!]! };
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
