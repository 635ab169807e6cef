import { DomainError, notFound } from '../../platform/errors/index.ts';
import { actingOrganisation, may, requireAccess, rolesOf, type Context } from '../organisations/index.ts';
import type { Session } from './session.ts';
import * as store from './store.ts';

export async function getSession(ctx: Context, id: string): Promise<Session> {
  const session = await store.findSession(ctx.tx, id);
  if (session?.networkId === ctx.network.id && may(ctx, 'session.read', session)) return session;
  if (ctx.actor.kind === 'public') throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  throw notFound('session', id);
}

export async function listSessions(ctx: Context, query: Omit<store.SessionListing, 'networkId' | 'organisationId' | 'operatorId' | 'partyId'>): Promise<Session[]> {
  const own = actingOrganisation(ctx);
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  requireAccess(ctx, 'session.read', { operatorId: own, organisationId: own, driverId: ownDriverId });
  if (ownDriverId !== undefined && query.driverId !== undefined && query.driverId !== ownDriverId) return [];
  const isDriver = rolesOf(ctx.actor).includes('driver');
  return store.listSessions(ctx.tx, { ...query, networkId: ctx.network.id, ...(isDriver ? { driverId: ownDriverId } : { partyId: own }) });
}
