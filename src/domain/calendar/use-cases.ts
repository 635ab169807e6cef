/** What the operator does to its calendar by hand (blocks, outages), and the conflicts between facts and promises. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, may, requireAccess, type Context, type ContextEvent } from '../organisations/index.ts';
import {
  changeLocation, evsesOf, getLocationOf, loadLocation, reportEvseStatus, retireLocation, upsertLocations, type Location, type LocationInput, type UpsertCounts,
} from '../stations/index.ts';
import { ASSUMED_OVERRUN_MS, OVERSTAY_NOTICE_MS, type Booking, type Conflict, type Occupancy, type Outage } from './booking.ts';
import { insertFreedTime } from './store-freed.ts';
import * as store from './store.ts';

/** Longest time that one block, outage or calendar query may span. */
export const MAX_SPAN_MS = 366 * 86_400_000;

/** How far ahead an EVSE that works again is told to be free, when its outage had no expected end. */
const LISTED_AHEAD_MS = 48 * 3_600_000;

export interface BlockInput {
  evseId: string;
  startsAt: EpochMs;
  endsAt: EpochMs;
  reason: string;
}

/** Keeps an EVSE free of bookings for a while. Fails with `slot_unavailable` when something is promised then (CAL-5). */
export async function createBlock(ctx: Context, input: BlockInput): Promise<Booking> {
  const location = await getLocationOf(ctx, 'evse', input.evseId);
  requireAccess(ctx, 'block.write', location);
  requireRange(input.startsAt, input.endsAt);
  if (input.endsAt <= ctx.now) throw new DomainError('time_in_past', 'The block would be over already.', { errors: [{ pointer: '/end', message: 'must lie in the future' }] });
  const block: Booking = {
    id: newId('block'), locationId: location.id, evseId: input.evseId, kind: 'block', reservationId: null, startsAt: input.startsAt, endsAt: input.endsAt,
    keptUntil: input.endsAt, holdExpiresAt: null, reason: input.reason, createdAt: ctx.now,
  };
  if (!(await store.insertBooking(ctx.tx, block))) {
    const inTheWay = await store.listBookings(ctx.tx, location.id, [input.evseId], input.startsAt, input.endsAt);
    throw new DomainError('slot_unavailable', 'Something is promised at that EVSE then.', {
      in_the_way: inTheWay.map(({ id, reservationId, kind }) => ({ id, reservation: reservationId, kind })),
    });
  }
  await ctx.emit(blockEvent('block.created', block, location));
  await audit(ctx, 'block.create', 'block', block.id, { evse: input.evseId });
  return block;
}

export async function removeBlock(ctx: Context, id: string): Promise<Booking> {
  const block = await store.findBlock(ctx.tx, id);
  const location = block && (await loadLocation(ctx.tx, block.locationId));
  if (!block || !location || !may(ctx, 'block.write', location) || location.networkId !== ctx.network.id) throw missing(ctx, 'block', id);
  if (!(await store.releaseBooking(ctx.tx, block.locationId, id, ctx.now))) throw notFound('block', id);
  await ctx.emit(blockEvent('block.removed', block, location));
  await audit(ctx, 'block.remove', 'block', id);
  return block;
}

export interface OutageInput {
  evseId: string;
  reason: string;
  startsAt?: EpochMs;
  expectedEndAt?: EpochMs;
}

/** Writes down that an EVSE does not work, from now or from a given time. What is promised then becomes a conflict (CAL-6). */
export async function startOutage(ctx: Context, input: OutageInput): Promise<Outage> {
  const location = await getLocationOf(ctx, 'evse', input.evseId);
  requireAccess(ctx, 'outage.write', location);
  const startsAt = input.startsAt ?? ctx.now;
  if (input.expectedEndAt !== undefined) requireRange(startsAt, input.expectedEndAt);
  const outage = await beginOutage(ctx, location, { ...input, startsAt });
  if (outage.startsAt <= ctx.now) await reportEvseStatus(ctx, input.evseId, 'OUTOFORDER');
  await noticeConflicts(ctx);
  return outage;
}

async function beginOutage(
  ctx: Context, location: Pick<Location, 'id' | 'operatorId'>,
  input: OutageInput & { startsAt: EpochMs } & Partial<Pick<Outage, 'isRetirement' | 'isReported'>>,
): Promise<Outage> {
  const outage: Outage = {
    id: newId('outage'), networkId: ctx.network.id, locationId: location.id, evseId: input.evseId, reason: input.reason,
    isRetirement: input.isRetirement ?? false, isReported: input.isReported ?? false, startsAt: input.startsAt,
    expectedEndAt: input.expectedEndAt ?? null, endsAt: null, version: 1, createdAt: ctx.now,
  };
  await store.insertOutage(ctx.tx, outage);
  await ctx.emit(outageEvent('outage.started', outage, location));
  await audit(ctx, 'outage.start', 'outage', outage.id, { evse: input.evseId, reason: input.reason });
  return outage;
}

