/** Has stations keep slots, and lets them go: one slot at a time, each in a transaction of its own. */
import { SECOND_MS, type EpochMs } from '../../platform/clock/index.ts';
import { orderStation, targetAt, withdrawCommand } from '../chargers/index.ts';
import { appTokenOf, loadDriver, newTokenUid } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { lockFree, noteEnforcement, type Enforcement, type Reservation } from '../reservations/index.ts';
import { tellOverstay } from '../sessions/index.ts';
import { findStation, loadLocation } from '../stations/index.ts';
import { decide, isLive, keptUntil, mayHold, type Arming, type Decision, type Facts } from './arming.ts';
import { learnReserves, sweepSettings } from './settle-settings.ts';
import * as store from './store.ts';

/** Those that are due and looked through for one that nobody is working on. */
const LOOKED_THROUGH = 20;
/** A station that does not take it by then has gone: it is told again when it is back. */
const RESERVE_EXPIRES_MS = 60 * SECOND_MS;
/** So long after its own end a station may still hold what it was told. */
const CANCEL_EXPIRES_MS = 600 * SECOND_MS;

/** Does what is due of one slot, or of one station's settings; how many. */
export async function sweepArming(ctx: Context): Promise<number> {
  for (const step of [armNext, lookAtNext, tellOverstayer, sweepSettings]) if (await step(ctx) > 0) return 1;
  return 0;
}

