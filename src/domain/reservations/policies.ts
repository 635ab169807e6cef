import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, findOrganisation, requireAccess, type Context } from '../organisations/index.ts';
import { getLocationOf, type Location } from '../stations/index.ts';
import { notFound } from '../../platform/errors/index.ts';
import { DEFAULT_POLICY, requireConsistentPolicy, type BookingPolicy, type PolicyVersion } from './policy.ts';
import * as store from './store.ts';

/** What is in force where an operator has said nothing. */
const BUILT_IN = { id: null, version: 0, locationId: null } as const;

export type PolicyInForce = Omit<PolicyVersion, 'id' | 'createdAt'> & { id: string | null; createdAt?: number };

/** The policy in force at a location: its own, else its operator's default, else the built-in one (RSV-P3). */
export async function policyInForce(ctx: Context, location: Pick<Location, 'id' | 'operatorId'>): Promise<PolicyInForce> {
  return orBuiltIn(location.operatorId, await store.findPolicy(ctx.tx, location.operatorId, location.id));
}

/** The policy that was found in force, or, where an operator has made none, the built-in one. */
export function orBuiltIn(operatorId: string, version: PolicyVersion | undefined): PolicyInForce {
  return version ?? { ...BUILT_IN, operatorId, policy: DEFAULT_POLICY };
}

/** The policies in force at several locations, by location. */
export async function policiesInForce(ctx: Context, locations: readonly Pick<Location, 'id' | 'operatorId'>[]): Promise<Map<string, BookingPolicy>> {
  const versions = await store.listCurrentPolicies(ctx.tx, [...new Set(locations.map(({ operatorId }) => operatorId))]);
  const own = new Map(versions.map(({ locationId, operatorId, policy }) => [locationId ?? operatorId, policy]));
  return new Map(locations.map(({ id, operatorId }) => [id, own.get(id) ?? own.get(operatorId) ?? DEFAULT_POLICY]));
}

export async function getLocationPolicy(ctx: Context, locationId: string): Promise<PolicyInForce> {
  requireAccess(ctx, 'policy.read');
  return policyInForce(ctx, await getLocationOf(ctx, 'location', locationId));
}

/** An operator's default; without an id, the caller's own. */
export async function getOperatorPolicy(ctx: Context, operatorId?: string): Promise<PolicyInForce> {
  requireAccess(ctx, 'policy.read');
  const id = operatorId ?? actingOrganisation(ctx) ?? '';
  const operator = await findOrganisation(ctx.tx, id);
  if (operator?.networkId !== ctx.network.id) throw notFound('operator', id);
  return orBuiltIn(id, await store.findPolicy(ctx.tx, id, null));
}

/** Changes fields of the caller's default policy; the change is a new version, and promises made under the old one keep it (RSV-P1). */
export async function setOperatorPolicy(ctx: Context, change: Partial<BookingPolicy>): Promise<PolicyVersion> {
  const operatorId = actingOrganisation(ctx);
  requireAccess(ctx, 'policy.write', { operatorId });
  const { policy } = await getOperatorPolicy(ctx, operatorId);
  return savePolicy(ctx, operatorId!, null, { ...policy, ...change });
}

/** Changes fields of a location's policy, beginning with the operator's default where it has none of its own. */
export async function setLocationPolicy(ctx: Context, locationId: string, change: Partial<BookingPolicy>): Promise<PolicyVersion> {
  const location = await getLocationOf(ctx, 'location', locationId);
  requireAccess(ctx, 'policy.write', location);
  const { policy } = await policyInForce(ctx, location);
  return savePolicy(ctx, location.operatorId, location.id, { ...policy, ...change });
}

async function savePolicy(ctx: Context, operatorId: string, locationId: string | null, policy: BookingPolicy): Promise<PolicyVersion> {
  requireConsistentPolicy(policy);
  const version = await store.insertPolicy(ctx.tx, { id: newId('policy'), networkId: ctx.network.id, operatorId, locationId, policy, now: ctx.now });
  await ctx.emit({
    type: 'policy.updated', object: 'policy', objectId: locationId ?? operatorId, objectVersion: version.version, isPublic: true, audience: [operatorId],
    touches: [locationId ?? operatorId], data: version,
  });
  await audit(ctx, 'policy.update', 'policy', version.id, policy);
  return version;
}
