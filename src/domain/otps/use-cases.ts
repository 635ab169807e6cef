import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { lockDriver } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { hashOtp, isOtp, newOtp, OTP_TRIES } from './otp.ts';
import * as store from './store.ts';

const STANDS_MS = 10 * MINUTE_MS;
const ISSUED_PER_HOUR = 6;
const PURGED_AT_ONCE = 5_000;

/** What a password is for: nothing else is opened by it. */
interface Subject {
  /** in a word, `session_start` */
  purpose: string;
  subjectId: string;
}

/**
 * Makes a password in the place of the one before (OTP-2). It is for whoever sends it to the driver, and for nobody else (OTP-1).
 * Throws `rate_limited` (OTP-3).
 */
export async function issueOtp(
  ctx: Context, { driverId, ttlMs = STANDS_MS, ...subject }: Subject & { driverId: string; ttlMs?: number },
): Promise<{ otp: string; expiresAt: EpochMs }> {
  await lockDriver(ctx.tx, driverId); // of many who ask at once, each is counted
  const { count, oldest } = await store.countIssues(ctx.tx, driverId, ctx.now - HOUR_MS);
  if (count >= ISSUED_PER_HOUR) {
    const retryAfterSeconds = Math.max(1, Math.ceil(((oldest ?? ctx.now) + HOUR_MS - ctx.now) / 1_000));
    throw new DomainError('rate_limited', 'Too many passwords were asked for: try again later.', { retryAfterSeconds });
  }
  await store.insertIssue(ctx.tx, { networkId: ctx.network.id, driverId, at: ctx.now });
  const otp = newOtp();
  const expiresAt = ctx.now + ttlMs;
  await store.putOtp(ctx.tx, { ...subject, driverId, networkId: ctx.network.id, ...await hashOtp(otp), expiresAt });
  return { otp, expiresAt };
}

/** What came of a password that was given back. What is wrong is told and not thrown: it has to be counted, which a refusal would undo. */
export type Checked = { right: true; driverId: string } | { refused: 'otp_expired' } | { refused: 'otp_wrong'; triesLeft: number };

/** Whether that is the password; the right one is used up by it (OTP-2). The caller commits, and refuses afterwards. */
export async function checkOtp(ctx: Context, subject: Subject, otp: string): Promise<Checked> {
  const sent = await store.lockOtp(ctx.tx, subject.purpose, subject.subjectId);
  if (sent?.networkId !== ctx.network.id || sent.expiresAt <= ctx.now || sent.tries >= OTP_TRIES) return { refused: 'otp_expired' };
  if (await isOtp(otp, sent)) {
    await store.deleteOtp(ctx.tx, subject.purpose, subject.subjectId);
    return { right: true, driverId: sent.driverId };
  }
  await store.setTries(ctx.tx, { ...subject, tries: sent.tries + 1 });
  return { refused: 'otp_wrong', triesLeft: OTP_TRIES - sent.tries - 1 };
}

/** Removes passwords of the network that stand no more, and what counts no more. */
export async function purgeOtps(ctx: Context): Promise<number> {
  const before = ctx.now - HOUR_MS;
  return (await store.deleteOtpsBefore(ctx.tx, ctx.network.id, before, PURGED_AT_ONCE)) + (await store.deleteIssuesBefore(ctx.tx, ctx.network.id, before, PURGED_AT_ONCE));
}
