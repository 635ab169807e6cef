/** Which EVSEs a request could use, whatever the time. */
import KDBush from 'kdbush';
import { HOUR_MS } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { chargingPowerW } from '../../drivers/index.ts';
import { areaShape, type Area } from '../../geography/index.ts';
import type { AssignmentConnector, AssignmentEvse, AssignmentRequest } from './problem.ts';

/** An EVSE with the connector through which a request would use it. */
export interface Reach {
  /** its place in the list of EVSEs */
  evse: number;
  connector: AssignmentConnector;
  /** how long the request needs there, before it is rounded up to the grid */
  durationMs: number;
  distanceM: number;
}

export interface Reaches {
  /** the EVSEs in the area, fitting or not */
  inArea: number[];
  /** the nearest first; of equally near ones in the order of the list */
  fitting: Reach[];
}

export interface ReachIndex {
  evses: readonly AssignmentEvse[];
  tree: KDBush;
  /** the EVSEs at each point of the tree */
  at: number[][];
}

/** Prepares EVSEs for the question which of them lie in an area. */
export function reachIndex(evses: readonly AssignmentEvse[]): ReachIndex {
  const byPlace = new Map<string, number[]>();
  for (const [i, { latitude, longitude }] of evses.entries()) {
    const place = `${latitude} ${longitude}`;
    const there = byPlace.get(place);
    if (there) there.push(i);
    else byPlace.set(place, [i]);
  }
  const at = [...byPlace.values()];
  const tree = new KDBush(Math.max(1, at.length));
  for (const [first] of at) tree.add(evses[first!]!.longitude, evses[first!]!.latitude);
  if (at.length === 0) tree.add(0, 0);
  return { evses, tree: tree.finish(), at };
}

/** Throws `invalid_request` for an area that is slow by design (GEO-4). */
export function reachesOf(index: ReachIndex, request: AssignmentRequest): Reaches {
  const { evses } = index;
  const found: Reaches = { inArea: [], fitting: [] };
  for (const { here, metres } of placesIn(index, request.area)) {
    for (const evse of here) {
      if (request.notAtLocationIds?.includes(evses[evse]!.locationId)) continue;
      found.inArea.push(evse);
      const connector = fittingConnector(evses[evse]!.connectors, request);
      if (connector) found.fitting.push({ evse, connector, durationMs: neededMs(connector, request), distanceM: Math.round(metres) });
    }
  }
  found.fitting.sort((a, b) => a.distanceM - b.distanceM || a.evse - b.evse);
  return found;
}

/** How many EVSEs lie in an area; 'slow' when it is so by design. */
export function countInArea(index: ReachIndex, area: Area): number | 'slow' {
  try {
    return placesIn(index, area).reduce((sum, { here }) => sum + here.length, 0);
  } catch (error) {
    if (error instanceof DomainError) return 'slow';
    throw error;
  }
}

/** The places in an area, with the EVSEs that are there. */
function placesIn({ evses, tree, at }: ReachIndex, area: Area): { here: readonly number[]; metres: number }[] {
  const { boxes, distanceM } = areaShape(area);
  const places = new Set(boxes.flatMap((box) => tree.range(box.minLongitude, box.minLatitude, box.maxLongitude, box.maxLatitude)));
  const found: { here: readonly number[]; metres: number }[] = [];
  for (const place of places) {
    const here = at[place] ?? [];
    const metres = here.length === 0 ? undefined : distanceM(evses[here[0]!]!.latitude, evses[here[0]!]!.longitude);
    if (metres !== undefined) found.push({ here, metres });
  }
  return found;
}

/** As `findCandidates` chooses it: the connector that charges this vehicle fastest; of equals the one with the first id. */
function fittingConnector(connectors: readonly AssignmentConnector[], request: AssignmentRequest): AssignmentConnector | undefined {
  let best: AssignmentConnector | undefined;
  for (const connector of connectors) if (fits(connector, request) && (best === undefined || isBetter(connector, best, request))) best = connector;
  return best;
}

function fits({ standard, maxPowerW }: AssignmentConnector, { connectorStandards, minPowerW = 0, vehicle }: AssignmentRequest): boolean {
  if (maxPowerW < minPowerW) return false;
  if (connectorStandards.length > 0 && !connectorStandards.includes(standard)) return false;
  return vehicle === undefined || vehicle.connectorStandards.length === 0 || vehicle.connectorStandards.includes(standard);
}

function isBetter(connector: AssignmentConnector, best: AssignmentConnector, { vehicle }: AssignmentRequest): boolean {
  const more = chargingPowerW(connector, vehicle) - chargingPowerW(best, vehicle);
  return more > 0 || (more === 0 && connector.id < best.id);
}

function neededMs(connector: AssignmentConnector, { need, vehicle }: AssignmentRequest): number {
  return 'durationMs' in need ? need.durationMs : Math.ceil((need.energyWh / chargingPowerW(connector, vehicle)) * HOUR_MS);
}
