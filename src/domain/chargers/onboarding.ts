/** Stations that nobody has announced: refused, or kept waiting until their operator says which of its stations they are (CHS-7). */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, lockOrganisation, requireAccess, type Context } from '../organisations/index.ts';
import type { BootInfo } from './connection.ts';
import type { SecurityProfile, StationIdentity } from './identity.ts';
import { hashGiven, SHORTEST_PASSWORD } from './password.ts';
import type { PendingStation, UnknownStations } from './pending.ts';
import { provision } from './provisioning.ts';
import * as store from './store-onboarding.ts';

/** Of one operator, so that nobody can fill the table. */
const MOST_PENDING = 200;

export async function getOnboarding(ctx: Context): Promise<UnknownStations> {
  requireAccess(ctx, 'station.read', { operatorId: actingOrganisation(ctx) });
  return store.findPolicy(ctx.tx, actingOrganisation(ctx) ?? '');
}

export async function setOnboarding(ctx: Context, unknownStations: UnknownStations): Promise<void> {
  const operatorId = actingOrganisation(ctx);
  requireAccess(ctx, 'station.provision', { operatorId });
  await store.savePolicy(ctx.tx, operatorId!, unknownStations, ctx.now);
  await audit(ctx, 'station.onboarding', 'organisation', operatorId!, { unknown_stations: unknownStations });
}

type Newcomer = Pick<PendingStation, 'operatorId' | 'identity' | 'protocol' | 'remoteAddress'> & { password?: Uint8Array };

/** Notes a station that has come unknown; undefined where too many wait already. */
export async function notePending(ctx: Context, { password, ...newcomer }: Newcomer): Promise<PendingStation | undefined> {
  await lockOrganisation(ctx.tx, newcomer.operatorId);
  const known = await store.findPendingBy(ctx.tx, newcomer.operatorId, newcomer.identity);
  if (!known && (await store.countPending(ctx.tx, newcomer.operatorId)) >= MOST_PENDING) return undefined;
  const pending: PendingStation = {
    id: known?.id ?? newId('pendingStation'), networkId: ctx.network.id, boot: known?.boot ?? null, firstSeenAt: known?.firstSeenAt ?? ctx.now, lastSeenAt: ctx.now, ...newcomer,
    passwordHash: password !== undefined && password.length >= SHORTEST_PASSWORD ? await hashGiven(password) : null,
  };
  await store.savePending(ctx.tx, pending);
  if (!known) await tell(ctx, 'pending_station.created', pending, 1);
  return pending;
}

export function notePendingBoot(ctx: Context, id: string, boot: BootInfo): void {
  store.setPendingBoot(ctx.tx, id, boot, ctx.now);
}

export async function listPendingStations(ctx: Context, page: { after?: string; before?: string; limit: number }): Promise<PendingStation[]> {
  requireAccess(ctx, 'station.read', { operatorId: actingOrganisation(ctx) });
  return store.listPending(ctx.tx, actingOrganisation(ctx) ?? '', page);
}

/**
 * Says which of the operator's stations it is. The password that it came with is its own from now on; where it had none and needs one, one is made.
 */
export async function acceptPending(
  ctx: Context, id: string, { stationId, securityProfile }: { stationId: string; securityProfile?: SecurityProfile },
): Promise<StationIdentity & { password?: string }> {
  const pending = await lockOwnPending(ctx, id);
  const { passwordHash } = pending;
  const profile = securityProfile ?? (passwordHash === null ? 0 : 1);
  await store.deletePending(ctx.tx, id);
  const identity = await provision(ctx, stationId, { securityProfile: profile, identity: pending.identity }, profile === 1 || profile === 2 ? passwordHash : null);
  await tell(ctx, 'pending_station.accepted', pending, 2);
  return identity;
}

/** Forgets it; it may come again. */
export async function removePending(ctx: Context, id: string): Promise<void> {
  const pending = await lockOwnPending(ctx, id);
  await store.deletePending(ctx.tx, id);
  await tell(ctx, 'pending_station.removed', pending, 2);
  await audit(ctx, 'station.forget_pending', 'pending_station', id, { identity: pending.identity });
}

async function lockOwnPending(ctx: Context, id: string): Promise<PendingStation> {
  await lockOrganisation(ctx.tx, actingOrganisation(ctx) ?? ''); // before the row, as who notes a station does
  const pending = await store.lockPending(ctx.tx, id);
  if (pending?.networkId !== ctx.network.id) throw notFound('pending station', id);
  try {
    requireAccess(ctx, 'station.provision', pending);
  } catch (error) {
    throw error instanceof DomainError && error.code === 'forbidden' ? notFound('pending station', id) : error;
  }
  return pending;
}

type Told = 'pending_station.created' | 'pending_station.accepted' | 'pending_station.removed';

async function tell(ctx: Context, type: Told, pending: PendingStation, version: number): Promise<void> {
  const { passwordHash: _, ...data } = pending;
  await ctx.emit({
    type, object: 'pending_station', objectId: pending.id, objectVersion: version, isPublic: false, audience: [pending.operatorId], touches: [],
    data: { ...data, passwordHash: null, isWaiting: type === 'pending_station.created' },
  });
}
