/** Parts of the network in the words of Beckn 1.1. Pure. */
import type { Interval } from '../../../../domain/calendar/index.ts';
import type { Payment } from '../../../../domain/payments/index.ts';
import { decimalOfUnits, minorDigits, type BillLine, type ShownPrice } from '../../../../domain/pricing/index.ts';
import type { BookingPolicy } from '../../../../domain/reservations/index.ts';
import type { Connector, Evse, Location, PowerType } from '../../../../domain/stations/index.ts';
import type { Item } from '../../catalogue.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';

export const money = (minor: bigint | number, currency: string): string => decimalOfUnits(BigInt(minor), minorDigits(currency));
const gpsOf = ({ latitude, longitude }: { latitude: number; longitude: number }): string => `${latitude},${longitude}`;
const addressOf = ({ address, postalCode, city }: Location): string => [address, [postalCode, city].filter(Boolean).join(' ')].filter(Boolean).join(', ');

export function providerOf({ location, operator }: Pick<Item, 'location' | 'operator'>): Fields {
  const image = location.operator?.logo?.url ?? location.images[0]?.url;
  const name = location.operator?.name ?? operator.name;
  const images = image === undefined ? {} : { images: [{ url: image }] };
  return { id: operator.id, descriptor: { name, short_desc: `${name}: charging stations to book and to use at once`, ...images } };
}

export function locationOf(location: Location): Fields {
  return { id: location.id, gps: gpsOf(location.coordinates), descriptor: { name: location.name }, address: addressOf(location) };
}

/** The times at which an EVSE can be had. */
export function fulfillmentOfEvse(location: Location, evse: Evse, slots: readonly Interval[]): Fields {
  const place = { gps: gpsOf(evse.coordinates ?? location.coordinates), address: addressOf(location) };
  return {
    id: evse.id, type: 'CHARGING',
    stops: slots.map(({ start, end }) => ({ type: 'START', location: place, time: { range: { start: formatMoment(start), end: formatMoment(end) } } })),
  };
}

const STATUS: Partial<Record<Evse['status'], string>> = { AVAILABLE: 'Available', CHARGING: 'In Use', BLOCKED: 'In Use', RESERVED: 'Reserved', UNKNOWN: 'Unknown' };
const SPEEDS: readonly [fromW: number, name: string][] = [[150_000, 'ULTRA-FAST'], [22_000, 'FAST'], [7_000, 'NORMAL'], [0, 'SLOW']];
const speedOf = (powerW: number): string => SPEEDS.find(([fromW]) => powerW >= fromW)![1];
const kilowatts = (powerW: number): string => `${Number((powerW / 1_000).toFixed(1))}kW`;
/** As networks of Beckn write them; others go by OCPI's names. */
const CONNECTORS: Record<string, string> = { IEC_62196_T2_COMBO: 'CCS2', IEC_62196_T1_COMBO: 'CCS1', IEC_62196_T2: 'Type 2', IEC_62196_T1: 'Type 1', CHADEMO: 'CHAdeMO' };

function kindOf(powerType: PowerType, powerW: number): string {
  const words: Record<string, string> = { 'ULTRA-FAST': 'Ultra-fast ', FAST: 'Fast ', NORMAL: '', SLOW: 'Slow ' };
  return `${powerType === 'DC' ? 'DC' : 'AC'} ${words[speedOf(powerW)]!}Charger`;
}

interface Naming {
  id?: string;
  code?: string;
  shortDesc?: string;
}

/** One connector; its price is of a kWh. */
export function itemOf({ evse, connector }: Pick<Item, 'evse' | 'connector'>, price: ShownPrice | undefined, { id, code = 'CHARGER', shortDesc }: Naming = {}): Fields {
  const name = `EV Charger ${evse.physicalReference ?? evse.uid} (${kindOf(connector.powerType, connector.maxPowerW)})`;
  return {
    id: id ?? connector.id, descriptor: { name, code, ...(shortDesc === undefined ? {} : { short_desc: shortDesc }) },
    ...(price ? { price: { value: price.perKwh, currency: `${price.currency}/kWh` } } : {}),
    tags: [specificationsOf(evse, connector)],
  };
}

