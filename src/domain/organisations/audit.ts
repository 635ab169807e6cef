import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, actorName, type Context } from './context.ts';
import { insertAudit } from './store.ts';

/** Writes down, in the caller's transaction, who changed what. `changes` holds what was set, never a secret. */
export async function audit(ctx: Context, action: string, object: string, objectId: string, changes: unknown = {}): Promise<void> {
  insertAudit(ctx.tx, {
    id: newId('audit'), networkId: ctx.network.id, organisationId: actingOrganisation(ctx) ?? null, actor: actorName(ctx.actor), action, object, objectId, changes,
    requestId: ctx.requestId ?? null, at: ctx.now,
  });
}
