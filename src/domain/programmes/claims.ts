/** PGM-6: how often somebody may claim to be a member. */
import { createHash } from 'node:crypto';
import { HOUR_MS } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Context } from '../organisations/index.ts';
import * as store from './store-memberships.ts';

const CLAIMS_PER_DRIVER = 10;
const CLAIMS_OF_ONE = 5;
const PURGED_AT_ONCE = 5_000;

/** Counts a claim; the driver's row must be locked. Throws `rate_limited` when it is one too many. What is claimed is kept hashed, and for a while only. */
export async function countClaim(ctx: Context, driverId: string, claimed: string): Promise<void> {
  const claimHash = createHash('sha256').update(`${ctx.network.id} ${claimed}`).digest('hex');
  await store.lockClaim(ctx.tx, claimHash);
  const { ofDriver, ofClaim, oldest } = await store.countClaims(ctx.tx, { driverId, claimHash, since: ctx.now - HOUR_MS });
  if (ofDriver >= CLAIMS_PER_DRIVER || ofClaim >= CLAIMS_OF_ONE) {
    const retryAfterSeconds = Math.max(1, Math.ceil(((oldest ?? ctx.now) + HOUR_MS - ctx.now) / 1_000));
    throw new DomainError('rate_limited', 'Too many memberships were asked for: try again later.', { retryAfterSeconds });
  }
  await store.insertClaim(ctx.tx, { networkId: ctx.network.id, driverId, claimHash, at: ctx.now });
}

/** Removes claims and passwords of the network that count no more. */
export async function purgeClaims(ctx: Context): Promise<number> {
  const before = ctx.now - HOUR_MS;
  return (await store.deleteClaimsBefore(ctx.tx, ctx.network.id, before, PURGED_AT_ONCE)) + (await store.deleteOtpsBefore(ctx.tx, ctx.network.id, before, PURGED_AT_ONCE));
}