function specificationsOf(evse: Evse, connector: Connector): Fields {
  const tag = (name: string, code: string, value: string): Fields => ({ descriptor: { name, code }, value });
  return {
    descriptor: { code: 'connector-specifications', name: 'Connector Specifications' },
    list: [
      tag('Connector Id', 'connector-id', connector.ref), tag('Power Type', 'power-type', connector.powerType),
      tag('Connector Type', 'connector-type', CONNECTORS[connector.standard] ?? connector.standard), tag('Connector Format', 'connector-format', connector.format),
      tag('Charging Speed', 'charging-speed', speedOf(connector.maxPowerW)), tag('Power Rating', 'power-rating', kilowatts(connector.maxPowerW)),
      tag('Status', 'status', STATUS[evse.status] ?? 'Maintenance'),
    ],
  };
}

export function stopsOf({ location, evse }: Pick<Item, 'location' | 'evse'>, { start, end }: Interval, more: { authorization?: Fields; instructions?: string } = {}): Fields[] {
  const where = [evse.floorLevel && `Floor ${evse.floorLevel}`, evse.physicalReference, evse.directions[0]?.text ?? location.directions[0]?.text];
  const instructions = more.instructions ?? (where.filter(Boolean).join(', ') || `At ${location.name}`);
  return [
    {
      type: 'START', time: { timestamp: formatMoment(start) },
      location: { gps: gpsOf(evse.coordinates ?? location.coordinates), descriptor: { name: location.name }, address: addressOf(location) },
      instructions: { short_desc: instructions }, ...(more.authorization ? { authorization: more.authorization } : {}),
    },
    { type: 'STOP', time: { timestamp: formatMoment(end) } },
  ];
}

/** What is priced, as engine and bills have it. */
export interface Priced {
  currency: string;
  lines: readonly (Pick<BillLine, 'kind' | 'name' | 'quantity' | 'unit' | 'unitPrice'> & { exclTaxMinor: bigint | number; taxMinor: bigint | number })[];
}

const TITLES: Partial<Record<BillLine['kind'], string>> = {
  energy: 'Charging session cost', time: 'Charging time', parking_time: 'Parking time', reservation_time: 'Reserved time', flat: 'Session fee', reservation_flat: 'Reservation',
  min_price: 'To the least price', max_price: 'To the highest price', service_fee: 'Service fee', reservation_fee: 'Reservation fee', no_show_fee: 'No-show fee',
  cancellation_fee: 'Cancellation fee', reservation_fee_credit: 'Reservation fee, credited',
};

/** Lines before tax, then the tax, then what else is set aside: together they are the price. */
export function quoteOf(itemId: string, { currency, lines }: Priced, aside: { title: string; minor: bigint }[] = []): Fields {
  const entry = (title: string, minor: bigint, item?: Fields): Fields => ({ title, ...(item ? { item } : {}), price: { value: money(minor, currency), currency } });
  const symbol = currency === 'INR' ? '₹' : `${currency} `;
  const titleOf = ({ kind, name, quantity, unit, unitPrice }: Priced['lines'][number]): string => {
    const title = kind === 'surcharge' || kind === 'offer' ? (name ?? kind) : (TITLES[kind] ?? kind);
    return unit === 'once' ? title : `${title} (${Number(quantity)} ${unit} @ ${symbol}${Number(unitPrice).toFixed(2)}/${unit})`;
  };
  const taxMinor = lines.reduce((sum, line) => sum + BigInt(line.taxMinor), 0n);
  const breakup = [
    ...lines.map((line) => entry(titleOf(line), BigInt(line.exclTaxMinor), line.kind === 'energy' ? { id: itemId } : undefined)),
    ...(taxMinor === 0n ? [] : [entry('Tax', taxMinor)]), ...aside.filter(({ minor }) => minor !== 0n).map(({ title, minor }) => entry(title, minor)),
  ];
  const total = lines.reduce((sum, line) => sum + BigInt(line.exclTaxMinor), taxMinor) + aside.reduce((sum, { minor }) => sum + minor, 0n);
  return { price: { value: money(total, currency), currency }, breakup };
}

