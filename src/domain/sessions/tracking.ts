/** A link by which anybody who has it can follow a session (SES-24). Of its secret only the hash is kept. */
import { createHash, randomBytes } from 'node:crypto';
import { DAY_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { audit, inContext, requireAccess, type Context, type Runtime } from '../organisations/index.ts';
import { findEvse, loadLocation } from '../stations/index.ts';
import { saveSession } from './events.ts';
import { liveOf, type LiveSession } from './live.ts';
import { getSession } from './read.ts';
import type { Session } from './session.ts';
import * as store from './store.ts';

/** 32 random bytes in base64url. */
export const TRACKING_TOKEN_PATTERN = '[A-Za-z0-9_-]{43}';
const VALID_AFTER_END_MS = 7 * DAY_MS;

/** Makes a link, in the place of the one before. Its secret is returned this once. Throws `invalid_state` where it would be of no use. */
export async function makeTracking(ctx: Context, id: string): Promise<string> {
  const session = await lockControlled(ctx, id);
  if (session.endedAt !== null && session.endedAt + VALID_AFTER_END_MS <= ctx.now) throw new DomainError('invalid_state', 'It has been over for too long.');
  const token = randomBytes(32).toString('base64url');
  await saveSession(ctx, session, { trackingHash: hashOf(token) }, 'session.updated');
  await audit(ctx, 'session_tracking.create', 'session', id);
  return token;
}

/** Ends the link; whoever follows the session by it sees no more. */
export async function endTracking(ctx: Context, id: string): Promise<void> {
  const session = await lockControlled(ctx, id);
  if (session.trackingHash === null) return;
  await saveSession(ctx, session, { trackingHash: null }, 'session.updated');
  await audit(ctx, 'session_tracking.end', 'session', id);
}

async function lockControlled(ctx: Context, id: string): Promise<Session> {
  await getSession(ctx, id);
  const session = (await store.lockSession(ctx.tx, id))!;
  requireAccess(ctx, 'session.control', session);
  return session;
}

/** What a link shows besides the session: where it is, and nothing of who. */
export interface TrackedSession {
  live: LiveSession;
  place: { name: string; address: string; city: string; timeZone: string; evse: string | null };
  /** null while it goes on */
  validUntil: EpochMs | null;
}

/** Throws `not_found` for a link that is not, or no longer, valid. */
export async function readTracked(runtime: Runtime, token: string): Promise<TrackedSession> {
  const found = await store.findByLink(runtime.database, hashOf(token));
  if (!found) throw notFound('session', '…');
  return inContext(runtime, { networkId: found.networkId, actor: { kind: 'system' } }, async (ctx) => {
    const live = await liveOf(ctx, (await store.findSession(ctx.tx, found.id))!);
    const validUntil = validUntilOf(live.session);
    if (live.session.trackingHash !== found.trackingHash || (validUntil !== null && validUntil <= ctx.now)) throw notFound('session', '…');
    const location = (await loadLocation(ctx.tx, live.session.locationId))!;
    const { name, address, city, timeZone } = location;
    return { live, place: { name, address, city, timeZone, evse: findEvse(location, live.session.evseId)?.physicalReference ?? null }, validUntil };
  });
}

export function validUntilOf({ endedAt }: Pick<Session, 'endedAt'>): EpochMs | null {
  return endedAt === null ? null : endedAt + VALID_AFTER_END_MS;
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
