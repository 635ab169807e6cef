/** The password that an order is confirmed with, where that is wanted (BKB-11). It is not the one that charging is started with. */
import type { Context } from '../../../domain/organisations/index.ts';
import { spotOf, tellDriver } from '../../../domain/notices/index.ts';
import { checkOtp, issueOtp, type Checked } from '../../../domain/otps/index.ts';
import { getReservation } from '../../../domain/reservations/index.ts';
import { MINUTE_MS } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import { orderIdOf, type BecknOrder } from '../order.ts';
import { detailsOf } from './details.ts';

const PURPOSE = 'beckn_confirm';

/** Sends it to the order's driver where it is wanted, and tells whether it is. Throws `no_notice_sender`. */
export async function askToken(acting: Context, order: BecknOrder): Promise<boolean> {
  const id = orderIdOf(order)!;
  const reservation = await getReservation(acting, id);
  const { wantsToken = false, isAuthorised = false } = detailsOf(order);
  if (!wantsToken || isAuthorised || reservation.driverId === null) return false;
  const { otp, expiresAt } = await issueOtp(acting, { driverId: reservation.driverId, purpose: PURPOSE, subjectId: id });
  const minutes = Math.floor((expiresAt - acting.now) / MINUTE_MS);
  const spot = (await spotOf(acting, reservation))!;
  const told = await tellDriver(acting, {
    driverId: reservation.driverId, kind: 'order_otp', values: { otp, minutes, ...spot }, dedupeKey: `order_otp:${newId('notice')}`, about: id, sendBefore: expiresAt,
  });
  if (told === 0) throw new DomainError('no_notice_sender', 'Nothing reaches this driver, who has to be sent a password to confirm with.');
  return true;
}

export const checkToken = (acting: Context, order: BecknOrder, token: string): Promise<Checked> => checkOtp(acting, { purpose: PURPOSE, subjectId: orderIdOf(order)! }, token);
