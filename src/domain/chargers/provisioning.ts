/** What operators give their charging stations to prove who they are. */
import { DomainError } from '../../platform/errors/index.ts';
import { audit, lockOrganisation, type Context } from '../organisations/index.ts';
import { disconnectStation } from './connections.ts';
import { IDENTITY_FORM, type SecurityProfile, type StationIdentity } from './identity.ts';
import { hashGiven, hashOwn, LONGEST_PASSWORD, newPassword, SHORTEST_PASSWORD } from './password.ts';
import { getOwnStation } from './own-station.ts';
import * as store from './store-identities.ts';

export interface CredentialsInput {
  securityProfile: SecurityProfile;
  /** the station's ref unless told */
  identity?: string;
  /** the one that the station has already; else a fresh one is made. With profiles 1 and 2 */
  password?: string;
}

/**
 * Says how a station of the caller's own proves who it is; what it had until now opens nothing any more, and its connection ends.
 *
 * @returns with the password that was made, this once
 * @throws `already_exists` when another station of the operator has the identity, `test_mode_only` for profile 0 in a live network, `invalid_request`
 */
export async function setCredentials(ctx: Context, stationId: string, input: CredentialsInput): Promise<StationIdentity & { password?: string }> {
  return provision(ctx, stationId, input, input.password === undefined || !hasPassword(input.securityProfile) ? null : await hashGiven(Buffer.from(input.password)));
}

/** The same, where the password that the station has is known by its hash only. */
export async function provision(
  ctx: Context, stationId: string, input: CredentialsInput, passwordHash: string | null,
): Promise<StationIdentity & { password?: string }> {
  const { location, station } = await getOwnStation(ctx, stationId, 'station.provision');
  const { securityProfile, identity = station.ref } = input;
  requireAllowed(ctx, { ...input, identity });
  const password = passwordHash === null && hasPassword(securityProfile) ? newPassword() : undefined;
  await lockOrganisation(ctx.tx, location.operatorId); // one at a time gives an identity away
  const saved: StationIdentity = {
    stationId, networkId: location.networkId, operatorId: location.operatorId, identity, securityProfile, createdAt: ctx.now, updatedAt: ctx.now,
    passwordHash: password === undefined ? passwordHash : hashOwn(password),
  };
  if (!(await store.saveIdentity(ctx.tx, saved))) {
    throw new DomainError('already_exists', `Another of your stations connects as "${identity}".`, { errors: [{ pointer: '/identity', message: 'is taken' }] });
  }
  await disconnectStation(ctx, stationId);
  await audit(ctx, 'station.provision', 'charging_station', stationId, { identity, security_profile: securityProfile });
  return { ...(await store.findIdentity(ctx.tx, stationId))!, password };
}

/** The station can't connect any more. Throws `not_found` when it had no credentials. */
export async function removeCredentials(ctx: Context, stationId: string): Promise<void> {
  await getOwnStation(ctx, stationId, 'station.provision');
  if (!(await store.deleteIdentity(ctx.tx, stationId))) throw new DomainError('not_found', 'That station has no credentials.');
  await disconnectStation(ctx, stationId);
  await audit(ctx, 'station.unprovision', 'charging_station', stationId);
}

const hasPassword = (profile: SecurityProfile): boolean => profile === 1 || profile === 2;

function requireAllowed(ctx: Context, { securityProfile, identity, password }: CredentialsInput & { identity: string }): void {
  if (securityProfile === 0 && ctx.network.mode === 'live' && !ctx.settings.allowOpenStations) {
    throw new DomainError('test_mode_only', 'In a live network a station has to prove who it is: take security profile 1, 2 or 3.');
  }
  const wrong = !IDENTITY_FORM.test(identity) ? { pointer: '/identity', message: 'must be 1 to 48 letters, digits and *-_=+|@. (the ref of the station is not)' }
    : password === undefined ? undefined
      : !hasPassword(securityProfile) ? { pointer: '/password', message: 'goes with security profiles 1 and 2' }
        : password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD ? { pointer: '/password', message: 'must have 16 to 40 characters' } : undefined;
  if (wrong) throw new DomainError('invalid_request', 'A station can not connect with that.', { errors: [wrong] });
}
