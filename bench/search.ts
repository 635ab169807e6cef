/**
 * Search at size: `node bench/search.ts [connectors]` (500,000 when not given). It prints the rate and latency of the
 * full-filter query (5 km around a point, connector type, power, time window; first 50 by distance) beside the bare limit
 * measured in the same run: a kdbush radius query over all connectors with the same filters on plain typed arrays, which
 * neither sorts nor tells anything but row numbers. The ratio is what counts.
 */
import { createSearchIndex, prepareSearch, putBusy, putLocation, search, type SearchIndex, type SearchQuery } from '../src/domain/search/index.ts';
import { bareIndex, bareSearch, inTreeOrder, type BareIndex, type BareQuery } from './search/bare.ts';
import { generate, randomFrom, type Generated } from './search/generate.ts';

const NOW = Date.parse('2026-11-20T00:00Z');
const HOUR_MS = 3_600_000;
const RADIUS_M = 5_000;
const QUERIES = 4_000;
const ROUNDS = 3;

interface Figures {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  found: number;
}

/** Several rounds over the same queries; the best rate, and the latencies of that round. */
function measure<Q>(queries: readonly Q[], run: (query: Q) => number): Figures {
  let best: Figures | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const times = new Float64Array(queries.length);
    let found = 0;
    const start = performance.now();
    for (let i = 0; i < queries.length; i++) {
      const before = performance.now();
      found += run(queries[i]!);
      times[i] = performance.now() - before;
    }
    const perSecond = (queries.length / (performance.now() - start)) * 1_000;
    times.sort();
    const figures = { perSecond, p50Ms: times[queries.length >> 1]!, p99Ms: times[Math.floor(queries.length * 0.99)]!, found: found / queries.length };
    if (best === undefined || figures.perSecond > best.perSecond) best = figures;
  }
  return best!;
}

function queriesAround({ drawTown }: Generated, seed: number): BareQuery[] {
  const random = randomFrom(seed);
  return Array.from({ length: QUERIES }, () => {
    const centre = drawTown(random);
    const start = NOW + Math.floor(random() * 6 * 96) * (HOUR_MS / 4) + 2 * HOUR_MS;
    return {
      latitude: centre.latitude + (random() - 0.5) * 0.1,
      longitude: centre.longitude + (random() - 0.5) * 0.1,
      radiusM: RADIUS_M,
      standard: random() < 0.5 ? 'IEC_62196_T2_COMBO' : 'IEC_62196_T2',
      minPowerW: random() < 0.5 ? 11_000 : 50_000,
      start,
      end: start + HOUR_MS,
    };
  });
}

function toSearchQuery({ latitude, longitude, radiusM, standard, minPowerW, start, end }: BareQuery): SearchQuery {
  return {
    networkId: 'net_bench', area: { type: 'circle', latitude, longitude, radiusM }, connectorStandards: [standard], minPowerW, window: { start, end },
  };
}

function print(name: string, { perSecond, p50Ms, p99Ms, found }: Figures, bare: Figures): void {
  const cells = [
    name.padEnd(58), `${Math.round(perSecond).toLocaleString('en')}/s`.padStart(10), `p50 ${p50Ms.toFixed(3)} ms`, `p99 ${p99Ms.toFixed(3)} ms`,
    `${found.toFixed(1)} found`.padStart(14), `ratio ${(perSecond / bare.perSecond).toFixed(2)}`,
  ];
  console.log(cells.join('  '));
}

function memoryInUse(): number {
  globalThis.gc?.();
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
  console.log(`loaded in ${Math.round(loaded - start)} ms, tree and words built in ${Math.round(prepared - loaded)} ms`);
  console.log(`${(bytes / 2 ** 20).toFixed(0)} MiB, ${(bytes / connectors).toFixed(0)} bytes a connector (ids, texts and busy times included)\n`);
  return index;
}

/** The bare queries first, then ours: they find the same connectors, which is checked. */
function compare(index: SearchIndex, bare: BareIndex, generated: Generated): void {
  const queries = queriesAround(generated, 7);
  const ours = queries.map(toSearchQuery);
  const countOurs = (query: SearchQuery): number => search(index, { ...query, limit: 200 }, NOW).items.flatMap(({ evses }) => evses.flatMap((evse) => evse.connectors)).length;
  for (const [i, query] of queries.slice(0, 300).entries()) {
    const page = search(index, { ...ours[i]!, limit: 200 }, NOW);
    if (page.total <= 200 && countOurs(ours[i]!) !== bareSearch(bare, query).length) throw new Error(`query ${i} finds something else than the bare one`);
  }
  const limit = measure(queries, (query) => bareSearch(bare, query).length);
  const ordered = inTreeOrder(bare);
  print('bare: kdbush over connectors, same filters (connectors found)', limit, limit);
  print('bare, its columns in the order of the tree', measure(queries, (query) => bareSearch(ordered, query).length), limit);
  print('full filter, first 50 by distance (locations found)', measure(ours, (query) => search(index, query, NOW).total), limit);
  print('same, first 20', measure(ours, (query) => search(index, { ...query, limit: 20 }, NOW).total), limit);
  print('same, an hour somewhere within six', measure(ours, (query) => search(index, within(query), NOW).total), limit);
  print('same, by free time', measure(ours, (query) => search(index, { ...within(query), sort: 'free_time' }, NOW).total), limit);
  print('no window', measure(ours, (query) => search(index, { ...query, window: undefined }, NOW).total), limit);
}

function within(query: SearchQuery): SearchQuery {
  const { start } = query.window!;
  return { ...query, window: { start, end: start + 6 * HOUR_MS, durationMinutes: 60 } };
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
