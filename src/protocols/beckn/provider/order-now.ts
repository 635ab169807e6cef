/** All that is known of an order. */
import type { Context } from '../../../domain/organisations/index.ts';
import { heldMinor, listBills, listPayments, type ObjectBill, type Payment, type PaymentWithRefunds } from '../../../domain/payments/index.ts';
import { estimateOf, getReservation, paymentDue, type PaymentDue, type Reservation } from '../../../domain/reservations/index.ts';
import { getSession, type Session } from '../../../domain/sessions/index.ts';
import { requireItem, type Item } from '../catalogue.ts';
import type { BecknOrder } from '../order.ts';
import { detailsOf, type Details } from './details.ts';

export interface OrderNow {
  order: BecknOrder;
  details: Details;
  item: Item;
  reservation: Reservation;
  session: Session | undefined;
  payments: readonly PaymentWithRefunds[];
  bill: ObjectBill | undefined;
  due: PaymentDue;
}

export async function orderNow(acting: Context, order: BecknOrder): Promise<OrderNow> {
  const reservation = await getReservation(acting, order.reservationId!);
  const session = reservation.sessionId === null ? undefined : await getSession(acting, reservation.sessionId);
  const [bill] = await listBills(acting, { objectId: reservation.id, limit: 1 });
  return {
    order, details: detailsOf(order), item: await requireItem(acting, reservation.connectorId!), reservation, session, bill, due: await paymentDue(acting, reservation),
    payments: (await listPayments(acting, { objectId: reservation.id, limit: 100 })).toReversed(),
  };
}

export type OrderState = 'INITIALIZED' | 'PENDING' | 'CONFIRMED' | 'ACTIVE' | 'COMPLETED' | 'CANCELLED';

export function stateOf({ reservation: { status }, session }: Pick<OrderNow, 'reservation' | 'session'>): OrderState {
  if (session?.status === 'ended' || status === 'completed') return 'COMPLETED';
  if (session?.status === 'started' || session?.status === 'paused') return 'ACTIVE';
  return status === 'pending' ? 'PENDING' : status === 'confirmed' ? 'CONFIRMED' : 'CANCELLED';
}

export const isPaid = ({ status }: Pick<Payment, 'status'>): boolean => status === 'authorized' || status === 'succeeded';

/** The payment that counts: the newest that has not come to nothing. */
export const paymentOf = ({ payments }: Pick<OrderNow, 'payments'>): PaymentWithRefunds | undefined => (
  payments.findLast(({ status }) => status !== 'cancelled' && status !== 'expired') ?? payments.at(-1));

/** What there is to be paid before charging, with what is set aside. */
export const askedMinor = ({ due: { timing, dueMinor, estimateMinor } }: Pick<OrderNow, 'due'>): bigint => (
  timing !== 'post_fulfillment' && estimateMinor !== null && estimateMinor > dueMinor ? estimateMinor : dueMinor);

/** A line of a quote or of a bill, as either has it. */
export interface Line {
  kind: string;
  name?: string;
  quantity: string;
  unit: 'kWh' | 'h' | 'once';
  unitPrice: string;
  exclTaxMinor: number | bigint;
  taxMinor: number | bigint;
}

/** What is collected beside the lines: set aside, given back later, or owed from before. */
export type Beside = 'overage' | 'deposit' | 'owed';

export interface Sum {
  currency: string;
  lines: readonly Line[];
  more: readonly { kind: Beside; minor: number | bigint }[];
}

/** In the end what the bill says; before, what is expected, with what is collected besides. Undefined where nobody has set a price. */
export async function sumOf(acting: Context, { reservation, bill, due }: Pick<OrderNow, 'reservation' | 'bill' | 'due'>): Promise<Sum | undefined> {
  if (bill) return { currency: bill.currency, lines: bill.content.lines, more: bill.carriedMinor > 0n ? [{ kind: 'owed', minor: bill.carriedMinor }] : [] };
  const estimate = await estimateOf(acting, reservation);
  if (!estimate) return undefined;
  const { policy: { fee } } = reservation;
  return {
    currency: estimate.bill.currency, lines: estimate.bill.lines,
    more: [
      ...(due.timing === 'post_fulfillment' || estimate.overageProvisionMinor === 0n ? [] : [{ kind: 'overage' as const, minor: estimate.overageProvisionMinor }]),
      ...(fee.depositMinor > 0 ? [{ kind: 'deposit' as const, minor: fee.depositMinor }] : []),
      ...(due.carriedMinor > 0n ? [{ kind: 'owed' as const, minor: due.carriedMinor }] : []),
    ],
  };
}

export interface Settled {
  /** of what was paid, given back or to be */
  backMinor: bigint;
  outstandingMinor: bigint;
  /** nothing of it is under way any more */
  isSettled: boolean;
}

/** What of the payments is given back by the bill, or still owed. */
export function settledBy(bill: ObjectBill, payments: readonly PaymentWithRefunds[]): Settled {
  const { totalMinor, carriedMinor, outstandingMinor } = bill;
  const owedMinor = totalMinor + carriedMinor - outstandingMinor;
  const keptMinor = payments.reduce((sum, { capturedMinor, refundedMinor }) => sum + capturedMinor - refundedMinor, 0n);
  const backMinor = paidMinor(payments) - owedMinor;
  return {
    backMinor: backMinor > 0n ? backMinor : 0n, outstandingMinor,
    isSettled: keptMinor <= owedMinor && payments.every((payment) => heldMinor(payment) === 0n && !payment.isBusy),
  };
}

/** All that was held or collected, whatever became of it. */
export const paidMinor = (payments: readonly PaymentWithRefunds[]): bigint => (
  payments.reduce((sum, { authorizedMinor, capturedMinor }) => sum + (authorizedMinor > capturedMinor ? authorizedMinor : capturedMinor), 0n));
