/** What an order is expected to cost, as the domain's engine has it: the same at select, at init and when it is to be paid. */
import type { Context } from '../../../../domain/organisations/index.ts';
import { createQuote, quoteSession, type BuyerFinderFee, type Quote, type StoredQuote, type Wanted } from '../../../../domain/pricing/index.ts';
import { programmesOf } from '../../../../domain/programmes/index.ts';
import { estimateOf, feesOf, reservationFeeMinor, type BookingPolicy, type Reservation } from '../../../../domain/reservations/index.ts';
import { DomainError } from '../../../../platform/errors/index.ts';
import type { ReadItem } from '../../catalogue.ts';

/** Set aside besides, in percent, as for every reservation (RSV-M2). */
const OVERAGE_PERCENT = '10';

export interface Price {
  bill: Quote['bill'];
  /** what is to be there besides what it is expected to cost */
  aside: { title: string; minor: bigint }[];
  /** all together: what is paid before, where that is asked */
  totalMinor: bigint;
}

function priceOf({ bill, overageProvisionMinor }: Quote, { fee: { depositMinor }, paymentTiming }: BookingPolicy): Price {
  const isSetAside = paymentTiming === 'pre_order' || paymentTiming === 'pre_fulfillment';
  const aside = [
    { title: 'Provision for overcharging, given back where it is not used', minor: isSetAside ? overageProvisionMinor : 0n },
    { title: 'Deposit, given back when the slot is used', minor: BigInt(depositMinor) },
  ];
  return { bill, aside, totalMinor: aside.reduce((sum, { minor }) => sum + minor, bill.totalMinor) };
}

export interface PriceWish {
  item: ReadItem;
  policy: BookingPolicy;
  start: number;
  end: number;
  /** else as long as the slot */
  energyWh: number | null;
  driverId?: string;
  finderFee?: BuyerFinderFee;
}

/** A quote that is kept for its time, and what it says with all that belongs to a reservation. */
export async function quoteFor(acting: Context, { item, policy, start, end, energyWh, driverId, finderFee }: PriceWish): Promise<{ stored: StoredQuote; price: Price }> {
  const durationMs = end - start;
  const wanted: Wanted = energyWh === null ? { durationMs } : { energyWh };
  const stored = await createQuote(acting, { connectorId: item.connector.id, start, wanted, driverId, buyerFinderFee: finderFee }, item);
  const feeMinor = reservationFeeMinor(policy, durationMs);
  return { stored, price: priceOf(quoteSession(stored.rules.rules, {
    start, wanted, mostMs: durationMs, powerW: stored.asked.powerW, timeZone: item.location.timeZone, locationId: item.location.id, connectorId: item.connector.id,
    programmeIds: driverId === undefined ? [] : await programmesOf(acting, driverId), fees: feesOf({ reservationFeeMinor: feeMinor, policy }), overagePercent: OVERAGE_PERCENT,
  }), policy) };
}

/** The energy that an amount of money pays for, with all that is collected before, and that flows within so long. */
export async function energyFor(acting: Context, { item, policy, start, driverId, mostMs }: Omit<PriceWish, 'energyWh' | 'end' | 'finderFee'> & { mostMs: number }, wanted: {
  amountMinor: bigint; currency: string;
}): Promise<number> {
  const isSetAside = policy.paymentTiming === 'pre_order' || policy.paymentTiming === 'pre_fulfillment';
  const amountMinor = isSetAside ? (wanted.amountMinor * 10n) / 11n : wanted.amountMinor;
  const { answer, asked: { powerW } } = await createQuote(acting, { connectorId: item.connector.id, start, wanted: { amountMinor }, driverId }, item);
  if (answer.currency !== wanted.currency) throw new DomainError('currency_mismatch', `Prices there are in ${answer.currency}.`);
  const fits = Math.min(answer.energyWh, Math.floor((powerW * mostMs) / 3_600_000));
  if (fits < 1) throw new DomainError('amount_out_of_range', 'That amount pays for no energy there.');
  return answer.totalMinor > Number(amountMinor) ? fits - 1 : fits;
}

/** Throws `price_unknown`. */
export async function priceOfReservation(acting: Context, r: Reservation): Promise<Price> {
  const quote = await estimateOf(acting, r);
  if (!quote) throw new DomainError('price_unknown', 'Nobody has set a price there.');
  return priceOf(quote, r.policy);
}
