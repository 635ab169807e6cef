import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { requireAccess } from './access.ts';
import { DRIVER_SCOPES, SCOPES, type Scope } from './scopes.ts';
import { audit } from './audit.ts';
import { actingOrganisation, type Context, type KeyActor, type Network } from './context.ts';
import { hashSecret, isSecretForm, newSecret, type ApiKey, type KeyKind } from './key.ts';
import { DEFAULT_MAX_ACTIVE_HOLDS, DEFAULT_MINIMUM_BALANCE_MINOR, NO_CONTACT, type Organisation, type OrganisationRole, type SupportContact } from './organisation.ts';
import * as store from './store.ts';

export interface NewOrganisation {
  slug: string;
  name: string;
  roles: OrganisationRole[];
  countryCode?: string;
  partyId?: string;
  maxActiveHolds?: number;
}

/** Adds an organisation to the network of the context. Only the system (command line, demo) may. Fails with `already_exists`. */
export async function createOrganisation(ctx: Context, input: NewOrganisation): Promise<Organisation> {
  requireSystem(ctx);
  if (await store.findOrganisationBySlug(ctx.tx, ctx.network.id, input.slug)) {
    throw new DomainError('already_exists', `The network has an organisation "${input.slug}" already.`);
  }
  const organisation: Organisation = {
    id: newId('organisation'), networkId: ctx.network.id, slug: input.slug, name: input.name, roles: input.roles, countryCode: input.countryCode ?? null,
    partyId: input.partyId ?? null, maxActiveHolds: input.maxActiveHolds ?? DEFAULT_MAX_ACTIVE_HOLDS,
    minimumBalanceMinor: DEFAULT_MINIMUM_BALANCE_MINOR, supportContact: NO_CONTACT, version: 1, createdAt: ctx.now,
  };
  await store.insertOrganisation(ctx.tx, organisation);
  await audit(ctx, 'organisation.create', 'organisation', organisation.id, { slug: input.slug, roles: input.roles });
  return organisation;
}

/** The caller's own organisation. */
export async function ownOrganisation(ctx: Context): Promise<Organisation> {
  requireAccess(ctx, 'organisation.read', ownersOfCaller(ctx));
  const organisation = await store.findOrganisation(ctx.tx, actingOrganisation(ctx) ?? '');
  if (!organisation) throw notFound('organisation', actingOrganisation(ctx) ?? '');
  return organisation;
}

export interface OrganisationChange {
  minimumBalanceMinor?: bigint;
  supportContact?: SupportContact;
}

/** Changes what the caller's own organisation asks of its drivers' wallets (a provider's), and how its support is reached. */
export async function updateOwnOrganisation(ctx: Context, { minimumBalanceMinor, supportContact }: OrganisationChange): Promise<Organisation> {
  if (minimumBalanceMinor !== undefined) requireAccess(ctx, 'payment.manage', ownersOfCaller(ctx));
  if (supportContact) requireAccess(ctx, 'support_contact.write', ownersOfCaller(ctx));
  const organisation = await ownOrganisation(ctx);
  const changed: Organisation = {
    ...organisation, minimumBalanceMinor: minimumBalanceMinor ?? organisation.minimumBalanceMinor, supportContact: supportContact ?? organisation.supportContact,
    version: organisation.version + 1,
  };
  await store.updateOrganisation(ctx.tx, changed);
  await audit(ctx, 'organisation.update', 'organisation', organisation.id, {
    ...(minimumBalanceMinor === undefined ? {} : { minimum_balance_to_start_session: Number(minimumBalanceMinor) }), ...(supportContact ? { support_contact: supportContact } : {}),
  });
  return changed;
}

export interface NewKey {
  name: string;
  kind: KeyKind;
  /** for a restricted key; a secret key has them all, a driver's key what drivers may do */
  scopes?: Scope[];
  driverId?: string;
  /** a secret given from outside (`PLUGTIME_DEMO_KEY`); else a fresh one is made */
  secret?: string;
}

/**
 * Makes a key for an organisation and returns its secret, this once. A caller can give away no scope that its own key
 * lacks (ORG-3).
 */
