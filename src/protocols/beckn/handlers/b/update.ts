/** update → on_update: start with the password, stop, another slot (BKB-13, BKB-14). */
import { DomainError } from '../../../../platform/errors/index.ts';
import { MINUTE_MS } from '../../../../platform/clock/index.ts';
import type { Context } from '../../../../domain/organisations/index.ts';
import { minorDigits } from '../../../../domain/pricing/index.ts';
import { checkStartOtp, moveReservation } from '../../../../domain/reservations/index.ts';
import { startSession, stopSession, type Targets } from '../../../../domain/sessions/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import type { BecknOrder } from '../../order.ts';
import { saveOrder } from '../../orders.ts';
import { BusinessError, type Fields } from '../../wire/index.ts';
import { orderAnswer, orderNow, type OrderNow } from './answer.ts';
import { detailsOf, withDetails } from './details.ts';
import { at, attributesOf, orderOf, stopsOf, textOf, tokenOf, fieldsOf } from './read.ts';
import { theOrder } from './the-order.ts';

export const update = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer | undefined> => {
  const asked = orderOf(message.body);
  const { acting, order } = await theOrder(ctx, message);
  const attributes = attributesOf(asked);
  const change = fieldsOf(attributes['fulfillment-update'] ?? attributes['fulfillment-details']);
  const code = textOf(at(change, 'state', 'code')) ?? textOf(change['beckn:status']);
  const now = await orderNow(acting, order);
  if (code !== undefined && /^start[-_ ]?charging$/i.test(code)) return start(ctx, acting, now, tokenOf(change));
  if (code !== undefined && /^(stop|end)[-_ ]?charging$/i.test(code)) return stop(ctx, acting, now);
  if (Array.isArray(change['stops'])) return moved(ctx, acting, services, now, change);
  throw new BusinessError('update_target_invalid', 'An order can be updated by start-charging, by stop-charging, and by other stops.',
    '/message/order/beckn:orderAttributes/update-target');
};

/** The answer comes when the station has begun, or has not. A wrong password is counted: it is told and not thrown. */
async function start(ctx: Context, acting: Context, { order, reservation }: OrderNow, token: string | undefined): Promise<Answer | undefined> {
  if (reservation.status !== 'confirmed') throw new DomainError('invalid_state', `Charging can not begin: the order is ${reservation.status}.`);
  if (token === undefined) return refused('Charging begins with the password that its driver was sent.');
  if (reservation.sessionId !== null) throw new DomainError('invalid_state', 'Charging has begun already.');
  const checked = await checkStartOtp(acting, reservation.id, token);
  if ('refused' in checked) {
    return refused(checked.refused === 'otp_wrong' ? `That is not the password to start with; ${checked.triesLeft} tries are left.` : 'The password to start with has expired.');
  }
  const targets = targetsOf(order);
  await startSession(acting, { type: 'app', reservationId: reservation.id, ...(targets ? { targets } : {}) });
  await saveOrder(ctx, withDetails(order, { waiting: { for: 'start', asked: order.asked } }));
  return undefined;
}

const refused = (message: string): Answer => ({ body: {}, error: { code: '50000', message } });

/** What was wanted is where charging stops: so much energy, or what may be spent. */
function targetsOf(order: BecknOrder): Targets | undefined {
  const wanted = detailsOf(order).line?.wanted;
  if (!wanted) return undefined;
  if ('energyWh' in wanted) return { energyWh: wanted.energyWh };
  if ('minutes' in wanted) return { durationMinutes: Math.ceil(wanted.minutes) };
  return { costMinor: Math.round(wanted.amount * 10 ** minorDigits(wanted.currency)) };
}

async function stop(ctx: Context, acting: Context, { order, session }: OrderNow): Promise<undefined> {
  if (!session) throw new DomainError('invalid_state', 'Charging has not begun.');
  await stopSession(acting, session.id);
  await saveOrder(ctx, withDetails(order, { waiting: { for: 'stop', asked: order.asked } }));
  return undefined;
}

async function moved(ctx: Context, acting: Context, services: Services, { order, reservation }: OrderNow, change: Fields): Promise<Answer> {
  const { start: from, end: until } = stopsOf(change, reservation.timeZone);
  if (from === undefined && until === undefined) throw new BusinessError('update_target_invalid', 'The stops have no times.',
    '/message/order/beckn:orderAttributes/fulfillment-update/stops');
  const begin = from ?? reservation.reservedStart!;
  const durationMinutes = ((until ?? begin + (reservation.reservedEnd! - reservation.reservedStart!)) - begin) / MINUTE_MS;
  await moveReservation(acting, reservation.id, { start: begin, durationMinutes });
  await saveOrder(ctx, order);
  return orderAnswer(acting, await orderNow(acting, order), { services });
}