/** Says that the EVSE works again. */
export async function endOutage(ctx: Context, id: string): Promise<Outage> {
  await store.lockEvseOfOutage(ctx.tx, id); // before the conflicts that it resolves: see the order of locks
  const outage = await store.lockOutage(ctx.tx, id);
  const location = outage && (await loadLocation(ctx.tx, outage.locationId));
  if (!outage || !location || !may(ctx, 'outage.write', location) || outage.networkId !== ctx.network.id) throw missing(ctx, 'outage', id);
  if (outage.endsAt !== null) throw new DomainError('invalid_state', 'That outage has ended already.');
  const ended = await finishOutage(ctx, location, outage);
  const evse = evsesOf(location).find((candidate) => candidate.id === outage.evseId);
  if (evse?.status === 'OUTOFORDER' && !(await store.isOut(ctx.tx, evse.id, ctx.now))) {
    await reportEvseStatus(ctx, evse.id, (await store.isInUse(ctx.tx, evse.id)) ? 'CHARGING' : 'AVAILABLE');
  }
  return ended;
}

async function finishOutage(ctx: Context, location: Pick<Location, 'operatorId'>, outage: Outage): Promise<Outage> {
  const ended: Outage = { ...outage, endsAt: Math.max(outage.startsAt, ctx.now), version: outage.version + 1 };
  await store.updateOutage(ctx.tx, ended);
  await ctx.emit(outageEvent('outage.ended', ended, location));
  await resolveConflictsBy(ctx, outage.id);
  await insertFreedTime(ctx.tx, { ...outage, startsAt: ctx.now, endsAt: outage.expectedEndAt ?? ctx.now + LISTED_AHEAD_MS }, ctx.now);
  await audit(ctx, 'outage.end', 'outage', outage.id);
  return ended;
}

/** A station has said for a while that an EVSE of it does not work: what is promised there becomes a conflict, until `endReportedOutage` (CHS-13). */
export async function startReportedOutage(ctx: Context, locationId: string, evseId: string): Promise<void> {
  await store.lockEvses(ctx.tx, [evseId]);
  if (await store.findReportedOutage(ctx.tx, evseId)) return; // another process was first
  const location = (await loadLocation(ctx.tx, locationId))!;
  await beginOutage(ctx, location, { evseId, reason: 'station_fault', startsAt: ctx.now, isReported: true });
  await noticeConflicts(ctx);
}

/** The station says that it works again; nothing where no such outage goes on. */
export async function endReportedOutage(ctx: Context, location: Pick<Location, 'operatorId'>, evseId: string): Promise<void> {
  if (!(await store.findReportedOutage(ctx.tx, evseId))) return;
  await store.lockEvses(ctx.tx, [evseId]); // before the conflicts that it resolves: see the order of locks
  const outage = await store.findReportedOutage(ctx.tx, evseId);
  if (outage) await finishOutage(ctx, location, outage);
}

/** Takes a location out of the network; what is promised there becomes a conflict for its operator to resolve (CAL-6). */
export async function closeLocation(ctx: Context, id: string): Promise<Location> {
  const retired = await retireLocation(ctx, id);
  await settleRetired(ctx, retired.operatorId, [retired.ref]);
  return retired;
}

/** Changes a location; EVSEs that are gone afterwards are treated as in `closeLocation`. */
export async function reshapeLocation(ctx: Context, id: string, change: (input: LocationInput) => LocationInput): Promise<Location> {
  const after = await changeLocation(ctx, id, change);
  await settleRetired(ctx, after.operatorId, [after.ref]);
  return after;
}

/** Brings a batch of an operator's locations up to date with what a source tells; EVSEs that are gone afterwards are treated as in `closeLocation`. */
export async function importLocations(ctx: Context, operatorId: string, inputs: readonly LocationInput[]): Promise<UpsertCounts> {
  const counts = await upsertLocations(ctx, operatorId, inputs);
  if (counts.updated > 0) await settleRetired(ctx, operatorId, inputs.map((input) => input.ref));
  return counts;
}

/** CAL-7: an EVSE that is gone is out until it comes back. */
async function settleRetired(ctx: Context, operatorId: string, locationRefs: readonly string[]): Promise<void> {
  const { gone, back } = await store.listUnsettled(ctx.tx, operatorId, locationRefs);
  for (const { evseId, locationId } of gone) await beginOutage(ctx, { id: locationId, operatorId }, { evseId, reason: 'retired', startsAt: ctx.now, isRetirement: true });
  for (const outage of back) await finishOutage(ctx, { operatorId }, outage);
  if (gone.length > 0) await noticeConflicts(ctx);
}

export interface EvseCalendar {
  bookings: Booking[];
  outages: Outage[];
  occupancies: Occupancy[];
}

/** All that is promised and all that is the case at an EVSE, for its operator. */
export async function readCalendar(ctx: Context, evseId: string, from: EpochMs, to: EpochMs): Promise<EvseCalendar> {
  const location = await getLocationOf(ctx, 'evse', evseId);
  requireAccess(ctx, 'calendar.read', location);
  requireRange(from, to);
  return {
    bookings: await store.listBookings(ctx.tx, location.id, [evseId], from, to),
    outages: await store.listOutages(ctx.tx, [evseId], from, to),
    occupancies: await store.listOccupancies(ctx.tx, [evseId], from, to),
  };
}