const TIMINGS: Record<Payment['timing'], string> = { pre_order: 'PRE-ORDER', pre_fulfillment: 'PRE-FULFILLMENT', post_fulfillment: 'POST-FULFILLMENT' };
const METHODS = [
  ['BANK-TRANSFER', 'Pay by transferring to a bank account'], ['PAYMENT-LINK', 'Pay on the page that the link opens'],
  ['UPI-TRANSFER', 'Pay by UPI on the page that the link opens'],
] as const;

export interface Bank {
  code?: string;
  account?: string;
}

export interface ShownPayment {
  id: string;
  timing: Payment['timing'];
  currency: string;
  amountMinor: bigint;
  isPaid: boolean;
  at: number;
  url?: string;
  transactionId?: string;
  /** ways to pay, while it is to be paid */
  isOpen: boolean;
}

export function paymentOf(p: ShownPayment, bank: Bank): Fields {
  const hasBank = bank.code !== undefined && bank.account !== undefined;
  const offered = METHODS.filter(([code]) => (code === 'BANK-TRANSFER' ? hasBank : p.url !== undefined));
  return {
    id: p.id, collected_by: 'BPP', ...(p.url === undefined ? {} : { url: p.url }),
    params: {
      ...(p.transactionId === undefined ? {} : { transaction_id: p.transactionId }), amount: money(p.amountMinor, p.currency), currency: p.currency,
      ...(p.isOpen && hasBank ? { bank_code: bank.code, bank_account_number: bank.account } : {}),
    },
    type: TIMINGS[p.timing], status: p.isPaid ? 'PAID' : 'NOT-PAID', time: { timestamp: formatMoment(p.at) },
    ...(p.isOpen && offered.length > 0
      ? { tags: [{ descriptor: { code: 'payment-methods' }, list: offered.map(([code, short_desc]) => ({ descriptor: { code, short_desc } })) }] } : {}),
  };
}

/** How soon what is given back is there again: the provider of the payment is asked at once, banks take their time. */
const REFUND_WITHIN = 'P7D';

/** What is given back of so much, by the booking policy. */
export function refundTermsOf({ refundTiers, cancelUntilMinutes }: BookingPolicy, paidMinor: bigint, currency: string): Fields[] {
  const confirmed = (long_desc: string): Fields => ({ fulfillment_state: { descriptor: { name: 'Order Confirmed', code: 'CONFIRMED', long_desc } } });
  const tiers = [...refundTiers].sort((a, b) => b.minMinutesBeforeStart - a.minMinutesBeforeStart);
  return [
    ...tiers.map(({ minMinutesBeforeStart, refundPercent }) => ({
      ...confirmed(`${refundPercent}% refund available if cancelled at least ${spanOf(Math.max(minMinutesBeforeStart, cancelUntilMinutes))} before the scheduled charging time`),
      refund_eligible: refundPercent > 0, refund_within: { duration: REFUND_WITHIN },
      refund_amount: { currency, value: money((paidMinor * BigInt(Math.round(refundPercent * 100))) / 10_000n, currency) },
    })),
    { fulfillment_state: { descriptor: { name: 'Charging Active', code: 'ACTIVE' } }, refund_eligible: false },
  ];
}

const spanOf = (minutes: number): string => (minutes % 60 === 0 ? `${minutes / 60} hours` : `${minutes} minutes`);

export function cancellationTermsOf({ refundTiers }: BookingPolicy): Fields[] {
  return refundTiers.map(({ minMinutesBeforeStart, refundPercent }) => ({
    fulfillment_state: { descriptor: { code: 'CONFIRMED', name: 'Order Confirmed', short_desc: `cancelled at least ${spanOf(minMinutesBeforeStart)} before` } },
    reason_required: false, cancellation_fee: { percentage: String(100 - refundPercent) },
  }));
}
