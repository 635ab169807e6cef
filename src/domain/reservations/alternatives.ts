/** What a driver could have instead of a slot that is taken (RSV-9): nearest times, sibling EVSEs, neighbouring locations. */
import { HOUR_MS, MINUTE_MS } from '../../platform/clock/index.ts';
import { readBusy } from '../calendar/index.ts';
import type { Vehicle } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import type { Location } from '../stations/index.ts';
import type { Choice } from './choices.ts';
import type { Alternatives, FreeSlot } from './free-slot.ts';
import { locateAround, type Located } from './locate.ts';
import type { PolicyInForce } from './policies.ts';
import { freeSlotsBeside } from './slots.ts';
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
  const standards = target.connectorStandards ?? [candidate.connector.standard];
  const fitting = candidatesOrNone(location, { connectorStandards: standards }, vehicle);
  const siblings = fitting.filter(({ evse }) => !asked.some((other) => other.evse.id === evse.id));
  const around = { durationMinutes, from: slot.start - SEARCHED_EACH_WAY_MS, to: slot.end + SEARCHED_EACH_WAY_MS, limit: 500 };
  const range = { start: around.from, end: around.to + policy.bufferMinutes * MINUTE_MS };
  const [busy, near] = await Promise.all([
    readBusy(ctx.tx, [location.id], [...asked, ...siblings].map(({ evse }) => evse.id), range, ctx.now, own),
    locateAround(ctx, location.coordinates, location.id, NEIGHBOURS),
  ]);
  const times = await freeSlotsBeside(ctx, location, policy, asked, around, busy, own);
  const nearestTimes = times.sort((a, b) => Math.abs(a.start - slot.start) - Math.abs(b.start - slot.start) || a.start - b.start).slice(0, OF_EACH);
  const then = { durationMinutes, from: slot.start, to: slot.end, limit: OF_EACH };
  const siblingEvses = await freeSlotsBeside(ctx, location, policy, siblings, then, busy, own);
  return { nearestTimes, siblingEvses, neighbouringLocations: await neighbours(ctx, near, standards, then, vehicle) };
}

async function neighbours(
  ctx: Context, near: readonly Located[], connectorStandards: Target['connectorStandards'], then: { durationMinutes: number; from: number; to: number; limit: number },
  vehicle?: Vehicle,
): Promise<FreeSlot[]> {
  const offered = near.filter(({ inForce: { policy } }) => (
    policy.mode !== 'walk_in_only' && then.durationMinutes >= policy.minDurationMinutes && then.durationMinutes % policy.slotGridMinutes === 0));
  const fitting = offered.map((there) => ({ ...there, candidates: candidatesOrNone(there.location, { connectorStandards }, vehicle) }));
  const longestBufferMs = Math.max(0, ...fitting.map(({ inForce }) => inForce.policy.bufferMinutes)) * MINUTE_MS;
  const evseIds = fitting.flatMap(({ candidates }) => candidates.map(({ evse }) => evse.id));
  const range = { start: then.from, end: then.to + longestBufferMs };
  const busy = await readBusy(ctx.tx, fitting.map(({ location }) => location.id), evseIds, range, ctx.now);
  const slots: FreeSlot[] = [];
  for (const { location, inForce, candidates } of fitting) {
    const [slot] = await freeSlotsBeside(ctx, location, inForce.policy, candidates, { ...then, limit: 1 }, busy);
    if (slot) slots.push(slot);
    if (slots.length === OF_EACH) break;
  }
  return slots;
}
