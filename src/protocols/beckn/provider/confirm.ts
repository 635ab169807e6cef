/** confirm → on_confirm: the booking (BKB-11, BKB-12). */
import { DomainError } from '../../../platform/errors/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { cancelPayment, lookUpPayment } from '../../../domain/payments/index.ts';
import { confirmReservation, lookAtPayment, sendStartOtp } from '../../../domain/reservations/index.ts';
import type { Services } from '../catalogue.ts';
import type { Answer, BecknMessage } from '../exchange/index.ts';
import type { BecknOrder } from '../order.ts';
import { beginOrder, saveOrder } from '../orders.ts';
import { BusinessError } from '../wire/index.ts';
import type { Dialect } from './dialect.ts';
import { noteOrder, type Asked } from './asked.ts';
import { checkToken } from './confirm-token.ts';
import { detailsOf, withDetails, type WayToPay } from './details.ts';
import { isPaid, orderNow, type OrderNow } from './order-now.ts';

export const confirm = (services: Services, dialect: Dialect) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const asked = dialect.read(message.body);
  const { acting, order: found } = await beginOrder(ctx, message);
  if (found.reservationId === null) throw new BusinessError('order_not_found', 'Nothing was initialised in that transaction: send init first.', '/context/transaction_id');
  const order = noteOrder(found, asked, false);
  const token = await authorised(acting, order, asked.token);
  if (token !== true) return token;
  const { isConfirmed, instead } = await confirmed(acting, order, asked.payment);
  const kept = withDetails(order, { isAuthorised: true, isPending: isConfirmed ? undefined : true, ...(instead ? { instead } : {}) });
  await saveOrder(ctx, kept);
  const now = await orderNow(acting, kept);
  if (isConfirmed && dialect.wantsStartOtp(services)) await sendPassword(acting, now);
  return dialect.show(acting, now, { services, ...(isConfirmed ? {} : { state: 'PENDING' }) });
};

/** BKB-11: a token that is wrong or missing is told and not thrown, since the try is counted. */
async function authorised(acting: Context, order: BecknOrder, token: string | undefined): Promise<true | Answer> {
  const { wantsToken = false, isAuthorised = false } = detailsOf(order);
  if (!wantsToken || isAuthorised) return true;
  const checked = token === undefined ? undefined : await checkToken(acting, order, token);
  if (checked && 'right' in checked) return true;
  const why = checked?.refused === 'otp_wrong' ? `That is not the password to confirm with; ${checked.triesLeft} tries are left.`
    : checked ? 'The password to confirm with has expired: send init again.' : 'The order is confirmed with the password that its driver was sent.';
  return { body: {}, error: { code: '50000', message: why } };
}

interface Confirmed {
  isConfirmed: boolean;
  /** how it is to be paid in place of how it was begun to be */
  instead?: WayToPay;
}

/**
 * BKB-12: what is declared is looked up, and PENDING until it is seen; what is unpaid is refused. BKB-21: unless confirm chooses another way to pay, by a request
 * to a UPI address or by a transfer: then it is PENDING until that is paid.
 */
async function confirmed(acting: Context, order: BecknOrder, { isDeclared, method, upiAddress }: Asked['payment']): Promise<Confirmed> {
  const { reservation, payment } = await lookAtPayment(acting, order.reservationId!);
  if (reservation.status === 'confirmed') return { isConfirmed: true };
  if (reservation.status !== 'pending') throw new BusinessError('business', `The order can not be confirmed any more: it is ${reservation.endedDetail ?? reservation.status}.`,
    '/message/order');
  try {
    await acting.tx.savepoint(() => confirmReservation(acting, reservation.id));
    return { isConfirmed: true };
  } catch (error) {
    const isUnpaid = error instanceof DomainError && error.code === 'payment_required';
    if (!isUnpaid || !payment || isPaid(payment)) throw error;
    const isOther = payment.method !== method && (method === 'bank_transfer' || (method === 'upi_transfer' && upiAddress !== undefined));
    if (!isDeclared && isOther && payment.status === 'pending') {
      await cancelPayment(acting, payment.id);
      return { isConfirmed: false, instead: { method, upiAddress, buyer: payment.metadata } };
    }
    if (!isDeclared) throw error;
    await lookUpPayment(acting, payment.id);
    return { isConfirmed: false };
  }
}

/** BKB-13: the password to start with goes to the driver, and to nobody else. Who can't be reached starts otherwise. */
export async function sendPassword(acting: Context, { reservation }: Pick<OrderNow, 'reservation'>): Promise<void> {
  if (reservation.driverId === null || reservation.sessionId !== null) return;
  try {
    await acting.tx.savepoint(() => sendStartOtp(acting, reservation.id));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
}
