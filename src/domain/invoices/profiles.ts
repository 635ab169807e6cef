/** An organisation's legal profile, for the organisation itself. */
import { isDeepStrictEqual } from 'node:util';
import { notFound } from '../../platform/errors/index.ts';
import { actingOrganisation, audit, lockOrganisation, ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import { checkProfile, type LegalProfileInput } from './legal-profile.ts';
import { findProfile, insertProfile, type StoredProfile } from './store-profiles.ts';

/** Throws `not_found` while there is none. */
export async function getLegalProfile(ctx: Context): Promise<StoredProfile> {
  requireAccess(ctx, 'legal_profile.read', ownersOfCaller(ctx));
  const profile = await findProfile(ctx.tx, actingOrganisation(ctx) ?? '');
  if (!profile) throw notFound('legal profile', actingOrganisation(ctx) ?? '');
  return profile;
}

/** Sets it, as a new version; what was issued keeps the one that it was issued under. Throws `invalid_request`. */
export async function setLegalProfile(ctx: Context, input: LegalProfileInput): Promise<StoredProfile> {
  requireAccess(ctx, 'legal_profile.write', ownersOfCaller(ctx));
  const organisationId = actingOrganisation(ctx) ?? '';
  const content = checkProfile(input);
  await lockOrganisation(ctx.tx, organisationId);
  const known = await findProfile(ctx.tx, organisationId);
  if (known) {
    const { organisationId: _organisationId, version: _version, createdAt: _createdAt, ...before } = known;
    if (isDeepStrictEqual(before, JSON.parse(JSON.stringify(content)))) return known;
  }
  const profile = { ...content, organisationId, version: (known?.version ?? 0) + 1, createdAt: ctx.now };
  await insertProfile(ctx.tx, profile);
  await audit(ctx, 'legal_profile.set', 'organisation', organisationId, content);
  return profile;
}
