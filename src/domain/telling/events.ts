/** TLG-2: what drivers are told of events. */
import { readEvents, type StoredEvent } from '../../platform/events/index.ts';
import { spotOf, tellDriver, type DriverKind, type Money, type NoticeValues, type SlotSpot } from '../notices/index.ts';
import type { Context } from '../organisations/index.ts';
import type { PaymentEventData } from '../payments/index.ts';
import { decimalOfUnits, minorDigits } from '../pricing/index.ts';
import type { Reservation } from '../reservations/index.ts';
import type { Ticket } from '../support/index.ts';

/** What a notice is made from; undefined where there is nothing to tell. */
type Told = { [K in DriverKind]: { kind: K; values: NoticeValues[K]; about?: string; sendBefore?: number } }[DriverKind] | undefined;
type Teller = (ctx: Context, event: StoredEvent) => Promise<Told>;

/** Characters of an answer that a message has room for. */
const MOST_TOLD = 300;

const TELLERS: Record<string, Teller> = {
  'reservation.confirmed': (ctx, event) => ofSlot(ctx, event, (values) => ({ kind: 'reservation_confirmed', values })),
  'reservation.moved': (ctx, event) => ofSlot(ctx, event, (values, { status, movedBecause: because }) => (
    status === 'confirmed' ? { kind: 'moved', values: { ...values, because } } : undefined)),
  'reservation.cancelled': (ctx, event) => ofSlot(ctx, event, (values, { cancelledBy, endedDetail: reason }) => (
    cancelledBy === 'operator' ? { kind: 'cancelled_by_operator', values: { ...values, reason } } : undefined)),
  'reservation.failed': (ctx, event) => ofSlot(ctx, event, (values, { confirmedAt }) => (
    confirmedAt === null ? undefined : { kind: 'cancelled_by_operator', values: { ...values, reason: null } })),
  'reservation.armed': (ctx, event) => ofSlot(ctx, event, ({ location, evse, timeZone }, { noShowAt, reservedEnd }) => ({
    kind: 'slot_armed', values: { location, evse, timeZone, until: noShowAt ?? null }, sendBefore: reservedEnd!,
  })),
  'session.started': (ctx, event) => ofSession(ctx, event, (spot) => ({ kind: 'session_started', values: spot })),
  'session.interrupted': (ctx, event) => ofSession(ctx, event, (spot, session) => ({
    kind: 'session_interrupted', values: { ...spot, goesOn: session.continuesLocally === true, estimatedRefund: moneyOf(session.estimatedRefund) },
  })),
  'session.reconnected': (ctx, event) => ofSession(ctx, event, (spot, { energyWh }) => ({ kind: 'session_reconnected', values: { ...spot, energyWh: numberOf(energyWh) } })),
  'session.ended': (ctx, event) => ofSession(ctx, event, (spot, { energyWh, cost }) => ({
    kind: 'session_finished', values: { ...spot, energyWh: numberOf(energyWh) ?? 0, cost: moneyOf(cost) },
  })),
  'session.overstay': (ctx, event) => ofSession(ctx, event, (spot, { overstay }) => {
    const { freeUntil, perMinute } = recordOf(overstay);
    const until = numberOf(freeUntil);
    return { kind: 'overstay', values: { ...spot, until: until !== null && until > event.occurredAt ? until : null, perMinute: moneyOf(perMinute) } };
  }),
  'payment.refunded': async (ctx, { data, objectId, position }) => {
    const { currency, refundedMinor } = data as unknown as PaymentEventData;
    const [before] = await readEvents(ctx.tx, { before: position, limit: 1, newestFirst: true }, { objectId });
    const minor = BigInt(refundedMinor) - BigInt((before?.data as PaymentEventData | undefined)?.refundedMinor ?? 0);
    return minor > 0n ? { kind: 'refund', values: decimal(currency, minor) } : undefined;
  },
  'support_ticket.answered': async (_ctx, { data }) => {
    const { reference, message } = data as unknown as Ticket;
    return { kind: 'support_answered', values: { reference, answer: message.text.length > MOST_TOLD ? `${message.text.slice(0, MOST_TOLD)}…` : message.text } };
  },
};

/** The types of events that drivers may be told of. */
export const TOLD_EVENTS: readonly string[] = Object.keys(TELLERS);

const OF_THE_MOMENT = ['reservation.armed', 'session.started', 'session.interrupted', 'session.reconnected', 'session.overstay'];

/** Whether it is of no use afterwards (TLG-4). */
export function isOfTheMoment({ type }: StoredEvent): boolean {
  return OF_THE_MOMENT.includes(type);
}

/** The driver whom an event is about. */
export function driverOf({ data }: StoredEvent): string | undefined {
  return typeof data.driverId === 'string' ? data.driverId : undefined;
}

/** Tells the driver of an event, once (TLG-1). */
export async function tellOf(ctx: Context, driverId: string, event: StoredEvent): Promise<void> {
  const told = await TELLERS[event.type]?.(ctx, event);
  if (told) await tellDriver(ctx, { about: event.objectId, ...told, driverId, dedupeKey: event.id });
}

async function ofSlot(ctx: Context, { data }: StoredEvent, make: (slot: SlotSpot, reservation: Reservation) => Told): Promise<Told> {
  const reservation = data as unknown as Reservation;
  const { reservedStart: startsAt, reservedEnd: endsAt } = reservation;
  const spot = await spotOf(ctx, reservation);
  return spot && startsAt !== null && endsAt !== null ? make({ ...spot, startsAt, endsAt }, reservation) : undefined;
}

/** What sessions tell may grow: what is not there is not told. */
async function ofSession(ctx: Context, { data }: StoredEvent, make: (spot: NoticeValues['session_started'], session: Record<string, unknown>) => Told): Promise<Told> {
  const { locationId, evseId } = data;
  const spot = await spotOf(ctx, { locationId: typeof locationId === 'string' ? locationId : null, evseId: typeof evseId === 'string' ? evseId : null });
  return spot && make(spot, data);
}

const recordOf = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : {});
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** `{ currency, totalMinor }` or `{ currency, amountMinor }`, in numbers or text. */
function moneyOf(value: unknown): Money | null {
  const { currency, totalMinor, amountMinor } = recordOf(value);
  const minor = totalMinor ?? amountMinor;
  if (typeof currency !== 'string' || (typeof minor !== 'number' && typeof minor !== 'string')) return null;
  return decimal(currency, BigInt(minor));
}

function decimal(currency: string, minor: bigint): Money {
  return { currency, amount: decimalOfUnits(minor, minorDigits(currency)) };
}
