/** update → on_update: start with the password, stop, another slot (BKB-13, BKB-14). */
import { DomainError } from '../../../platform/errors/index.ts';
import { MINUTE_MS } from '../../../platform/clock/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { minorDigits } from '../../../domain/pricing/index.ts';
import { checkStartOtp, moveReservation } from '../../../domain/reservations/index.ts';
import { liveOf, setTargets, startSession, stopSession, type Targets } from '../../../domain/sessions/index.ts';
import type { Services } from '../catalogue.ts';
import type { Answer, BecknMessage } from '../exchange/index.ts';
import type { BecknOrder } from '../order.ts';
import { saveOrder } from '../orders.ts';
import { BusinessError } from '../wire/index.ts';
import type { Asked } from './asked.ts';
import { detailsOf, withDetails } from './details.ts';
import type { Dialect } from './dialect.ts';
import { orderNow, type OrderNow } from './order-now.ts';
import { theOrder } from './the-order.ts';

export const update = (services: Services, dialect: Dialect) => async (ctx: Context, message: BecknMessage): Promise<Answer | undefined> => {
  const asked = dialect.read(message.body);
  const { acting, order } = await theOrder(ctx, message);
  const now = await orderNow(acting, order);
  if (asked.charging === 'start') return start(ctx, acting, now, { token: asked.token, isTokenWanted: dialect.wantsStartOtp(services) });
  const shown = async (): Promise<Answer> => dialect.show(acting, await orderNow(acting, order), { services });
  if (asked.charging === 'stop') return stop(ctx, acting, now, shown);
  await moved(ctx, acting, now, asked);
  return shown();
};

/** The answer comes when the station has begun, or has not. A wrong password is counted: it is told and not thrown. */
async function start(
  ctx: Context, acting: Context, { order, reservation }: OrderNow, { token, isTokenWanted }: { token: string | undefined; isTokenWanted: boolean },
): Promise<Answer | undefined> {
  if (reservation.status !== 'confirmed') throw new DomainError('invalid_state', `Charging can not begin: the order is ${reservation.status}.`);
  if (token === undefined && isTokenWanted) return refused('Charging begins with the password that its driver was sent.');
  if (reservation.sessionId !== null) throw new DomainError('invalid_state', 'Charging has begun already.');
  const checked = token === undefined ? undefined : await checkStartOtp(acting, reservation.id, token);
  if (checked && 'refused' in checked) {
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

/** BKC-18: where parking costs, the session ends when the car is unplugged, and a stop ends what flows: then that is the answer, and the end is told unasked. */
async function stop(ctx: Context, acting: Context, { order, session }: OrderNow, shown: () => Promise<Answer>): Promise<Answer | undefined> {
  if (!session) throw new DomainError('invalid_state', 'Charging has not begun.');
  try {
    await acting.tx.savepoint(() => stopSession(acting, session.id));
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'stop_not_offered') throw error;
    const { energyWh } = await liveOf(acting, session);
    await setTargets(acting, session.id, { energyWh: Math.max(1, Math.floor(energyWh)) });
    await saveOrder(ctx, order);
    return shown();
  }
  await saveOrder(ctx, withDetails(order, { waiting: { for: 'stop', asked: order.asked } }));
  return undefined;
}

async function moved(ctx: Context, acting: Context, { order, reservation }: OrderNow, { stops }: Asked): Promise<void> {
  const { start: from, end: until } = stops(reservation.timeZone);
  if (from === undefined && until === undefined) {
    throw new BusinessError('update_target_invalid', 'An order can be updated by starting, by stopping, and by other times.', '/message/order');
  }
  const begin = from ?? reservation.reservedStart!;
  const durationMinutes = ((until ?? begin + (reservation.reservedEnd! - reservation.reservedStart!)) - begin) / MINUTE_MS;
  await moveReservation(acting, reservation.id, { start: begin, durationMinutes });
  await saveOrder(ctx, order);
}
