/** What a session comes to (SES-8): priced by what was promised for it, billed and settled in the transaction that ends it. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import { billContent, billFees, billObject, EMPTY_BILL, type BillContent, type BillInput, type ObjectBill } from '../payments/index.ts';
import { exact, priceSession, promisedRules, type FixedFee, type MeteredInterval, type RulesInForce } from '../pricing/index.ts';
import { programmesOf } from '../programmes/index.ts';
import { feesOf, rulesOf, type Reservation } from '../reservations/index.ts';
import { findEvse, type Location } from '../stations/index.ts';
import type { Session, SessionCost } from './session.ts';

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
  const { session, location } = about;
  const programmeIds = session.driverId === null ? [] : await programmesOf(ctx, session.driverId);
  const bill = priceSession(inForce.rules, {
    timeZone: location.timeZone, start: session.startedAt, intervals: intervalsOf(session), locationId: location.id, fees, programmeIds,
    ...(session.connectorId === null ? {} : { connectorId: session.connectorId }), ...(about.reservation ? { outcome: 'used' as const } : {}),
  });
  return { ...contentOf(about, billContent(bill)), rules: [inForce.tariff, ...inForce.surcharges, ...inForce.offers] };
}

function contentOf({ session, location }: BillAbout, content: typeof EMPTY_BILL): BillContent {
  return { ...content, startedAt: session.startedAt, endedAt: session.endedAt!, locationId: location.id, rules: [], reason: 'charging' };
}

/** Nobody has metered what happened in between: the energy flowed evenly. */
function intervalsOf({ startedAt: start, endedAt, energyWh }: Session): MeteredInterval[] {
  const end: EpochMs = Math.max(endedAt!, start + 1_000);
  const powerW = (energyWh * HOUR_MS) / (end - start);
  return [{ start, end, state: 'charging', energyWh: exact(energyWh), minPowerW: powerW, maxPowerW: powerW }];
}

function rulesOfWalkIn(ctx: Context, { operatorId, startedAt, evseId, connectorId }: Session, location: Location): Promise<RulesInForce | undefined> {
  const connector = findEvse(location, evseId)?.connectors.find(({ id }) => id === connectorId);
  return promisedRules(ctx, { operatorId, locationId: location.id, tariffRefs: connector?.tariffIds ?? [], start: startedAt, at: startedAt, quoteId: null });
}

const costOf = ({ id: billId, currency, totalMinor }: ObjectBill): SessionCost => ({ billId, currency, totalMinor: Number(totalMinor) });
