import KDBush from 'kdbush';
import { CONNECTOR_STANDARDS, type ConnectorStandard } from '../../src/domain/stations/index.ts';
import { flattenIntervals, openIntervals } from '../../src/domain/calendar/index.ts';
import type { SearchEntry } from '../../src/domain/search/index.ts';
import type { Generated } from './generate.ts';

export interface BareQuery {
  latitude: number;
  longitude: number;
  radiusM: number;
  standard: ConnectorStandard;
  minPowerW: number;
  start: number;
  end: number;
}

/** Nothing but columns, one row a connector, and a kdbush of their positions. */
export interface BareIndex {
  tree: KDBush;
  latitude: Float64Array;
  longitude: Float64Array;
  standard: Uint8Array;
  powerW: Uint32Array;
  bufferMs: Float64Array;
  hours: Uint32Array;
  kinds: SearchEntry[];
  /** busy times of a connector's EVSE: from, to (exclusive) in `busy` */
  busyFrom: Uint32Array;
  busyTo: Uint32Array;
  busy: Float64Array;
}

const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

export function bareIndex(generated: Generated): BareIndex {
  const { connectors } = generated;
  const busyOf = new Map<string, Float64Array>();
  for (const { evseId, intervals } of generated.busy()) busyOf.set(evseId, flattenIntervals(intervals).times);
  const busy: number[] = [];
  const kindNumbers = new Map<string, number>();
  const index: BareIndex = {
    tree: new KDBush(connectors), latitude: new Float64Array(connectors), longitude: new Float64Array(connectors),
    standard: new Uint8Array(connectors), powerW: new Uint32Array(connectors), bufferMs: new Float64Array(connectors), hours: new Uint32Array(connectors),
    kinds: [], busyFrom: new Uint32Array(connectors), busyTo: new Uint32Array(connectors), busy: new Float64Array(),
  };
  let row = 0;
  for (const entry of generated.entries()) {
    const kind = JSON.stringify([entry.openingTimes, entry.timeZone]);
    if (!kindNumbers.has(kind)) kindNumbers.set(kind, index.kinds.push(entry) - 1);
    for (const { evseId, connectors: plugs } of entry.evses) {
      const from = busy.length;
      busy.push(...(busyOf.get(evseId) ?? []));
      for (const { standard, maxPowerW } of plugs) {
        index.tree.add(entry.longitude, entry.latitude);
        index.latitude[row] = entry.latitude;
        index.longitude[row] = entry.longitude;
        index.standard[row] = CONNECTOR_STANDARDS.indexOf(standard);
        index.powerW[row] = maxPowerW;
        index.bufferMs[row] = entry.bookable.bufferMinutes * 60_000;
        index.hours[row] = kindNumbers.get(kind)!;
        index.busyFrom[row] = from;
        index.busyTo[row] = busy.length;
        row++;
      }
    }
  }
  index.tree.finish();
  return { ...index, busy: Float64Array.from(busy) };
}

/** The same with the columns in the order of the tree, so that a query reads memory in one place: the best that can be had. */
export function inTreeOrder(index: BareIndex): BareIndex {
  const order = Array.from(index.tree.ids);
  const tree = new KDBush(order.length);
  for (const row of order) tree.add(index.longitude[row]!, index.latitude[row]!);
  tree.finish();
  const byTree = Array.from(tree.ids, (point) => order[point]!);
  tree.ids.set(byTree.keys().toArray());
  const pick = <T extends Float64Array | Uint8Array | Uint32Array>(column: T): T => column.map((_, row) => column[byTree[row]!]!) as T;
  return {
    ...index, tree, latitude: pick(index.latitude), longitude: pick(index.longitude), standard: pick(index.standard), powerW: pick(index.powerW),
    bufferMs: pick(index.bufferMs), hours: pick(index.hours), busyFrom: pick(index.busyFrom), busyTo: pick(index.busyTo),
  };
}

/** The rows of the connectors within the circle that fit and are free and open for the very slot. */
export function bareSearch(index: BareIndex, query: BareQuery): number[] {
  const { latitude, longitude, standard, powerW, bufferMs, hours, busyFrom, busyTo, busy } = index;
  const wanted = CONNECTOR_STANDARDS.indexOf(query.standard);
  const margin = query.radiusM / EARTH_RADIUS_M / RADIANS;
  const sideways = margin / Math.cos(query.latitude * RADIANS) * 1.001;
  const open = index.kinds.map(({ openingTimes, timeZone }) => {
    const [first] = openIntervals(openingTimes, timeZone, query.start, query.end);
    return first !== undefined && first.start === query.start && first.end === query.end;
  });
  const cosCentre = Math.cos(query.latitude * RADIANS);
  const longest = Math.sin(query.radiusM / EARTH_RADIUS_M / 2) ** 2;
  const found: number[] = [];
  for (const row of index.tree.range(query.longitude - sideways, query.latitude - margin, query.longitude + sideways, query.latitude + margin)) {
    if (standard[row] !== wanted || powerW[row]! < query.minPowerW || !open[hours[row]!]) continue;
    const sinLatitude = Math.sin(((latitude[row]! - query.latitude) * RADIANS) / 2);
    const sinLongitude = Math.sin(((longitude[row]! - query.longitude) * RADIANS) / 2);
    if (sinLatitude * sinLatitude + cosCentre * Math.cos(latitude[row]! * RADIANS) * sinLongitude * sinLongitude > longest) continue;
    const keptUntil = query.end + bufferMs[row]!;
    let free = true;
    for (let i = busyFrom[row]!; i < busyTo[row]! && free; i += 2) free = busy[i]! >= keptUntil || busy[i + 1]! <= query.start;
    if (free) found.push(row);
  }
  return found;
}
