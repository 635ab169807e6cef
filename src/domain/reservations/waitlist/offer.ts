/**
 * Who gets what is free: one location at a time, those who compete for it in their order (WTL-7), each the slot nearest to its wish, as a
 * hold of its own. All offers are made here, whether time was freed or somebody looked, so that nobody is passed over.
 *
 * The work is on entries and drivers of many, in an order that is not that of their locks; whoever is in the way is waited for a moment
 * at most, and looked for again (`lookNow`).
 */
import { MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { withPatience } from '../../../platform/database/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { readBusy, type FreedTime, type Interval } from '../../calendar/index.ts';
import { actorFor, type Context } from '../../organisations/index.ts';
import { evsesOf, isBookable, loadLocation } from '../../stations/index.ts';
import { createReservation } from '../create.ts';
import { policyInForce } from '../policies.ts';
import type { Reservation } from '../reservation.ts';
import { fullTimes } from '../walk-in-share.ts';
import { claimDeadline, WAITLIST_LIFE, type WaitlistEntry } from './entry.ts';
import { saveEntry } from './events.ts';
import { offerOf } from './follow.ts';
import { nearestSlot, type NearestSlot } from './nearest-slot.ts';
import { candidatesAt, vehicleOf, type Reach } from './reach.ts';
import * as store from './store-waitlist.ts';

/** Entries that one freed time is offered to, one after another; who comes after them is found when it is looked for. */
const MOST_ASKED = 50;
/** How long somebody else's work on an entry, its driver or its slot is waited for. */
const PATIENCE_MS = 50;

/** Offers time that has become free at an EVSE, together with what was free around it, to those who wait for it. Returns how many offers were made. */
export async function offerFreedTime(ctx: Context, freed: FreedTime): Promise<number> {
  const { offers, missed } = await offerTime(ctx, freed);
  if (missed.length > 0) await store.lookNow(ctx.tx, missed, ctx.now);
  return offers;
}

/**
 * The same; `asked` is an entry that is asked in any case, after those before it. `missed` are those who could not be asked, since somebody was
 * in the way: all, while another process offers the location's time. They are to be looked for soon.
 */
export async function offerTime(ctx: Context, freed: FreedTime, asked?: string): Promise<{ offers: number; missed: string[] }> {
  const opening = await openingAt(ctx, freed);
  const first = opening ? await store.listWaitingFor(ctx.tx, ctx.network.id, opening.evseIds, opening.range, MOST_ASKED) : [];
  const ids = asked === undefined || first.includes(asked) ? first : [...first, asked];
  if (!opening || ids.length === 0) return { offers: 0, missed: [] };
  if (!(await store.tryLockOffers(ctx.tx, freed.locationId))) return { offers: 0, missed: ids };
  let offers = 0;
  const missed: string[] = [];
  for (const id of ids) {
    const isOffered = await withPatience(ctx.tx, PATIENCE_MS, () => offerTo(ctx, id, opening)).catch(refusedToFalse);
    if (isOffered === undefined) missed.push(id);
    else if (isOffered) offers += 1;
  }
  return { offers, missed };
}

interface Opening extends Omit<Reach, 'candidates'> {
  /** where the time is; all of the location's where it frees the others too (RSV-7) */
  evseIds: string[];
  /** with the buffer before it: a slot that ends then needs it */
  range: Interval;
}

async function openingAt(ctx: Context, { locationId, evseId, startsAt, endsAt }: FreedTime): Promise<Opening | undefined> {
  const location = await loadLocation(ctx.tx, locationId);
  if (!location || location.retiredAt !== undefined || location.networkId !== ctx.network.id || endsAt <= ctx.now) return undefined;
  const { policy } = await policyInForce(ctx, location);
  if (policy.mode === 'walk_in_only') return undefined;
  const evseIds = policy.walkInSharePercent === 0 ? [evseId] : evsesOf(location).filter(isBookable).map(({ id }) => id);
  return { location, policy, evseIds, range: { start: startsAt - policy.bufferMinutes * MINUTE_MS, end: endsAt } };
}

/** Nothing is done, and nothing stays locked. */
class NotOffered extends Error {}

function refusedToFalse(error: unknown): false {
  if (error instanceof NotOffered || error instanceof DomainError) return false; // a rule stands against it: the driver's room, a ban, the share for walk-ins
  throw error;
}

async function offerTo(ctx: Context, id: string, opening: Opening): Promise<boolean> {
  const entry = await store.lockEntry(ctx.tx, id);
  if (!entry || WAITLIST_LIFE[entry.status].offer !== 'offered') throw new NotOffered();
  const slot = await slotFor(ctx, entry, opening);
  if (!slot) throw new NotOffered();
  const reservation = await hold(ctx, entry, slot, claimDeadline(ctx.now, slot.start, opening.policy.noShowMinutes));
  await saveEntry(ctx, entry, { status: 'offered', reservationId: reservation.id, offer: offerOf(reservation) }, 'waitlist_entry.offered');
  return true;
}

async function slotFor(ctx: Context, entry: WaitlistEntry, { evseIds, range, ...at }: Opening): Promise<NearestSlot | undefined> {
  const candidates = candidatesAt(at.location, entry.wish, await vehicleOf(ctx, entry)).filter(({ evse }) => evseIds.includes(evse.id));
  // A slot that needs some of the time lies around it, a whole slot to each side at most.
  const reachMs = at.policy.maxDurationMinutes * MINUTE_MS;
  const around: Interval = { start: Math.max(range.start - reachMs, entry.earliestStart, ctx.now), end: Math.min(range.end + reachMs, entry.latestEnd) };
  if (around.start >= around.end || candidates.length === 0) return undefined;
  const kept = { start: around.start, end: around.end + at.policy.bufferMinutes * MINUTE_MS };
  const busy = await readBusy(ctx.tx, [at.location.id], candidates.map(({ evse }) => evse.id), kept, ctx.now);
  const full = await fullTimes(ctx, at.location, at.policy, around);
  return nearestSlot(entry, { ...at, candidates }, { busy, full }, around, ctx.now);
}

/** WTL-5: a reservation like any other, through the door of them all, in the name of who made the entry. */
async function hold(ctx: Context, entry: WaitlistEntry, { candidate, start, end }: NearestSlot, claimBy: EpochMs): Promise<Reservation> {
  const acting = ctx.as({ actor: await actorFor(ctx, entry.organisationId, entry.id) });
  const { wish } = entry;
  return createReservation(acting, {
    evseId: candidate.evse.id, connectorId: candidate.connector.id, connectorStandards: wish.connectorStandards.length === 0 ? undefined : wish.connectorStandards,
    start, end, energyWh: wish.energyWh ?? undefined, driverId: entry.driverId, vehicleId: entry.vehicleId ?? undefined, metadata: entry.metadata,
    paymentMethod: entry.paymentMethod ?? undefined, confirm: false, offer: { entryId: entry.id, claimBy },
  });
}
