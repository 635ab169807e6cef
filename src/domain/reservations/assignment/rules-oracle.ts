/** What the rules of exact reservations say about a plan: whatever is assigned must be a slot that could be booked. */
import { freeSlots, openIntervals, type Interval } from '../../calendar/index.ts';
import { chargingPowerW } from '../../drivers/index.ts';
import { areaShape } from '../../geography/index.ts';
import { requireOfferedSlot, slotEnd, type Wish } from '../times.ts';
import type { Assigned, Assignment, AssignmentEvse, AssignmentRequest } from './problem.ts';
import type { SampleTown } from './samples.ts';

/** What is wrong with a plan, a line each. */
export function faultsOf(town: SampleTown, { results }: Assignment): string[] {
  const { evses, requests } = town.problem;
  const assigned = results.filter((result) => result.outcome === 'assigned');
  return assigned.flatMap((result) => {
    const evse = evses.find(({ id }) => id === result.evseId)!;
    const request = requests.find(({ id }) => id === result.requestId)!;
    const others = assigned.filter((other) => other !== result && other.evseId === evse.id).map(({ start, end }) => ({ start, end: end + evse.bufferMs }));
    const said = [...faultsOfWish(evse, request, result), ...faultsOfSlot(town, evse, request, result, others)];
    return said.map((fault) => `${request.id}: ${fault}`);
  });
}

function faultsOfWish(evse: AssignmentEvse, request: AssignmentRequest, { start, end, displacementMs, connectorId, distanceM }: Assigned): string[] {
  const connector = evse.connectors.find(({ id }) => id === connectorId)!;
  const metres = areaShape(request.area).distanceM(evse.latitude, evse.longitude);
  return [
    ...(metres === undefined || Math.round(metres) !== distanceM ? ['lies elsewhere'] : []),
    ...(request.notAtLocationIds?.includes(evse.locationId) ? ['is at an excluded location'] : []),
    ...(start < request.earliestStart || end > request.latestEnd ? ['leaves its window'] : []),
    ...(Math.abs(start - request.idealStart) === displacementMs ? [] : ['tells another displacement']),
    ...(request.connectorStandards.length === 0 || request.connectorStandards.includes(connector.standard) ? [] : ['has another connector']),
    ...(connector.maxPowerW >= (request.minPowerW ?? 0) ? [] : ['is too weak']),
  ];
}

function faultsOfSlot({ now, timeZone, locations }: SampleTown, evse: AssignmentEvse, request: AssignmentRequest, result: Assigned, others: Interval[]): string[] {
  const { openingTimes, policy } = locations.find(({ id }) => id === evse.locationId)!;
  const { start, end } = result;
  const powerW = chargingPowerW(evse.connectors.find(({ id }) => id === result.connectorId)!, request.vehicle);
  const wish: Wish = 'durationMs' in request.need ? { durationMinutes: request.need.durationMs / 60_000 } : request.need;
  const faults: string[] = [];
  if (slotEnd(start, wish, powerW, policy, timeZone) !== end) faults.push('ends elsewhere');
  try {
    requireOfferedSlot({ openingTimes, timeZone }, policy, { start, end }, now);
  } catch (error) {
    faults.push((error as Error).message);
  }
  const [free] = freeSlots({
    open: openIntervals(openingTimes, timeZone, start, end), busy: [...evse.busy, ...others], bufferMs: evse.bufferMs, gridMinutes: policy.slotGridMinutes, timeZone,
    durationMs: end - start, from: start, to: end, limit: 1, endsOnGrid: true,
  });
  if (free !== start) faults.push('is not free');
  return faults;
}
