/** select → on_select: the nearest slot that is free, and what it would cost. Nothing is held. */
import Type from 'typebox';
import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../../../platform/clock/index.ts';
import { together } from '../../../../platform/database/index.ts';
import type { Interval } from '../../../../domain/calendar/index.ts';
import type { Context } from '../../../../domain/organisations/index.ts';
import { minorDigits } from '../../../../domain/pricing/index.ts';
import { listFreeSlots, type BookingPolicy } from '../../../../domain/reservations/index.ts';
import { requireItem, type ReadItem } from '../../catalogue.ts';
import { beginOrder, saveOrder } from '../../orders.ts';
import type { Answer, BecknMessage, Handler } from '../../exchange/index.ts';
import { BusinessError } from '../../wire/index.ts';
import { detailsOf, withDetails } from './details.ts';
import { energyFor, quoteFor } from './price.ts';
import { askedOrder, timesOf, type AskedItem, type AskedOrder } from './read.ts';
import { SPOT } from './search.ts';
import { providerOf, quoteOf, stopsOf } from './show.ts';
import { orderedItem } from './whole.ts';

export const OrderMessage = Type.Object({ message: Type.Object({ order: Type.Object({}) }) });

export const selectHandler: Handler = {
  schema: OrderMessage,
  handle: async (ctx, message) => answerSelect(ctx, message),
};

/** The item that a message names, at the provider that it names. */
export async function itemAsked(ctx: Context, asked: AskedOrder, before?: string): Promise<{ item: ReadItem; itemId: string; isSpot: boolean }> {
  const itemId = asked.item?.id ?? before;
  if (itemId === undefined) throw new BusinessError('item_not_found', 'The order names no item.', '/message/order/items');
  const item = await requireItem(ctx, itemId.replace(SPOT, ''));
  if (asked.providerId !== undefined && asked.providerId !== item.operator.id && asked.providerId !== item.operator.slug) {
    throw new BusinessError('provider_not_found', 'That item is of another provider.', '/message/order/provider/id');
  }
  return { item, itemId, isSpot: itemId.endsWith(SPOT) };
}

async function answerSelect(ctx: Context, message: BecknMessage): Promise<Answer> {
  const asked = askedOrder(message.body);
  const [{ acting, order }, { item, itemId, isSpot }] = await together([beginOrder(ctx, message), itemAsked(ctx.as({ actor: { kind: 'public' } }), asked)]);
  const { policy } = item;
  const times = isSpot ? {} : timesOf(asked.fulfillment, item.location.timeZone);
  const wish = await wishOf(acting, item, policy, times, asked.item!);
  const slot = await nearestSlot(acting, item, wish);
  const { stored, price } = await quoteFor(acting, { item, policy, ...slot, energyWh: wish.energyWh, finderFee: asked.finderFee });
  const before = detailsOf(order);
  const details = {
    ...(before.billing ? { billing: before.billing } : {}), itemId, ...slot, energyWh: wish.energyWh, quoteId: stored.id,
    ...(asked.item?.quantity ? { measure: asked.item.quantity.measure } : {}), ...(asked.finderFee ? { finderFee: asked.finderFee } : {}),
    ...(asked.vehicle ? { vehicle: asked.vehicle } : {}),
  };
  // One that is held or booked already stays what it is: what is selected now counts with the next init.
  await saveOrder(ctx, order.reservationId === null ? { ...order, details: { ...details } } : withDetails(order, {}));
  return { body: { message: { order: {
    type: 'DRAFT', provider: providerOf(item), items: [await orderedItem(acting, item, details, isSpot ? 'Spot Booking' : 'Book now')],
    fulfillments: [{ id: item.evse.id, type: 'CHARGING', stops: stopsOf(item, slot), ...(asked.vehicle ? { vehicle: asked.vehicle } : {}) }],
    quote: quoteOf(itemId, price.bill, price.aside),
  } } } };
}

export interface SlotWish {
  /** else as soon as possible */
  start?: EpochMs;
  durationMinutes: number;
  energyWh: number | null;
}

const HOUR_MINUTES = 60;

/** How long, and how much. What is asked for in money or energy, without an end, lasts as long as it takes. */
export async function wishOf(acting: Context, item: ReadItem, policy: BookingPolicy, { start, end }: Partial<Interval>, { quantity }: AskedItem): Promise<SlotWish> {
  if (start !== undefined && end !== undefined && end <= start) {
    throw new BusinessError('fulfilment_unavailable', 'The order ends before it begins.', '/message/order/fulfillments/0/stops');
  }
  const grid = policy.slotGridMinutes;
  const within = (minutes: number): number => Math.min(Math.max(Math.ceil(minutes / grid) * grid, policy.minDurationMinutes), policy.maxDurationMinutes);
  const asked = start !== undefined && end !== undefined ? (end - start) / MINUTE_MS : undefined;
  const amount = quantity?.amount;
  if (amount === undefined) return { start, durationMinutes: within(asked ?? HOUR_MINUTES), energyWh: null };
  if ('durationMinutes' in amount) return { start, durationMinutes: within(asked ?? amount.durationMinutes), energyWh: null };
  const mostMs = (asked === undefined ? policy.maxDurationMinutes : within(asked)) * MINUTE_MS;
  const energyWh = 'energyWh' in amount ? Math.min(amount.energyWh, Math.floor((item.connector.maxPowerW * mostMs) / HOUR_MS))
    : await energyFor(acting, { item, policy, start: Math.max(start ?? acting.now, acting.now), mostMs }, {
      amountMinor: minorOf(amount.money, amount.currency), currency: amount.currency,
    });
  const takes = (energyWh / item.connector.maxPowerW) * HOUR_MINUTES;
  return { start, durationMinutes: within(asked ?? takes), energyWh };
}

/** Whole minor units; what is finer is cut off. */
function minorOf(text: string, currency: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  const digits = minorDigits(currency);
  return BigInt(whole + fraction.padEnd(digits, '0').slice(0, digits));
}

const EITHER_WAY_MS = 12 * HOUR_MS;

/** The free slot nearest to what is asked for; the earlier of two. Throws `slot_taken` where there is none within half a day. */
export async function nearestSlot(acting: Context, item: ReadItem, { start, durationMinutes }: SlotWish): Promise<Interval> {
  const { evse, connector } = item;
  const around = start === undefined || start < acting.now ? acting.now : start;
  const from = Math.max(acting.now, around - EITHER_WAY_MS);
  const query = { evseId: evse.id, connectorId: connector.id, from, to: around + EITHER_WAY_MS + durationMinutes * MINUTE_MS, durationMinutes, limit: 500 };
  const { slots } = await listFreeSlots(acting, query, item);
  const nearest = slots.reduce<Interval | undefined>((best, slot) => (!best || Math.abs(slot.start - around) < Math.abs(best.start - around) ? slot : best), undefined);
  if (!nearest) throw new BusinessError('slot_taken', 'No slot is free there around that time.', '/message/order/fulfillments/0/stops');
  return { start: nearest.start, end: nearest.end };
}