/** The next instant after the context's time at which something of a slot is due at its station. */
export async function nextArming(ctx: Context): Promise<EpochMs | undefined> {
  const begins = await store.nextToArm(ctx.tx, ctx.network.id, ctx.now + ctx.settings.armLeadMs);
  const due = [begins === undefined ? undefined : begins - ctx.settings.armLeadMs, await store.nextLook(ctx.tx, ctx.network.id, ctx.now)]
    .filter((at) => at !== undefined);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** A slot comes up: what its station is to be told is written down, and looked at at once (ARM-1). */
async function armNext(ctx: Context): Promise<number> {
  for (const id of await store.listToArm(ctx.tx, ctx.network.id, ctx.now + ctx.settings.armLeadMs, LOOKED_THROUGH)) {
    const reservation = await lockFree(ctx, id);
    if (!reservation) continue;
    const { token, groupToken } = await tokenOf(ctx, reservation);
    await store.putArming(ctx.tx, {
      reservationId: id, evseId: reservation.evseId!, stationId: reservation.stationId!, networkId: reservation.networkId, operatorId: reservation.operatorId!,
      number: await store.nextNumber(ctx.tx), token, groupToken, state: 'arming', reason: null, expiresAt: null, commandId: null, firstSentAt: null, sentAt: null, tries: 0,
      mayHold: false, goneAt: null, armedAt: null, softAt: null, lookAt: ctx.now, createdAt: ctx.now, updatedAt: ctx.now,
    });
    await noteEnforcement(ctx, reservation, { enforcement: 'arming', startToken: reservation.driverId === null ? token : null }, 'reservation.updated');
    return 1;
  }
  return 0;
}

/** What both the driver's app and their cards begin it with; who has no driver gets a token of its own (ARM-2). */
async function tokenOf(ctx: Context, { driverId, startToken }: Reservation): Promise<{ token: string; groupToken: string | null }> {
  const driver = driverId === null ? undefined : await loadDriver(ctx.tx, driverId);
  if (!driver) return { token: startToken ?? newTokenUid('PTS'), groupToken: null };
  const { uid, groupUid } = await appTokenOf(ctx, driver);
  return { token: uid, groupToken: groupUid };
}

async function lookAtNext(ctx: Context): Promise<number> {
  for (const key of await store.listDue(ctx.tx, ctx.network.id, ctx.now, LOOKED_THROUGH)) {
    const reservation = await lockFree(ctx, key.reservationId);
    const arming = reservation && await store.lockArming(ctx.tx, key);
    if (!arming) continue;
    const facts = { reservation, ...await store.findFacts(ctx.tx, arming, ctx.now) };
    await follow(ctx, arming, facts, reservation, decide(arming, facts, ctx.now));
    return 1;
  }
  return 0;
}

async function follow(ctx: Context, arming: Arming, facts: Facts, reservation: Reservation, decision: Decision): Promise<void> {
  const { state, reason, lookAt } = decision;
  const sent = decision.send === 'reserve' ? await reserve(ctx, arming, facts) : decision.send === 'cancel' ? await cancel(ctx, arming, facts) : {};
  const after: Arming = {
    ...arming, state, reason, lookAt, mayHold: mayHold(arming, facts), ...sent, updatedAt: ctx.now,
    armedAt: arming.armedAt ?? (state === 'armed' ? ctx.now : null), softAt: arming.softAt ?? (state === 'soft' || state === 'not_enforceable' ? ctx.now : null),
  };
  await store.putArming(ctx.tx, after);
  if (state === 'armed' || reason === 'not_supported') await learnReserves(ctx, arming.stationId, state === 'armed');
  if (after.state !== arming.state) await tell(ctx, arming, after, reservation);
}

/** Each is told once as armed and once as soft; what it becomes later is an update. */
async function tell(ctx: Context, before: Arming, { state }: Arming, reservation: Reservation): Promise<void> {
  if (state === 'consumed' || state === 'released') {
    const isLeft = reservation.status === 'confirmed' && reservation.sessionId === null;
    if (isLeft) await noteEnforcement(ctx, reservation, { enforcement: null }, 'reservation.updated');
    return;
  }
  const isFirst = state === 'armed' ? before.armedAt === null : before.softAt === null;
  const event = state === 'arming' || !isFirst ? 'reservation.updated' : state === 'armed' ? 'reservation.armed' : 'reservation.soft';
  await noteEnforcement(ctx, reservation, { enforcement: state satisfies Enforcement }, event);
}

/** ARM-3: the same number replaces what the station has of it; nothing is sent that has become stale. */
async function reserve(ctx: Context, arming: Arming, facts: Facts): Promise<Partial<Arming>> {
  const { stationId, operatorId, number, token, groupToken, evseId, reservationId } = arming;
  const expiresAt = keptUntil(facts.reservation);
  const station = await stationOf(ctx, arming, facts);
  if (!station) return { lookAt: null, state: 'soft', reason: 'unavailable' };
  const command = await orderStation(ctx, { stationId, operatorId }, 'reserve_now', {
    target: targetAt(station, { evse: evseId }), reservationNumber: number, token, ...(groupToken === null ? {} : { groupToken }), expiresAt: new Date(expiresAt).toISOString(),
  }, { expiresInSeconds: seconds(Math.min(RESERVE_EXPIRES_MS, expiresAt - ctx.now)), subject: reservationId });
  const isAfterBoot = facts.bootedAt !== null && facts.bootedAt > (arming.sentAt ?? 0);
  return { commandId: command.id, expiresAt, sentAt: ctx.now, firstSentAt: arming.firstSentAt ?? ctx.now, tries: isAfterBoot ? 1 : arming.tries + 1, goneAt: null };
}

/** Withdrawn where it has not been sent yet; else the station is told when it is there, as long as it might hold it. */
async function cancel(ctx: Context, arming: Arming, { command }: Facts): Promise<Partial<Arming>> {
  const { stationId, operatorId, number, reservationId, expiresAt, commandId } = arming;
  if (command?.status === 'queued' && commandId !== null && (await withdrawCommand(ctx, commandId)) && !arming.mayHold) return { lookAt: null };
  const order = await orderStation(ctx, { stationId, operatorId }, 'cancel_reservation', { reservationNumber: number }, {
    expiresInSeconds: seconds(Math.max(0, (expiresAt ?? ctx.now) - ctx.now) + CANCEL_EXPIRES_MS), subject: reservationId,
  });
  return { commandId: order.id, tries: isLive(arming) ? 1 : arming.tries + 1 };
}

const seconds = (ms: number): number => Math.max(1, Math.floor(ms / SECOND_MS));

async function stationOf(ctx: Context, { stationId, evseId }: Arming, { reservation }: Facts & { reservation: { locationId?: string | null } }) {
  const location = reservation.locationId == null ? undefined : await loadLocation(ctx.tx, reservation.locationId);
  const station = location && findStation(location, stationId);
  return station?.evses.some(({ id }) => id === evseId) ? station : undefined;
}

/** ARM-5: who stands where somebody else's slot has begun is told, once. */
async function tellOverstayer(ctx: Context): Promise<number> {
  const id = await store.findOverstayer(ctx.tx, ctx.network.id, ctx.now);
  if (id !== undefined) await tellOverstay(ctx, id);
  return id === undefined ? 0 : 1;
}
