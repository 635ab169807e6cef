/** What apps of Beckn 1.1 are told without asking: paid, charging, interrupted, ended, cancelled by the other side. And on_init, once there is a page to pay at. */
import type { StoredEvent } from '../../../../platform/events/index.ts';
import type { Context } from '../../../../domain/organisations/index.ts';
import { accrueFinderFee, getBill } from '../../../../domain/payments/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answered } from '../../exchange/index.ts';
import type { Teller, Told } from '../../follow.ts';
import type { BecknOrder } from '../../order.ts';
import { helpToTell } from '../../support.ts';
import { BusinessError, errorOfBusiness } from '../../wire/index.ts';
import { showHelp } from './after.ts';
import { wantsStartToken } from './confirm.ts';
import { withDetails } from './details.ts';
import { initialised } from './init.ts';
import { isPaid, knownOf, wholeOrder, type Known } from './whole.ts';

export const tellOrder = (services: Services): Teller => async (acting, order, event) => {
  if (order.reservationId === null) return [];
  if (event.object === 'support_ticket') {
    const help = await helpToTell(acting, services, event);
    return help ? [{ action: 'on_support', answer: showHelp(help) }] : [];
  }
  const known = await knownOf(acting, order);
  const { finderFee } = known.details;
  if (event.object === 'bill' && finderFee) await accrueFinderFee(acting, await getBill(acting, event.objectId), finderFee);
  return known.details.waitingInit ? tellInit(acting, services, known, known.details.waitingInit) : tellChange(acting, services, known, event);
};

/** The page is there, or there is none. */
async function tellInit(acting: Context, services: Services, { order, payment, reservation }: Known, to: Answered): Promise<Told[]> {
  const ready = withDetails(order, { waitingInit: undefined, payUrl: payment?.details.url });
  if (payment?.details.url !== undefined) {
    return [{ action: 'on_init', isSolicited: true, to, order: ready, answer: { body: { message: { order: await initialised(acting, services, ready) } } } }];
  }
  if (payment?.status === 'pending' && reservation.status === 'pending') return [];
  const error = errorOfBusiness('A', new BusinessError('payment_not_supported', 'The payment could not be begun: initialise again.'));
  return [{ action: 'on_init', isSolicited: true, to, order: ready, answer: { body: {}, error } }];
}

/** One word for what there is to tell; the same word is told once in a row. */
function newsOf({ details, reservation, session, payment }: Known, { type }: StoredEvent): { word: string; action: string } | undefined {
  const told = (word: string, action = 'on_status'): { word: string; action: string } => ({ word, action });
  const { status } = reservation;
  if (type === 'payment.refunded') return told(`refunded:${payment?.refundedMinor ?? 0}`);
  if (status === 'cancelled') return reservation.cancelledBy === 'operator' ? told('cancelled', 'on_cancel') : undefined;
  if (status === 'failed' || status === 'expired') return details.isConfirmed ? told(status, 'on_cancel') : told(status);
  if (session?.status === 'ended') return session.cost === null && type !== 'session.ended' ? undefined : told(`ended:${session.cost?.totalMinor ?? ''}`);
  if (session && (session.status === 'started' || session.status === 'paused')) return told(session.isInterrupted ? 'interrupted' : 'active');
  if (session?.status === 'cancelled') return told('start_failed');
  if (type === 'reservation.moved') return reservation.movedBecause === null ? undefined : told(`moved:${reservation.version}`);
  return payment && isPaid(payment) ? told('paid') : undefined;
}

async function tellChange(acting: Context, services: Services, known: Known, event: StoredEvent): Promise<Told[]> {
  const news = newsOf(known, event);
  if (!news || news.word === known.order.told) return [];
  const booked = await bookDeclared(acting, known, news.word);
  const order = { ...booked, told: news.word };
  return [{ action: news.action, order, answer: { body: { message: { order: await wholeOrder(acting, services, await knownOf(acting, order)) } } } }];
}

/** What an app has confirmed as paid is booked now that it is. */
async function bookDeclared(acting: Context, { order, details, reservation }: Known, word: string): Promise<BecknOrder> {
  if (word !== 'paid' || !details.isDeclared || details.isConfirmed || reservation.status !== 'confirmed') return order;
  return withDetails(order, { isConfirmed: true, wantsStartToken: await wantsStartToken(acting, reservation) });
}
