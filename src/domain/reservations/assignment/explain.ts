/** Says for each request what it got and why: only what can be read off the plan and the problem (ASG-9). */
import { slotOf, type Instance } from './instance.ts';
import { offersStart } from './options.ts';
import { holdersOf, isFree, NONE, type Plan } from './plan.ts';
import { MOST_NAMED, type Assigned, type AssignmentResult, type KeptFrom, type Tried, type Unassigned, type UnassignedReason } from './problem.ts';
import { reachesOf, type Reach } from './reach.ts';

/** The results of a plan, in the instance's order. */
export function explainPlan(plan: Plan): AssignmentResult[] {
  return [...plan.chosen].map((option, r) => (option === NONE ? explainNothing(plan, r) : explainSlot(plan, r, option)));
}

function explainNothing(plan: Plan, r: number): Unassigned {
  const { requests, first, tried } = plan.instance;
  const options = Array.from({ length: first[r + 1]! - first[r]! }, (_, i) => first[r]! + i);
  return { requestId: requests[r]!.id, outcome: 'unassigned', reason: reasonFor(tried[r]!), tried: tried[r]!, lostTo: namesOf(plan, r, options) };
}

function reasonFor({ evsesInArea, evsesFitting, evsesOffering, evsesFree }: Tried): UnassignedReason {
  if (evsesInArea === 0) return 'no_evse_in_area';
  if (evsesFitting === 0) return 'no_fitting_connector';
  if (evsesOffering === 0) return 'duration_not_offered';
  return evsesFree === 0 ? 'no_free_slot' : 'taken_by_others';
}

function explainSlot(plan: Plan, r: number, option: number): Assigned {
  const { instance } = plan;
  const { requests, evses, options, first, tried } = instance;
  const evse = evses[options.evse[option]!]!;
  const [displacementMs, distanceM] = [options.displacementMs[option]!, options.distanceM[option]!];
  const reaches = displacementMs === 0 && distanceM === 0 ? [] : reachesOf(instance.index, requests[r]!).fitting;
  const sooner = betterOptions(instance, r, option, (other) => options.displacementMs[other]! < displacementMs);
  const nearer = betterOptions(instance, r, option, (other) => options.displacementMs[other] === displacementMs && options.distanceM[other]! < distanceM);
  return {
    requestId: requests[r]!.id, outcome: 'assigned', evseId: evse.id, connectorId: evse.connectors[options.connector[option]!]!.id, ...slotOf(instance, option),
    displacementMs, distanceM, openOptions: openOptions(plan, r),
    why: {
      tried: tried[r]!, rank: option - first[r]! + 1,
      time: keptFrom(plan, r, sooner, offering(instance, r, reaches, (other) => other < displacementMs)),
      place: keptFrom(plan, r, nearer, offering(instance, r, reaches.filter((reach) => reach.distanceM < distanceM), (other) => other === displacementMs)),
    },
  };
}

function openOptions(plan: Plan, r: number): number {
  const { first } = plan.instance;
  let open = 0;
  for (let option = first[r]!; option < first[r + 1]!; option++) if (isFree(plan, option, r)) open += 1;
  return open;
}

function betterOptions({ first }: Instance, r: number, option: number, isBetter: (other: number) => boolean): number[] {
  return Array.from({ length: option - first[r]! }, (_, i) => first[r]! + i).filter(isBetter);
}

/** How many EVSEs have such a start at all. */
function offering({ times, requests }: Instance, r: number, reaches: readonly Reach[], accept: (displacementMs: number) => boolean): number {
  return reaches.filter((reach) => offersStart(times[reach.evse]!, reach, requests[r]!, accept)).length;
}

/** Better options stood open before the plan, so others have them; where there was none, the calendar was in the way. */
function keptFrom(plan: Plan, r: number, better: readonly number[], evsesOffering: number): KeptFrom | undefined {
  if (evsesOffering === 0) return undefined;
  const taken = new Set(better.map((option) => plan.instance.options.evse[option])).size;
  return { unavailable: evsesOffering - taken, taken, by: namesOf(plan, r, better) };
}

function namesOf(plan: Plan, r: number, options: readonly number[]): string[] {
  const names = new Set<string>();
  for (const option of options) {
    for (const holder of holdersOf(plan, option, r)) names.add(plan.instance.requests[holder]!.id);
    if (names.size >= MOST_NAMED) break;
  }
  return [...names].slice(0, MOST_NAMED);
}