/**
 * Opens a conflict for every promise of the network that a fact stands against. It runs when a fact begins, and again with
 * the sweeper, since a promise and a fact that were committed at the same moment did not see each other. What somebody else is just
 * working on, who may be ending it, is left to the next time.
 */
export async function noticeConflicts(ctx: Context): Promise<number> {
  const collisions = await store.listUnnoticedCollisions(ctx.tx, ctx.network.id, ctx.now, ASSUMED_OVERRUN_MS);
  let opened = 0;
  for (const { booking, cause, causeId, operatorId } of collisions) {
    if (!(await store.keepCollision(ctx.tx, booking, cause, causeId))) continue;
    const conflict: Conflict = {
      id: newId('conflict'), networkId: ctx.network.id, operatorId, locationId: booking.locationId, evseId: booking.evseId, bookingId: booking.id,
      reservationId: booking.reservationId, cause, causeId, status: 'open', resolution: null, version: 1, createdAt: ctx.now, updatedAt: ctx.now,
    };
    const settleAt = cause === 'outage' ? ctx.now : Math.max(ctx.now, booking.startsAt - OVERSTAY_NOTICE_MS);
    if (!(await store.insertConflict(ctx.tx, conflict, settleAt))) continue;
    opened += 1;
    await ctx.emit(conflictEvent('conflict.opened', conflict));
  }
  return opened;
}

/** Marks the conflicts of a booking that is gone as resolved. */
export async function resolveConflictsOf(ctx: Context, bookingId: string, resolution: string): Promise<void> {
  await emitResolved(ctx, await store.resolveConflicts(ctx.tx, { bookingId }, resolution, ctx.now));
}

/** Marks the conflicts that a fact caused as resolved: it is over. */
export async function resolveConflictsBy(ctx: Context, causeId: string): Promise<void> {
  await emitResolved(ctx, await store.resolveConflicts(ctx.tx, { causeId }, 'cause_ended', ctx.now));
}

export async function resolveConflict(ctx: Context, id: string, resolution: string): Promise<Conflict> {
  const conflict = await getConflict(ctx, id);
  requireAccess(ctx, 'conflict.write', conflict);
  const [resolved] = await store.resolveConflicts(ctx.tx, { id }, resolution, ctx.now);
  if (!resolved) throw new DomainError('invalid_state', 'That conflict is resolved already.');
  await emitResolved(ctx, [resolved]);
  await audit(ctx, 'conflict.resolve', 'conflict', id, { resolution });
  return resolved;
}

export async function getConflict(ctx: Context, id: string): Promise<Conflict> {
  const conflict = await store.findConflict(ctx.tx, id);
  if (!conflict || !may(ctx, 'conflict.read', conflict)) throw missing(ctx, 'conflict', id);
  return conflict;
}

export async function listConflicts(ctx: Context, page: { status?: Conflict['status']; after?: string; before?: string; limit: number }): Promise<Conflict[]> {
  const operatorId = actingOrganisation(ctx);
  requireAccess(ctx, 'conflict.read', { operatorId });
  return store.listConflicts(ctx.tx, operatorId!, page);
}

function requireRange(from: EpochMs, to: EpochMs): void {
  if (to <= from) throw new DomainError('invalid_time_range', 'The end must come after the start.', { errors: [{ pointer: '/end', message: 'must come after the start' }] });
  if (to - from > MAX_SPAN_MS) throw new DomainError(
    'invalid_time_range', 'That is longer than a year.', { errors: [{ pointer: '/end', message: 'lies too far from the start' }] },
  );
}

function missing(ctx: Context, what: string, id: string): DomainError {
  if (ctx.actor.kind === 'public') return new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  return notFound(what, id);
}

async function emitResolved(ctx: Context, conflicts: Conflict[]): Promise<void> {
  await ctx.emit(...conflicts.map((conflict) => conflictEvent('conflict.resolved', conflict)));
}

function conflictEvent(type: string, conflict: Conflict): ContextEvent {
  return {
    type, object: 'conflict', objectId: conflict.id, objectVersion: conflict.version, isPublic: false, audience: [conflict.operatorId], touches: [], data: conflict,
  };
}

function blockEvent(type: string, block: Booking, location: Location): ContextEvent {
  return {
    type, object: 'block', objectId: block.id, objectVersion: type === 'block.created' ? 1 : 2, isPublic: false, audience: [location.operatorId],
    touches: [block.evseId], data: block,
  };
}

function outageEvent(type: string, outage: Outage, location: Pick<Location, 'operatorId'>): ContextEvent {
  return {
    type, object: 'outage', objectId: outage.id, objectVersion: outage.version, isPublic: false, audience: [location.operatorId], touches: [outage.evseId], data: outage,
  };
}
