/** One-time passwords by which a driver shows, at the charger, that a reservation is theirs (RSV-O1). */
import { DomainError } from '../../platform/errors/index.ts';
import type { EpochMs } from '../../platform/clock/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { spotOf, tellDriver } from '../notices/index.ts';
import { audit, type Context } from '../organisations/index.ts';
import { checkOtp, issueOtp, type Checked } from '../otps/index.ts';
import { lockForChange, requirePossible } from './read.ts';

const PURPOSE = 'session_start';

/**
 * Sends the driver of a confirmed reservation the password to start charging with; a new one takes the place of the old. Nobody else gets to know it.
 * Throws `invalid_state`, `rate_limited`, and `no_notice_sender` where nothing reaches the driver.
 *
 * @returns until when it stands
 */
export async function sendStartOtp(ctx: Context, id: string): Promise<{ expiresAt: EpochMs }> {
  const reservation = await lockForChange(ctx, id);
  requirePossible(reservation, 'session_start');
  const { driverId, sessionId, reservedEnd } = reservation;
  if (sessionId !== null) throw new DomainError('invalid_state', 'A session has been started on it already.', { session: sessionId });
  if (driverId === null) throw new DomainError('invalid_state', 'The reservation has no driver who could be sent a password.');
  if (ctx.now >= reservedEnd!) throw new DomainError('invalid_state', 'The slot is over.');
  const ttlMs = Math.min(ctx.settings.startOtpMs ?? Infinity, reservedEnd! - ctx.now);
  const { otp, expiresAt } = await issueOtp(ctx, { driverId, purpose: PURPOSE, subjectId: id, ttlMs });
  const spot = (await spotOf(ctx, reservation))!;
  const told = await tellDriver(ctx, {
    driverId, kind: 'session_otp', values: { otp, expiresAt, ...spot }, dedupeKey: `session_otp:${newId('notice')}`, about: id, sendBefore: expiresAt,
  });
  if (told === 0) throw new DomainError('no_notice_sender', 'Nothing reaches this driver: no phone number, e-mail address or push subscription that this network sends to.');
  await audit(ctx, 'reservation.send_otp', 'reservation', id);
  return { expiresAt };
}

/** Whether that is the password to start charging on a reservation with; the right one is used up. The caller commits what came of it, also a wrong try. */
export function checkStartOtp(ctx: Context, reservationId: string, otp: string): Promise<Checked> {
  return checkOtp(ctx, { purpose: PURPOSE, subjectId: reservationId }, otp);
}
