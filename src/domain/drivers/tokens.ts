/** What drivers show to charging stations (DRV-9, DRV-10). */
import { randomInt } from 'node:crypto';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { audit, requireAccess, type Context } from '../organisations/index.ts';
import type { Driver } from './driver.ts';
import * as store from './store-tokens.ts';
import { lockDriver } from './store.ts';
import { normalUid, type Token } from './token.ts';
import { getDriver } from './use-cases.ts';

const MOST_TOKENS = 20;
/** OCPP 1.6 has room for 20 characters; those that are read alike are left out. */
const SIGNS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const SIGNS_OF_UID = 16;

/** A name that nobody guesses: of an app, a group of tokens, or a session that has no driver. */
export function newTokenUid(prefix: 'PTA' | 'PTG' | 'PTS'): string {
  return prefix + Array.from({ length: SIGNS_OF_UID }, () => SIGNS[randomInt(SIGNS.length)]).join('');
}

/** Registers a card of a driver. Throws `already_exists` for one that anybody has. */
export async function addToken(ctx: Context, driverId: string, input: { uid: string; label?: string | null }): Promise<Token> {
  const driver = await getDriver(ctx, driverId);
  requireAccess(ctx, 'driver.write', { organisationId: driver.organisationId, driverId });
  await lockDriver(ctx.tx, driverId);
  const own = await store.listTokensOf(ctx.tx, driverId);
  if (own.length >= MOST_TOKENS) throw new DomainError('invalid_state', `A driver has ${MOST_TOKENS} tokens at most.`);
  const token = newToken(ctx, driver, { kind: 'rfid', uid: normalUid(input.uid), label: input.label ?? null, groupUid: own[0]?.groupUid });
  if (!(await store.insertToken(ctx.tx, token))) throw new DomainError('already_exists', 'That token belongs to somebody already.');
  await audit(ctx, 'token.create', 'driver', driverId, { token: token.id });
  return token;
}

export async function listTokens(ctx: Context, driverId: string): Promise<Token[]> {
  await getDriver(ctx, driverId);
  return store.listTokensOf(ctx.tx, driverId);
}

/** Blocks a card that was lost, or lets it count again. */
export async function updateToken(ctx: Context, id: string, { label, isBlocked }: { label?: string | null; isBlocked?: boolean }): Promise<Token> {
  const token = await getOwnToken(ctx, id);
  const changed: Token = { ...token, label: label === undefined ? token.label : label, isBlocked: isBlocked ?? token.isBlocked, updatedAt: ctx.now };
  await store.updateToken(ctx.tx, changed);
  await audit(ctx, 'token.update', 'driver', token.driverId, { token: id, blocked: changed.isBlocked });
  return changed;
}

export async function removeToken(ctx: Context, id: string): Promise<void> {
  const token = await getOwnToken(ctx, id);
  await store.deleteToken(ctx.tx, id);
  await audit(ctx, 'token.remove', 'driver', token.driverId, { token: id });
}

/** What stations are shown for the driver's app; it is made when it is first needed. */
export async function appTokenOf(ctx: Context, driver: Driver): Promise<Token> {
  const own = await store.listTokensOf(ctx.tx, driver.id);
  const known = own.find(({ kind }) => kind === 'app');
  if (known) return known;
  const token = newToken(ctx, driver, { kind: 'app', uid: newTokenUid('PTA'), label: null, groupUid: own[0]?.groupUid });
  if (await store.insertToken(ctx.tx, token)) return token;
  return (await store.listTokensOf(ctx.tx, driver.id)).find(({ kind }) => kind === 'app')!;
}

/** Whoever it belongs to; for what stations tell. */
export function findTokenByUid(ctx: Context, uid: string): Promise<Token | undefined> {
  return store.findTokenByUid(ctx.tx, ctx.network.id, normalUid(uid));
}

async function getOwnToken(ctx: Context, id: string): Promise<Token> {
  const token = await store.findToken(ctx.tx, id);
  const driver = token && await getDriver(ctx, token.driverId).catch(() => undefined);
  if (!token || !driver) throw notFound('token', id);
  requireAccess(ctx, 'driver.write', token);
  return token;
}

function newToken(ctx: Context, driver: Driver, given: Pick<Token, 'kind' | 'uid' | 'label'> & { groupUid: string | undefined }): Token {
  return {
    ...given, id: newId('token'), networkId: ctx.network.id, organisationId: driver.organisationId, driverId: driver.id, groupUid: given.groupUid ?? newTokenUid('PTG'),
    isBlocked: false, createdAt: ctx.now, updatedAt: ctx.now,
  };
}