export async function issueKey(ctx: Context, organisationId: string, input: NewKey): Promise<{ key: ApiKey; secret: string }> {
  requireAccess(ctx, 'key.write', { operatorId: organisationId, organisationId });
  const scopes = scopesOf(input);
  if (ctx.actor.kind === 'key') {
    const own = ctx.actor.scopes;
    const missing = scopes.filter((scope) => !own.includes(scope));
    if (missing.length > 0) throw new DomainError('forbidden', `A key can not give away scopes that it lacks: ${missing.join(', ')}.`);
  }
  const secret = input.secret ?? newSecret(input.kind, ctx.network.mode);
  const key: ApiKey = {
    id: newId('apiKey'), organisationId, name: input.name, kind: input.kind, hint: secret.slice(-4), scopes, driverId: input.driverId ?? null,
    createdAt: ctx.now, lastUsedAt: null, revokedAt: null,
  };
  await store.insertKey(ctx.tx, key, hashSecret(secret));
  await audit(ctx, 'api_key.create', 'api_key', key.id, { name: key.name, kind: key.kind, scopes: key.scopes });
  return { key, secret };
}

function scopesOf(input: NewKey): Scope[] {
  if (input.kind === 'secret') return [...SCOPES];
  if (input.kind === 'driver') return [...DRIVER_SCOPES];
  if (!input.scopes?.length) throw new DomainError('invalid_request', 'A restricted key needs scopes.', { errors: [{ pointer: '/scopes', message: 'is required' }] });
  return [...new Set(input.scopes)];
}

export async function listKeys(ctx: Context): Promise<ApiKey[]> {
  requireAccess(ctx, 'key.read', ownersOfCaller(ctx));
  return store.listKeys(ctx.tx, actingOrganisation(ctx) ?? '');
}

export async function revokeKey(ctx: Context, id: string): Promise<ApiKey> {
  requireAccess(ctx, 'key.write', ownersOfCaller(ctx));
  const key = await store.revokeKey(ctx.tx, actingOrganisation(ctx) ?? '', id, ctx.now);
  if (!key) throw notFound('API key', id);
  await audit(ctx, 'api_key.revoke', 'api_key', id);
  return key;
}

/** The keys of any organisation of the network; for the installation itself. */
export async function listKeysOf(ctx: Context, organisationId: string): Promise<ApiKey[]> {
  requireSystem(ctx);
  return store.listKeys(ctx.tx, organisationId);
}

/** Revokes a key of any organisation of the network; false when there is none of that id. For the installation itself. */
export async function revokeAnyKey(ctx: Context, id: string): Promise<boolean> {
  requireSystem(ctx);
  for (const organisation of await store.listOrganisations(ctx.tx, ctx.network.id)) {
    if (!(await store.revokeKey(ctx.tx, organisation.id, id, ctx.now))) continue;
    await audit(ctx, 'api_key.revoke', 'api_key', id);
    return true;
  }
  return false;
}

export async function listAudit(ctx: Context, options: { before?: string; objectId?: string; limit: number }): Promise<store.AuditEntry[]> {
  requireAccess(ctx, 'audit.read', ownersOfCaller(ctx));
  return store.listAudit(ctx.tx, actingOrganisation(ctx) ?? '', options);
}

/** Finds who presents a secret; undefined for anything that is not a live key. */
export async function authenticate(db: Parameters<typeof store.findKeyByHash>[0], secret: string): ReturnType<typeof store.findKeyByHash> {
  return isSecretForm(secret) ? store.findKeyByHash(db, hashSecret(secret)) : undefined;
}

/**
 * Who acts for an organisation while nobody calls, when what it has asked for becomes due: with all that a secret key of it may do, whatever
 * has become of the key that asked. The audit log names what it acts through (a series, say).
 */
export async function actorFor(ctx: Context, organisationId: string, through: string): Promise<KeyActor> {
  return actorOf((await store.findOrganisation(ctx.tx, organisationId))!, through);
}

/** The same, of an organisation that has just been read. */
export function actorOf({ id, roles }: Pick<Organisation, 'id' | 'roles'>, through: string): KeyActor {
  return { kind: 'key', keyId: through, organisationId: id, roles, scopes: SCOPES };
}

export async function createNetwork(db: Parameters<typeof store.insertNetwork>[0], name: string, mode: Network['mode']): Promise<Network> {
  const network = { id: newId('network'), name, mode };
  await store.insertNetwork(db, network);
  return { id: network.id, mode };
}

/** The owners of something that belongs to the caller's own organisation. */
export function ownersOfCaller(ctx: Pick<Context, 'actor'>): { operatorId?: string; organisationId?: string; driverId?: string } {
  if (ctx.actor.kind !== 'key') return {};
  const { organisationId, driverId } = ctx.actor;
  return { operatorId: organisationId, organisationId, driverId };
}

function requireSystem(ctx: Context): void {
  if (ctx.actor.kind !== 'system') throw new DomainError('forbidden', 'Only the installation itself may do that.');
}
