/** track → on_track: what is known of charging now, and a URL of the app that is told it from then on (BKB-16). */
import type { Context } from '../../../../domain/organisations/index.ts';
import { liveOf, type LiveSession } from '../../../../domain/sessions/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { saveOrder } from '../../orders.ts';
import { formatDuration, formatMoment, isFields, type Fields } from '../../wire/index.ts';
import { detailsOf, linkOf, orderNow, orderOf, textOf, theOrder, withDetails, type OrderNow } from '../../provider/index.ts';
import { fulfillmentFields, orderAnswer } from './answer.ts';
import { totalsOf } from './price.ts';
import { attributesOf } from './read.ts';
import { UPDATES_EVERY_MS } from './telemetry.ts';
import { amountOf, speedOf } from './words.ts';

export const track = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const attributes = attributesOf(orderOf(message.body));
  const { acting, order: found } = await theOrder(ctx, message);
  const url = textOf(attributes['callback-url']);
  const now = await orderNow(acting, found);
  if (url !== undefined) await services.telemetry.watch(ctx, { networkId: found.networkId, reservationId: now.reservation.id, url });
  const order = withDetails(found, { trackingUrl: await linkOf(acting, services, now) });
  await saveOrder(ctx, order);
  const known: OrderNow = { ...now, order, details: detailsOf(order) };
  const live = now.session && now.session.status !== 'created' ? await liveOf(acting, now.session) : undefined;
  return live ? tracked(acting, services, known, live) : orderAnswer(acting, known, { services, trackingDetails: trackingOf(acting, known) });
};

function trackingOf(acting: Context, { session, reservation, details }: OrderNow): Fields {
  const isLive = session?.status === 'started' || session?.status === 'paused';
  return {
    'beckn:id': `TRACK-${session?.id ?? reservation.id}`, 'beckn:url': details.trackingUrl, 'beckn:status': isLive ? 'ACTIVE' : 'INACTIVE',
    'live-updates': { 'update-frequency': formatDuration(UPDATES_EVERY_MS), 'next-update-at': formatMoment(acting.now + UPDATES_EVERY_MS) },
  };
}

async function tracked(acting: Context, services: Services, now: OrderNow, live: LiveSession): Promise<Answer> {
  const answer = await orderAnswer(acting, now, { services });
  const order = (answer.body.message as { order: Fields }).order;
  const [line] = order['beckn:orderItems'] as Fields[];
  const { session, energyWh, powerW, costMinor, currency, socPercent, estimatedEnd } = live;
  const kwh = String(energyWh / 1_000);
  const until = session.endedAt ?? acting.now;
  const metrics: Fields = {
    'energy-delivered': kwh, 'energy-unit': 'kWh', 'current-power': String((powerW ?? 0) / 1_000), 'power-unit': 'kW',
      'session-duration': formatDuration(until - session.startedAt),
    ...(estimatedEnd === null ? {} : { 'estimated-completion': formatDuration(estimatedEnd - acting.now) }),
  };
  const attributes = order['beckn:orderAttributes'] as Fields;
  const soFar = costMinor !== null && currency !== null && now.bill === undefined;
  const { connector } = now.item;
  return {
    ...answer,
    body: { message: { order: {
      ...order, 'beckn:orderItems': [{ ...line, 'beckn:orderItemAttributes': { ...(isFields(line?.['beckn:orderItemAttributes']) ? line['beckn:orderItemAttributes'] : {}),
        'real-time-metrics': metrics } }],
      ...(soFar ? { 'beckn:totals': soFarOf(kwh, costMinor, currency, connector.id) } : {}),
      'beckn:orderAttributes': {
        ...attributes, 'tracking-details': trackingOf(acting, now),
        'fulfillment-details': {
          ...fulfillmentFields(now), ...inProgress(now),
          'real-time-data': {
            'charging-speed': speedOf(powerW ?? connector.maxPowerW), ...(socPercent === null ? {} : { 'battery-level': `${socPercent}%` }),
            ...(estimatedEnd === null ? {} : { 'estimated-full-charge': formatMoment(estimatedEnd) }), 'vehicle-status': session.endedAt === null ? 'CONNECTED' : 'DISCONNECTED',
          },
        },
      },
    } } },
  };
}

function inProgress(now: OrderNow): Fields {
  const fields = fulfillmentFields(now);
  const state = fields['state'] as Fields;
  return state['code'] === 'ACTIVE' ? { state: { ...state, code: 'CHARGING-IN-PROGRESS', name: 'Charging Active' } } : {};
}

/** One line: what it has come to, all in. */
function soFarOf(kwh: string, costMinor: bigint, currency: string, itemId: string): Fields {
  return { ...totalsOf({ currency, lines: [], more: [] }, itemId), 'schema:price': amountOf(costMinor, currency), 'beckn:breakup': [{
    'schema:name': `Charging cost so far (${kwh} kWh)`, 'beckn:itemId': itemId, 'schema:price': amountOf(costMinor, currency), 'schema:priceCurrency': currency,
  }] };
}
