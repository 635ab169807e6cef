/** What a driver could have instead of a slot that is taken (RSV-9): nearest times, sibling EVSEs, neighbouring locations. */
import { HOUR_MS, MINUTE_MS } from '../../platform/clock/index.ts';
import type { Vehicle } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { loadLocationsByIds, type Location } from '../stations/index.ts';
import type { Choice } from './choices.ts';
import type { Alternatives, FreeSlot } from './free-slot.ts';
import { policyInForce, type PolicyInForce } from './policies.ts';
import { freeSlotsOf } from './slots.ts';
import * as store from './store.ts';
import { candidatesOrNone, findCandidates, type Target } from './target.ts';

const SEARCHED_EACH_WAY_MS = 6 * HOUR_MS;
const NEIGHBOURS = 5;
const OF_EACH = 3;

/** Looked up when there is no room, in the same transaction; none of them is promised. `own` is the caller's booking, when it is being changed. */
export async function alternativesFor(
  ctx: Context, location: Location, { policy }: PolicyInForce, target: Target, { slot, candidate }: Choice, vehicle?: Vehicle, own?: string,
): Promise<Alternatives> {
  const durationMinutes = Math.round((slot.end - slot.start) / MINUTE_MS);
  const asked = findCandidates(location, target, vehicle);
  const around = { durationMinutes, from: slot.start - SEARCHED_EACH_WAY_MS, to: slot.end + SEARCHED_EACH_WAY_MS, limit: 500 };
  const times = await freeSlotsOf(ctx, location, policy, asked, around, own);
  const nearestTimes = times.sort((a, b) => Math.abs(a.start - slot.start) - Math.abs(b.start - slot.start) || a.start - b.start).slice(0, OF_EACH);

  const then = { durationMinutes, from: slot.start, to: slot.end, limit: OF_EACH };
  const standards = target.connectorStandards ?? [candidate.connector.standard];
  const siblings = candidatesOrNone(location, { connectorStandards: standards }, vehicle).filter(({ evse }) => !asked.some((other) => other.evse.id === evse.id));
  const siblingEvses = await freeSlotsOf(ctx, location, policy, siblings, then, own);
  return { nearestTimes, siblingEvses, neighbouringLocations: await neighbours(ctx, location, standards, then, vehicle) };
}

async function neighbours(
  ctx: Context, location: Location, connectorStandards: Target['connectorStandards'], then: { durationMinutes: number; from: number; to: number; limit: number }, vehicle?: Vehicle,
): Promise<FreeSlot[]> {
  const ids = await store.findNeighbours(ctx.tx, ctx.network.id, location.coordinates, location.id, NEIGHBOURS);
  const trees = new Map((await loadLocationsByIds(ctx.tx, ids)).map((tree) => [tree.id, tree]));
  const slots: FreeSlot[] = [];
  for (const id of ids) {
    const near = trees.get(id)!;
    const { policy } = await policyInForce(ctx, near);
    const isOffered = policy.mode !== 'walk_in_only' && then.durationMinutes >= policy.minDurationMinutes && then.durationMinutes % policy.slotGridMinutes === 0;
    if (!isOffered) continue;
    const [slot] = await freeSlotsOf(ctx, near, policy, candidatesOrNone(near, { connectorStandards }, vehicle), { ...then, limit: 1 });
    if (slot) slots.push(slot);
    if (slots.length === OF_EACH) break;
  }
  return slots;
}
