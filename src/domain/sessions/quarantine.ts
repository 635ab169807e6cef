/** Messages that were acknowledged, since a station would repeat them for ever else, and fit nowhere: people decide (SES-14). */
import { notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import type { Link } from '../chargers/index.ts';
import { actingOrganisation, audit, requireAccess, type Context } from '../organisations/index.ts';
import { loadLocationOfStation } from '../stations/index.ts';
import type { QuarantinedMessage } from './quarantined-message.ts';
import * as store from './store-quarantine.ts';

export async function quarantine(ctx: Context, { stationId }: Link, { action, payload, reason }: Pick<QuarantinedMessage, 'action' | 'payload' | 'reason'>): Promise<void> {
  const location = await loadLocationOfStation(ctx.tx, stationId);
  if (!location) return;
  await store.insertQuarantined(ctx.tx, {
    id: newId('quarantinedMessage'), networkId: ctx.network.id, operatorId: location.operatorId, stationId, action, payload, reason, receivedAt: ctx.now, resolvedAt: null,
  });
}

/** What the caller's own stations have told that nobody could place, newest first; those that somebody has looked at are left out. */
export async function listQuarantined(ctx: Context, page: { after?: string; before?: string; limit: number }): Promise<QuarantinedMessage[]> {
  const operatorId = actingOrganisation(ctx);
  requireAccess(ctx, 'station.read', { operatorId });
  return store.listQuarantined(ctx.tx, operatorId!, page);
}

/** Somebody has looked at it and done what was to be done. */
export async function resolveQuarantined(ctx: Context, id: string): Promise<QuarantinedMessage> {
  const message = await store.findQuarantined(ctx.tx, id);
  if (!message || message.operatorId !== actingOrganisation(ctx)) throw notFound('quarantined message', id);
  requireAccess(ctx, 'station.command', message);
  const resolved: QuarantinedMessage = { ...message, resolvedAt: message.resolvedAt ?? ctx.now };
  await store.resolveQuarantined(ctx.tx, resolved);
  await audit(ctx, 'quarantined_message.resolve', 'charging_station', message.stationId, { message: id });
  return resolved;
}
