/** From what an order asks for to the plug, the slot and the price that it can have. Nothing is promised by it. */
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { Interval } from '../../../domain/calendar/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { createQuote, isCurrency, minorDigits, type BuyerFinderFee, type FixedFee, type StoredQuote } from '../../../domain/pricing/index.ts';
import { feesOf, listFreeSlots, reservationFeeMinor, type BookingPolicy } from '../../../domain/reservations/index.ts';
import { priceAt, requireItem, type ReadItem } from '../catalogue.ts';
import { BusinessError, formatMoment } from '../wire/index.ts';
import type { OrderLine, StopTimes, Wanted } from './wanted.ts';
import type { Sum } from './order-now.ts';

export interface Offered {
  item: ReadItem;
  slot: Interval;
  quote: StoredQuote;
  policy: BookingPolicy;
  /** null where it is wanted by time */
  energyWh: number | null;
}

export interface OfferWish {
  line: OrderLine;
  /** what the line names, where it has been read already */
  item?: ReadItem;
  /** who sells it, as the order says */
  seller?: string;
  stops: StopTimes;
  /** whether another slot than the one that is asked for will do */
  takesNearest: boolean;
  driverId?: string;
  finderFee?: BuyerFinderFee;
}

/** What begins so soon is a spot booking, as the seed has it. */
const SPOT_MS = 5 * MINUTE_MS;
const EARLIER_MS = 6 * HOUR_MS;

/** BKB-4, BKB-5: throws `item_not_found`, `provider_not_found`, `slot_taken` and what stands against it in the network. */
export async function offerFor(ctx: Context, { line, item: known, seller, stops, driverId, finderFee, takesNearest }: OfferWish): Promise<Offered> {
  const item = known ?? await requireItem(ctx, line.itemId);
  const { operator, connector, policy } = item;
  if (seller !== undefined && ![operator.id, operator.slug].includes(seller)) {
    throw new BusinessError('provider_not_found', `${line.itemId} is not of ${seller}.`, '/message/order/beckn:seller');
  }
  const start = stops.start === undefined || stops.start < ctx.now + SPOT_MS ? ctx.now : stops.start;
  const quoteFor = (at: EpochMs, wanted: Parameters<typeof createQuote>[1]['wanted'], fees?: FixedFee[]) => createQuote(ctx, {
    connectorId: connector.id, start: at, wanted, fees, ...(driverId === undefined ? {} : { driverId }), ...(finderFee ? { buyerFinderFee: finderFee } : {}),
  }, item);
  const energyWh = await energyOf(line.wanted, (amountMinor, currency) => quotedEnergy(quoteFor, Math.max(start, ctx.now), amountMinor, currency));
  const durationMs = durationOf(line.wanted, energyWh, stops, { powerW: connector.maxPowerW, maxMinutes: policy.maxDurationMinutes });
  const slot = await nearestSlot(ctx, item, policy, { start, durationMs, stops, takesNearest });
  const fits = energyWh !== null && energyWh <= (connector.maxPowerW * (slot.end - slot.start)) / HOUR_MS;
  const { currency } = (await priceAt(ctx, item, slot.start)) ?? {};
  const fees = currency === policy.fee.currency ? feesOf({ policy, reservationFeeMinor: reservationFeeMinor(policy, slot.end - slot.start) }) : [];
  const quote = await quoteFor(slot.start, fits ? { energyWh } : { durationMs: slot.end - slot.start }, fees);
  return { item, slot, quote, policy, energyWh: fits ? energyWh : null };
}

async function energyOf(wanted: Wanted | undefined, ofAmount: (amountMinor: bigint, currency: string) => Promise<number>): Promise<number | null> {
  if (!wanted || 'minutes' in wanted) return null;
  if ('energyWh' in wanted) return wanted.energyWh;
  const { amount, currency } = wanted;
  if (!isCurrency(currency)) throw new BusinessError('business', `${currency} is no currency.`, '/message/order/beckn:orderItems/0');
  return ofAmount(BigInt(Math.round(amount * 10 ** minorDigits(currency))), currency);
}

async function quotedEnergy(quoteFor: (at: EpochMs, wanted: { amountMinor: bigint }) => Promise<StoredQuote>, start: EpochMs, amountMinor: bigint,
  currency: string): Promise<number> {
  const { answer } = await quoteFor(start, { amountMinor });
  const path = '/message/order/beckn:orderItems/0';
  if (answer.currency !== currency) throw new BusinessError('business', `Prices there are in ${answer.currency}.`, path);
  if (answer.energyWh === 0) throw new BusinessError('business', 'That amount does not pay for charging there.', path);
  return answer.energyWh;
}

