import type { Context } from '../organisations/index.ts';
import type { Membership } from './programme.ts';

/** Tells the driver and their provider. A membership holds no phone number. */
export async function tellMembership(ctx: Context, type: 'membership.requested' | 'membership.activated' | 'membership.ended', membership: Membership): Promise<void> {
  await ctx.emit({
    type, object: 'membership', objectId: membership.id, objectVersion: membership.version, isPublic: false, audience: [membership.organisationId], touches: [], data: membership,
  });
}
