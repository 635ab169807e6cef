/** What a session comes to (SES-8): priced by what was promised for it, billed and settled in the transaction that ends it. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import { billContent, billFees, billObject, EMPTY_BILL, paymentsOf, type BillContent, type BillInput, type ObjectBill } from '../payments/index.ts';
import { exact, priceSession, promisedRules, type FixedFee, type MeteredInterval, type PriceRules, type RulesInForce, type SessionCase } from '../pricing/index.ts';
import { programmesOf } from '../programmes/index.ts';
import { feesOf, rulesOf, type Reservation } from '../reservations/index.ts';
import { findEvse, type Location } from '../stations/index.ts';
import { meteredIntervals, type MeteredSession } from './metered.ts';
import type { Session, SessionCost } from './session.ts';
import { listReadings } from './store-readings.ts';
import { findOfSession } from './store-transactions.ts';

const HOUR_MS = 3_600_000;

/** Bills a session that has ended; null where neither it nor its reservation has a price. */
export async function billSession(ctx: Context, session: Session, location: Location, reservation: Reservation | undefined): Promise<SessionCost | null> {
  const inForce = reservation ? await rulesOf(ctx, reservation) : await rulesOfWalkIn(ctx, session, location);
  const fees = reservation ? feesOf(reservation) : [];
  const money = reservation?.money != null; // something was paid, and is to be given back even where nothing has a price
  if (!inForce && fees.length === 0 && !money) return null;
  const isOneCurrency = !inForce || fees.length === 0 || inForce.rules.tariff.currency === reservation!.currency;
  const about: BillAbout = { session, location, reservation };
  if (isOneCurrency) return costOf(await billAll(ctx, about, inForce, fees));
  const fee = { objectId: reservation!.id, currency: reservation!.currency, content: contentOf(about, billFees(reservation!.currency, fees)) };
  await billObject(ctx, { ...partiesOf(about), object: 'reservation', ...fee });
  const use = { objectId: session.id, currency: inForce.rules.tariff.currency, content: await priced(ctx, about, inForce, []) };
  return costOf(await billObject(ctx, { ...partiesOf(about), object: 'session', ...use }));
}

/** What was held or paid for a session that never began is given back, also what arrives after it. */
export async function billNothing(ctx: Context, session: Session): Promise<void> {
  const [payment] = await paymentsOf(ctx, session.id);
  if (!payment) return;
  const { organisationId, operatorId, driverId, id, locationId, startedAt } = session;
  await billObject(ctx, {
    organisationId, operatorId, driverId, object: 'session', objectId: id, sessionId: id, currency: payment.currency,
    content: { ...EMPTY_BILL, startedAt, endedAt: session.endedAt ?? ctx.now, locationId, rules: [], reason: 'nothing' },
  });
}

interface BillAbout {
  session: Session;
  location: Location;
  reservation: Reservation | undefined;
}

async function billAll(ctx: Context, about: BillAbout, inForce: RulesInForce | undefined, fees: readonly FixedFee[]): Promise<ObjectBill> {
  const { session, reservation } = about;
  const currency = inForce?.rules.tariff.currency ?? reservation!.currency;
  const content = inForce ? await priced(ctx, about, inForce, fees) : contentOf(about, fees.length > 0 ? billFees(currency, fees) : EMPTY_BILL);
  return billObject(ctx, { ...partiesOf(about), object: reservation ? 'reservation' : 'session', objectId: reservation?.id ?? session.id, currency, content });
}

function partiesOf({ session }: BillAbout): Pick<BillInput, 'organisationId' | 'operatorId' | 'driverId' | 'sessionId'> {
  const { organisationId, operatorId, driverId, id: sessionId } = session;
  return { organisationId, operatorId, driverId, sessionId };
}

