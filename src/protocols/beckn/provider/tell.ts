/** What apps are told of their orders without asking, and answers that had to wait for the outside (BKB-8, BKB-12 to BKB-17). */
import type { Context } from '../../../domain/organisations/index.ts';
import { accrueFinderFee, getBill, type PaymentEventData } from '../../../domain/payments/index.ts';
import { getReservation } from '../../../domain/reservations/index.ts';
import type { StoredEvent } from '../../../platform/events/index.ts';
import type { Services } from '../catalogue.ts';
import type { Told } from '../follow.ts';
import type { BecknOrder } from '../order.ts';
import { helpToTell } from '../support.ts';
import { cancellationOf } from './cancellation.ts';
import { sendPassword } from './confirm.ts';
import { detailsOf, withDetails } from './details.ts';
import type { Dialect } from './dialect.ts';
import { beginToPay, onInit } from './init.ts';
import { orderNow, stateOf } from './order-now.ts';

/** Who tells, and how. */
interface Voice {
  services: Services;
  dialect: Dialect;
}

type Tell = (acting: Context, voice: Voice, order: BecknOrder, event: StoredEvent) => Promise<readonly Told[]>;

const TELL: Record<string, Tell> = {
  'payment.updated': page, 'payment.authorized': paid, 'payment.captured': paid, 'payment.failed': unpaid, 'payment.expired': unpaid, 'payment.cancelled': withdrawn,
  'payment.refunded': (acting, voice, order) => show(acting, voice, order, 'on_status'),
  'reservation.confirmed': confirmed, 'reservation.armed': armed, 'reservation.moved': (acting, voice, order) => show(acting, voice, order, 'on_update'),
  'reservation.cancelled': ended, 'reservation.failed': ended, 'reservation.expired': ended,
  'session.started': (acting, voice, order) => show(acting, voice, order, 'on_update', 'start'),
  'session.cancelled': notStarted,
  'session.interrupted': (acting, voice, order) => show(acting, voice, order, 'on_status'),
  'session.reconnected': (acting, voice, order) => show(acting, voice, order, 'on_status'),
  'session.ended': (acting, voice, order) => show(acting, voice, order, 'on_update', 'stop'),
  'bill.issued': (acting, _voice, order, event) => finderFee(acting, order, event),
  'bill.corrected': async (acting, voice, order, event) => [...await finderFee(acting, order, event), ...await show(acting, voice, order, 'on_update')],
};

export const tellerOf = (services: Services, dialect: Dialect) => async (acting: Context, order: BecknOrder, event: StoredEvent): Promise<readonly Told[]> => {
  if (order.reservationId === null) return [];
  if (event.object === 'session') await services.telemetry.hurry(acting, order.reservationId);
  if (event.object === 'support_ticket') return help(acting, { services, dialect }, event);
  return TELL[event.type]?.(acting, { services, dialect }, order, event) ?? [];
};

/** The order as it is now; as the answer of what has waited for this, or unasked. */
async function show(acting: Context, voice: Voice, order: BecknOrder, action: string, awaited?: 'start' | 'stop'): Promise<readonly Told[]> {
  const now = await orderNow(acting, order);
  const { waiting } = detailsOf(order);
  const isAnswer = waiting !== undefined && (waiting.for === awaited || (waiting.for !== 'page' && stateOf(now) === 'COMPLETED'));
  const answer = await voice.dialect.show(acting, now, { services: voice.services });
  return [isAnswer ? { action, answer, isSolicited: true, to: waiting.asked, order: withDetails(order, { waiting: undefined }) } : { action, answer }];
}

/** The page on which it is paid is there: on_init. */
async function page(acting: Context, voice: Voice, order: BecknOrder, { data, objectId }: StoredEvent): Promise<readonly Told[]> {
  const { waiting } = detailsOf(order);
  const { details, status } = data as unknown as PaymentEventData;
  if (waiting?.for !== 'page' || (details.url === undefined && status === 'pending')) return [];
  const ready = withDetails(order, { waiting: undefined, ...(details.url === undefined ? {} : { page: { paymentId: objectId, url: details.url } }) });
  return [{ action: 'on_init', answer: await onInit(acting, voice.services, voice.dialect, ready), isSolicited: true, to: waiting.asked, order: ready }];
}

