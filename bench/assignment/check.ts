/** Holds a plan against what was asked, by nothing but the problem itself. */
import { areaShape } from '../../src/domain/geography/index.ts';
import type { Assigned, AssignmentEvse, AssignmentProblem, AssignmentRequest, AssignmentResult } from '../../src/domain/reservations/assignment/index.ts';
import { durationOf } from './draw.ts';

/** Throws where a result breaks what was asked for, or two slots of an EVSE overlap, or a request has no answer, or two. */
export function checkPlan({ requests, evses, grids: [grid] }: AssignmentProblem, results: readonly AssignmentResult[]): void {
  const asked = new Map(requests.map((request) => [request.id, request]));
  const places = new Map(evses.map((evse) => [evse.id, evse]));
  const instants = new Set(grid);
  const answered = new Set(results.map(({ requestId }) => requestId));
  if (results.length !== requests.length || requests.some(({ id }) => !answered.has(id))) throw new Error('not every request has one answer');
  const assigned = results.filter((result) => result.outcome === 'assigned');
  for (const slot of assigned) {
    const isOnGrid = instants.has(slot.start) && instants.has(slot.end);
    const fault = isOnGrid ? faultOf(asked.get(slot.requestId)!, slot, places.get(slot.evseId)!) : 'is off the grid';
    if (fault !== undefined) throw new Error(`the slot of ${slot.requestId} ${fault}`);
  }
  for (const [evseId, slots] of Map.groupBy(assigned, ({ evseId: id }) => id)) {
    const held = [...slots, ...places.get(evseId)!.busy].sort((a, b) => a.start - b.start);
    if (held.some(({ start }, i) => i > 0 && start < held[i - 1]!.end)) throw new Error(`slots overlap at ${evseId}`);
  }
}

function faultOf(request: AssignmentRequest, { start, end, connectorId, displacementMs }: Assigned, evse: AssignmentEvse): string | undefined {
  const connector = evse.connectors.find(({ id }) => id === connectorId);
  if (!connector || !request.connectorStandards.includes(connector.standard)) return 'has a connector of another class';
  if (areaShape(request.area).distanceM(evse.latitude, evse.longitude) === undefined) return 'lies out of its radius';
  if (start < request.earliestStart || end > request.latestEnd) return 'leaves its window';
  if (end - start !== durationOf(request)) return 'has another length';
  return Math.abs(start - request.idealStart) === displacementMs ? undefined : 'tells another displacement';
}