async function priced(ctx: Context, about: BillAbout, inForce: RulesInForce, fees: readonly FixedFee[]): Promise<BillContent> {
  const { session } = about;
  const programmeIds = session.driverId === null ? [] : await programmesOf(ctx, session.driverId);
  const intervals = await intervalsOf(ctx, session, session.endedAt!);
  const bill = priceSession(inForce.rules, { ...caseOf(about), intervals, fees, programmeIds });
  return { ...contentOf(about, billContent(bill)), rules: [inForce.tariff, ...inForce.surcharges, ...inForce.offers] };
}

function contentOf({ session, location }: BillAbout, content: typeof EMPTY_BILL): BillContent {
  return { ...content, startedAt: session.startedAt, endedAt: session.endedAt!, locationId: location.id, rules: [], reason: 'charging' };
}

/** What of a session decides its price, but for what was metered. */
function caseOf({ session, location, reservation }: BillAbout): Omit<SessionCase, 'intervals'> {
  return {
    timeZone: location.timeZone, start: session.startedAt, locationId: location.id, ...(session.connectorId === null ? {} : { connectorId: session.connectorId }),
    ...(reservation ? { outcome: 'used' as const } : {}),
  };
}

/** What was metered until an instant. In a sandbox session nobody has: the energy flowed evenly. */
export async function intervalsOf(ctx: Context, session: Session, until: EpochMs): Promise<MeteredInterval[]> {
  const end: EpochMs = Math.max(until, session.startedAt + 1_000);
  if (session.type === 'sandbox') return [evenly(session.startedAt, end, session.energyWh)];
  const metered = await meteredOf(ctx, session, end);
  return metered ? meteredIntervals(metered) : [];
}

/** Undefined before its station has told of it. */
export async function meteredOf(ctx: Context, session: Pick<Session, 'id' | 'startedAt'>, until: EpochMs): Promise<MeteredSession | undefined> {
  const transaction = await findOfSession(ctx.tx, session.id);
  if (!transaction) return undefined;
  const { meterStartWh, meterStopWh, number } = transaction;
  const readings = (await listReadings(ctx.tx, session.id)).filter(({ transactionNumber }) => transactionNumber === number);
  return { startedAt: session.startedAt, endedAt: until, meterStartWh, meterStopWh, readings };
}

function evenly(start: EpochMs, end: EpochMs, energyWh: number): MeteredInterval {
  const powerW = (energyWh * HOUR_MS) / (end - start);
  return { start, end, state: 'charging', energyWh: exact(energyWh), minPowerW: powerW, maxPowerW: powerW };
}

/** How a session that goes on is priced: by which rules, and of what. Undefined where nothing has a price. */
export interface Pricing {
  rules: PriceRules;
  session: Omit<SessionCase, 'intervals'>;
}

export async function pricingOf(ctx: Context, session: Session, location: Location, reservation: Reservation | undefined): Promise<Pricing | undefined> {
  const inForce = reservation ? await rulesOf(ctx, reservation) : await rulesOfWalkIn(ctx, session, location);
  if (!inForce) return undefined;
  const programmeIds = session.driverId === null ? [] : await programmesOf(ctx, session.driverId);
  const fees = reservation && reservation.currency === inForce.rules.tariff.currency ? feesOf(reservation) : [];
  return { rules: inForce.rules, session: { ...caseOf({ session, location, reservation }), programmeIds, fees } };
}

export function rulesOfWalkIn(
  ctx: Context, { operatorId, startedAt, evseId, connectorId }: Pick<Session, 'operatorId' | 'startedAt' | 'evseId' | 'connectorId'>, location: Location,
): Promise<RulesInForce | undefined> {
  const connector = findEvse(location, evseId)?.connectors.find(({ id }) => id === connectorId);
  return promisedRules(ctx, { operatorId, locationId: location.id, tariffRefs: connector?.tariffIds ?? [], start: startedAt, at: startedAt, quoteId: null });
}

const costOf = ({ id: billId, currency, totalMinor }: ObjectBill): SessionCost => ({ billId, currency, totalMinor: Number(totalMinor) });
