/** Payment terminals that stations have of their own (OCPP 2.1 C18 to C23): a card that was authorised there begins a session, and the station settles it. */
import { lockEvses } from '../calendar/index.ts';
import type { Link } from '../chargers/index.ts';
import { normalUid } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { beginPayment, noteTerminalSettlement, type TerminalSettlement } from '../payments/index.ts';
import { exact, minorDigits } from '../pricing/index.ts';
import { loadLocationOfStation, type Location } from '../stations/index.ts';
import { rulesOfWalkIn } from './bill.ts';
import { saveSession } from './events.ts';
import { addSession, newSession, occupy, requireRoomToWalkIn } from './life.ts';
import { makeWay } from './make-way.ts';
import type { Session } from './session.ts';
import * as store from './store.ts';

/** What a station says that its terminal has authorised. */
export interface StationPayment {
  /** what the payment provider calls it */
  reference: string;
  /** in whole units of the tariff's currency; undefined where the station does not say */
  maxCost?: number | undefined;
}

interface TerminalStart {
  location: Location;
  stationId: string;
  evseId: string;
  connectorId: string;
  tokenUid: string;
  at: number;
  terminal: StationPayment;
}

/** SES-41: begins as a walk-in whom the operator serves. Throws what stands against that, and `already_exists` for a payment that has begun one before. */
export async function beginOfTerminal(ctx: Context, { location, terminal, at: startedAt, ...place }: TerminalStart): Promise<Session> {
  await lockEvses(ctx.tx, [place.evseId]);
  await makeWay(ctx, place.evseId);
  const endsBy = await requireRoomToWalkIn(ctx, location, place.evseId);
  const session = newSession(ctx, location, {
    ...place, organisationId: location.operatorId, driverId: null, reservationId: null, type: 'terminal', status: 'started', startedAt, endsBy, checkAt: ctx.now,
  });
  await addSession(ctx, session);
  await occupy(ctx, session, undefined);
  const amountMinor = await minorOf(ctx, session, location, terminal.maxCost);
  if (amountMinor === undefined || amountMinor.minor <= 0n) return session;
  const payment = await pay(ctx, session, { ...amountMinor, reference: terminal.reference, isFinal: false });
  return saveSession(ctx, session, { paymentId: payment.id }, 'session.updated');
}

function pay(ctx: Context, { organisationId, id }: Session, { minor, currency, reference, isFinal }: { minor: bigint; currency: string; reference: string; isFinal: boolean }) {
  return beginPayment(ctx, {
    organisationId, driverId: null, object: 'session', objectId: id, method: 'terminal', timing: isFinal ? 'post_fulfillment' : 'pre_fulfillment', currency, amountMinor: minor,
    isFinal, providerRef: reference,
  });
}

/** In minor units of the currency of the price there; undefined where there is none. */
async function minorOf(ctx: Context, session: Session, location: Location, units: number | undefined): Promise<{ minor: bigint; currency: string } | undefined> {
  const currency = units === undefined ? undefined : session.cost?.currency ?? (await rulesOfWalkIn(ctx, session, location))?.rules.tariff.currency;
  if (currency === undefined || units! < 0 || units! > MOST_UNITS) return undefined;
  return { minor: BigInt(Math.round(exact(units!.toFixed(6)).mul(10 ** minorDigits(currency)).valueOf())), currency };
}

const MOST_UNITS = 1_000_000;

export interface ToldSettlement extends Omit<TerminalSettlement, 'amountMinor'> {
  reference: string;
  /** in whole units of the currency */
  amount: number;
}

/** SES-41: what a station has settled is written down with its payment; where it had not said what was authorised, that is what was paid. */
export async function noteSettlement(ctx: Context, { stationId }: Link, { reference, amount, ...told }: ToldSettlement): Promise<void> {
  const location = await loadLocationOfStation(ctx.tx, stationId);
  const session = location && await store.findOfTerminal(ctx.tx, stationId, normalUid(reference));
  if (!location || !session) return;
  const settled = await minorOf(ctx, session, location, amount);
  if (!settled) return;
  const settlement: TerminalSettlement = { ...told, amountMinor: String(settled.minor) };
  if (await noteTerminalSettlement(ctx, location.operatorId, reference, settlement)) return;
  if (told.status !== 'settled' || settled.minor <= 0n) return;
  const payment = await pay(ctx, session, { ...settled, reference, isFinal: true });
  await noteTerminalSettlement(ctx, location.operatorId, reference, settlement);
  const locked = (await store.lockSession(ctx.tx, session.id))!;
  if (locked.paymentId === null) await saveSession(ctx, locked, { paymentId: payment.id }, 'session.updated');
}