/** BKB-12: paid, before or after it was confirmed. */
async function paid(acting: Context, voice: Voice, order: BecknOrder, event: StoredEvent): Promise<readonly Told[]> {
  const first = await page(acting, voice, order, event);
  const now = await orderNow(acting, order);
  const state = stateOf(now);
  if (state === 'COMPLETED') return [...first, { action: 'on_status', answer: await voice.dialect.show(acting, now, { services: voice.services }) }]; // what was given back is
  if (state !== 'PENDING' && state !== 'CONFIRMED') return first;
  const isConfirmed = state === 'CONFIRMED' && detailsOf(order).isAuthorised === true;
  return [...first, { action: 'on_status', answer: await voice.dialect.show(acting, now, { services: voice.services, state: isConfirmed ? 'CONFIRMED' : 'PENDING' }) }];
}

/** BKB-21: what was begun is withdrawn: the other way to pay that was chosen begins, and is told of. */
async function withdrawn(acting: Context, voice: Voice, order: BecknOrder): Promise<readonly Told[]> {
  const { instead } = detailsOf(order);
  const reservation = await getReservation(acting, order.reservationId!);
  if (!instead || reservation.status !== 'pending') return [];
  await beginToPay(acting, reservation, instead);
  const begun = withDetails(order, { instead: undefined });
  return [{ action: 'on_status', answer: await voice.dialect.show(acting, await orderNow(acting, begun), { services: voice.services, state: 'PENDING' }), order: begun }];
}

async function unpaid(acting: Context, voice: Voice, order: BecknOrder, event: StoredEvent): Promise<readonly Told[]> {
  const first = await page(acting, voice, order, event);
  return first.length > 0 ? first : show(acting, voice, order, 'on_status');
}

/** One whose confirm came before its money is told of here; else its on_confirm says it. */
async function confirmed(acting: Context, voice: Voice, order: BecknOrder): Promise<readonly Told[]> {
  if (detailsOf(order).isPending !== true) return [];
  const known = withDetails(order, { isPending: undefined });
  const now = await orderNow(acting, known);
  if (voice.dialect.wantsStartOtp(voice.services)) await sendPassword(acting, now);
  return [{ action: 'on_status', answer: await voice.dialect.show(acting, now, { services: voice.services }), order: known }];
}

/** Its time comes: a password that has expired meanwhile is sent anew. */
async function armed(acting: Context, { services, dialect }: Voice, order: BecknOrder): Promise<readonly Told[]> {
  if (dialect.wantsStartOtp(services)) await sendPassword(acting, await orderNow(acting, order));
  return [];
}

/** BKB-17: what the app itself did is not told again. */
async function ended(acting: Context, voice: Voice, order: BecknOrder): Promise<readonly Told[]> {
  const now = await orderNow(acting, order);
  const { reservation } = now;
  if (reservation.status === 'cancelled' && reservation.cancelledBy === 'driver') return [];
  if (reservation.sessionId !== null && reservation.status === 'completed') return [];
  return [{ action: 'on_cancel', answer: await voice.dialect.show(acting, now, { services: voice.services, cancellation: cancellationOf(now, acting.now) }) }];
}

/** BKN-65: what the operator does with a case. */
async function help(acting: Context, { services, dialect }: Voice, event: StoredEvent): Promise<readonly Told[]> {
  const told = dialect.showHelp && await helpToTell(acting, services, event);
  return told ? [{ action: 'on_support', answer: dialect.showHelp!(told) }] : [];
}

/** What is owed to the app for having brought the driver, as it was quoted. */
async function finderFee(acting: Context, order: BecknOrder, { objectId }: StoredEvent): Promise<readonly Told[]> {
  const { finderFee: fee } = detailsOf(order);
  if (fee) await accrueFinderFee(acting, await getBill(acting, objectId), fee);
  return [];
}

/** A start that came to nothing. */
async function notStarted(acting: Context, { services, dialect }: Voice, order: BecknOrder): Promise<readonly Told[]> {
  const { waiting } = detailsOf(order);
  if (waiting?.for !== 'start') return [];
  const error = { code: '30008', message: 'The station did not begin to charge. Plug in, and try again.' };
  const answer = { ...await dialect.show(acting, await orderNow(acting, order), { services }), error };
  return [{ action: 'on_update', answer, isSolicited: true, to: waiting.asked, order: withDetails(order, { waiting: undefined }) }];
}
