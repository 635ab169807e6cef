/** Where an order can be followed by whoever was given the link: no key, and no more than what goes on. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { inContext } from '../../domain/organisations/index.ts';
import { getReservation } from '../../domain/reservations/index.ts';
import { getSession, liveOf } from '../../domain/sessions/index.ts';
import type { Exchange } from './exchange/index.ts';
import { actingFor } from './orders.ts';
import { lockOrderOf } from './store-orders.ts';
import { formatMoment, type Fields } from './wire/index.ts';

export function addTrackingRoute(app: FastifyInstance, { runtime, settings: { networkId } }: Exchange): void {
  app.get('/beckn/track/:orderId/:token', { schema: { hide: true } }, async (request, reply) => {
    const { orderId, token } = request.params as { orderId: string; token: string };
    const shown = await inContext(runtime, { networkId, actor: { kind: 'system' } }, async (ctx): Promise<Fields | undefined> => {
      const order = await lockOrderOf(ctx.tx, networkId, orderId);
      const expected = order?.details.trackToken;
      if (!order || typeof expected !== 'string' || !isSame(token, expected)) return undefined;
      const acting = await actingFor(ctx, order);
      const reservation = order.reservationId === null ? undefined : await getReservation(acting, order.reservationId);
      const sessionId = reservation?.sessionId ?? order.sessionId;
      const live = sessionId === null ? undefined : await liveOf(acting, await getSession(acting, sessionId));
      const ended = live?.session.endedAt ?? null;
      return {
        order_id: orderId, state: live ? stateOf(live.session.status, live.session.isInterrupted) : reservation?.status === 'cancelled' ? 'CANCELLED' : 'PENDING',
        energy_kwh: live ? live.energyWh / 1_000 : 0, power_kw: live?.powerW == null ? null : live.powerW / 1_000, soc_percent: live?.socPercent ?? null,
        estimated_end: live?.estimatedEnd == null ? null : formatMoment(live.estimatedEnd), ended_at: ended === null ? null : formatMoment(ended),
      };
    });
    if (!shown) return reply.code(404).send({ error: { message: 'There is no such order.' } });
    return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').send(shown);
  });
}

function stateOf(status: string, isInterrupted: boolean): string {
  if (status === 'ended') return 'COMPLETED';
  if (status === 'cancelled') return 'CANCELLED';
  if (status === 'created') return 'PENDING';
  return isInterrupted ? 'CONNECTION-INTERRUPTED' : 'ACTIVE';
}

function isSame(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