/** From stop to stop; else as long as what is wanted takes: also where the stops are further apart than any slot there lasts, and so are a window. */
function durationOf(wanted: Wanted | undefined, energyWh: number | null, stops: StopTimes, { powerW, maxMinutes }: { powerW: number; maxMinutes: number }): number | undefined {
  const spanMs = spanOf(stops);
  const neededMs = wanted && 'minutes' in wanted ? wanted.minutes * MINUTE_MS : energyWh === null ? undefined : Math.ceil((energyWh / powerW) * HOUR_MS);
  return spanMs === undefined || (spanMs > maxMinutes * MINUTE_MS && neededMs !== undefined) ? neededMs : spanMs;
}

const spanOf = ({ start, end }: StopTimes): number | undefined => (start !== undefined && end !== undefined && end > start ? end - start : undefined);

interface SlotWish {
  start: EpochMs;
  durationMs?: number;
  stops: StopTimes;
  takesNearest: boolean;
}

/** BKB-5: the free slot that is nearest to the wish, earlier or later; the earlier of two. Or none but the one that is asked for. */
async function nearestSlot(ctx: Context, item: ReadItem, policy: BookingPolicy, wish: SlotWish): Promise<Interval> {
  const { location, evse, connector } = item;
  const { start, durationMs = policy.minDurationMinutes * MINUTE_MS, stops, takesNearest } = wish;
  if (policy.mode === 'walk_in_only') throw new DomainError('booking_not_offered', 'This location is open to walk-ins only.');
  const durationMinutes = Math.max(policy.minDurationMinutes, Math.ceil(durationMs / MINUTE_MS));
  if (durationMinutes > policy.maxDurationMinutes) {
    throw new DomainError('duration_not_allowed', `Slots here last ${policy.maxDurationMinutes} minutes at most.`, { max_duration_minutes: policy.maxDurationMinutes });
  }
  const { slots } = await listFreeSlots(ctx, {
    locationId: location.id, evseId: evse.id, connectorId: connector.id, durationMinutes, from: Math.max(ctx.now, start - EARLIER_MS), to: Math.max(ctx.now,
      start) + DAY_MS + durationMs,
    limit: 1_000,
  }, item);
  slots.sort((a, b) => Math.abs(a.start - start) - Math.abs(b.start - start) || a.start - b.start);
  const nearest = slots.find((slot) => takesNearest || isAsAsked(slot, stops, policy));
  // UBC's documents have 40000 for a time that is taken (BKC-6), BECKN-005 has 40002 where nothing at all is free.
  if (!nearest && slots.length > 0) throw new BusinessError('business', `That plug is not free then; it is from ${formatMoment(slots[0]!.start)}.`, '/message/order');
  if (!nearest) throw new BusinessError('slot_taken', 'That plug is not free around that time.', '/message/order');
  return { start: nearest.start, end: nearest.end };
}

/** Within a window, or where it was asked for, but for the place's grid. */
function isAsAsked(slot: Interval, { start, end }: StopTimes, { slotGridMinutes, maxDurationMinutes }: BookingPolicy): boolean {
  if (start === undefined) return true;
  const isWindow = (spanOf({ start, end }) ?? 0) > maxDurationMinutes * MINUTE_MS;
  return isWindow ? slot.start >= start && slot.end <= end! : Math.abs(slot.start - start) < Math.max(1, slotGridMinutes) * MINUTE_MS;
}

/** What a quote comes to, with what is collected besides. */
export function sumOfQuote({ answer }: StoredQuote, { paymentTiming, fee }: BookingPolicy): Sum {
  const isPrepaid = paymentTiming === 'pre_order' || paymentTiming === 'pre_fulfillment';
  return {
    currency: answer.currency, lines: answer.lines,
    more: [
      ...(isPrepaid && answer.overageProvisionMinor > 0 ? [{ kind: 'overage' as const, minor: answer.overageProvisionMinor }] : []),
      ...(fee.depositMinor > 0 && fee.currency === answer.currency ? [{ kind: 'deposit' as const, minor: fee.depositMinor }] : []),
    ],
  };
}
