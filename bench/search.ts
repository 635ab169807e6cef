/**
 * Search at size: `node bench/search.ts [connectors]` (500,000 when not given). It prints the rate and latency of the
 * full-filter query (5 km around a point, connector type, power, time window; first 50 by distance) beside the bare limit
 * measured in the same run: a kdbush radius query over all connectors with the same filters on plain typed arrays, which
 * neither sorts nor tells anything but row numbers. The ratio is what counts.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  createSearchIndex, prepareSearch, putBusy, putLocation, search, type SearchIndex, type SearchQuery, type SearchWindow,
} from '../src/domain/search/index.ts';
import { bareIndex, bareSearch, inTreeOrder, type BareIndex } from './search/bare.ts';
import { generate, type Generated } from './search/generate.ts';
import { queriesAround, toSearchQuery } from './search/queries.ts';

const NOW = Date.parse('2026-11-20T00:00Z');
const HOUR_MS = 3_600_000;
const QUERIES = 4_000;
const ROUNDS = 5;

interface Figures {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  found: number;
}

interface Case {
  name: string;
  /** answers query number `i` and tells how much it found */
  run(i: number): number;
}

/**
 * Every case answers all queries in turn, several rounds, so that what else the machine does hits all of them alike. Of each
 * the round with the best rate counts.
 */
function measure(cases: readonly Case[]): Figures[] {
  const rounds = Array.from({ length: ROUNDS }, () => cases.map(measureOnce));
  return cases.map((_, i) => rounds.map((round) => round[i]!).reduce((a, b) => (b.perSecond > a.perSecond ? b : a)));
}

function measureOnce({ run }: Case): Figures {
  const times = new Float64Array(QUERIES);
  let found = 0;
  const start = performance.now();
  for (let i = 0; i < QUERIES; i++) {
    const before = performance.now();
    found += run(i);
    times[i] = performance.now() - before;
  }
  const perSecond = (QUERIES / (performance.now() - start)) * 1_000;
  times.sort();
  return { perSecond, p50Ms: times[QUERIES >> 1]!, p99Ms: times[Math.floor(QUERIES * 0.99)]!, found: found / QUERIES };
}

function print(cases: readonly Case[], figures: readonly Figures[]): void {
  for (const [i, { perSecond, p50Ms, p99Ms, found }] of figures.entries()) {
    const cells = [
      cases[i]!.name.padEnd(62), `${Math.round(perSecond).toLocaleString('en')}/s`.padStart(9), `p50 ${p50Ms.toFixed(3)} ms`, `p99 ${p99Ms.toFixed(3)} ms`,
      `${found.toFixed(1)} found`.padStart(12), `ratio ${(perSecond / figures[0]!.perSecond).toFixed(2)}`,
    ];
    console.log(cells.join('  '));
  }
}

function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function load(generated: Generated): SearchIndex {
  const before = memoryInUse();
  const start = performance.now();
  const index = createSearchIndex();
  for (const entry of generated.entries()) putLocation(index, entry);
  for (const { evseId, intervals } of generated.busy()) putBusy(index, evseId, intervals);
  const loaded = performance.now();
  prepareSearch(index);
  const prepared = performance.now();
  const bytes = memoryInUse() - before;
  const { connectors } = generated;
  console.log(`made and loaded in ${Math.round(loaded - start)} ms, tree and words built in ${Math.round(prepared - loaded)} ms`);
  console.log(`${(bytes / 2 ** 20).toFixed(0)} MiB, ${(bytes / connectors).toFixed(0)} bytes a connector (ids, texts and busy times included)`);
  return index;
}

/** Ours and the bare query find the same connectors, which is checked first. */
function compare(index: SearchIndex, bare: BareIndex, generated: Generated): void {
  const queries = queriesAround(generated, NOW, QUERIES);
  const ours = queries.map((query) => toSearchQuery(query, 'net_bench'));
  for (const [i, query] of queries.slice(0, 300).entries()) {
    const { items, total } = search(index, { ...ours[i]!, limit: 200 }, NOW);
    const connectors = items.flatMap(({ evses }) => evses.flatMap((evse) => evse.connectors)).length;
    if (total <= 200 && connectors !== bareSearch(bare, query).length) throw new Error(`query ${i} finds something else than the bare one`);
  }
  const around = ours.slice(0, 300).map(({ networkId, area }) => search(index, { networkId, area }, NOW).total);
  console.log(`${Math.round(around.reduce((a, b) => a + b) / around.length)} locations lie within the radius of a query, on average\n`);
  const ordered = inTreeOrder(bare);
  const asked = (changes: (query: SearchQuery) => Partial<SearchQuery>): ((i: number) => number) => {
    const changed = ours.map((query) => ({ ...query, ...changes(query) }));
    return (i) => search(index, changed[i]!, NOW).total;
  };
  const cases: Case[] = [
    { name: 'bare: kdbush of connectors, same filters (connectors found)', run: (i) => bareSearch(bare, queries[i]!).length },
    { name: 'bare, its columns sorted into the order of the tree', run: (i) => bareSearch(ordered, queries[i]!).length },
    { name: 'search, full filter, first 50 by distance (locations found)', run: asked(() => ({})) },
    { name: 'search, first 20', run: asked(() => ({ limit: 20 })) },
    { name: 'search, an hour somewhere within six', run: asked((query) => ({ window: withinSixHours(query) })) },
    { name: 'search, an hour somewhere within six, by free time', run: asked((query) => ({ window: withinSixHours(query), sort: 'free_time' })) },
    { name: 'search without a window', run: asked(() => ({ window: undefined })) },
  ];
  print(cases, measure(cases));
}

function withinSixHours({ window }: SearchQuery): SearchWindow {
  return { start: window!.start, end: window!.start + 6 * HOUR_MS, durationMinutes: 60 };
}

const wanted = Number(process.argv[2] ?? 500_000);
if (!Number.isInteger(wanted) || wanted < 1_000) {
  console.error('usage: node bench/search.ts [connectors, at least 1000]');
  process.exit(2);
}
const generated = generate(wanted, NOW, 42);
console.log(`${generated.connectors.toLocaleString('en')} connectors at ${generated.locations.toLocaleString('en')} locations`);
const index = load(generated);
compare(index, bareIndex(generated), generated);
