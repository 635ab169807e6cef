/** What a reservation is expected to cost, by the prices that were promised for it (RSV-M2). */
import { DomainError } from '../../platform/errors/index.ts';
import { chargingPowerW, loadVehicle } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { promisedRules, quoteSession, takeQuote, type FixedFee, type Quote, type RulesInForce } from '../pricing/index.ts';
import { programmesOf } from '../programmes/index.ts';
import { findEvse, loadLocation, type Connector } from '../stations/index.ts';
import type { Reservation } from './reservation.ts';

/** Set aside besides, in percent: a charger that is cut off may dispense more (seed 001: 50 of 500). */
const OVERAGE_PERCENT = '10';

/** Takes the quote that a reservation is made with: it must be for its connector, its driver and its time. */
export async function pinQuote(ctx: Context, quoteId: string, { id, connectorId, driverId, reservedStart }: Reservation): Promise<void> {
  const { asked, ...quote } = await takeQuote(ctx, quoteId, id);
  const wrong = asked.connectorId !== connectorId ? 'connector' : asked.start !== reservedStart ? 'time' : quote.driverId !== null
    && quote.driverId !== driverId ? 'driver' : undefined;
  if (wrong !== undefined) throw new DomainError('invalid_request', `That quote is for another ${wrong}.`, { errors: [{ pointer: '/quote', message: `is for another ${wrong}` }] });
}

/** The connector of a reservation that has its slot; undefined when it was taken out of the network. */
export async function connectorOf(ctx: Context, { locationId, evseId, connectorId }: Reservation): Promise<Connector | undefined> {
  const location = await loadLocation(ctx.tx, locationId!);
  const evse = location && findEvse(location, evseId!);
  return evse?.connectors.find(({ id }) => id === connectorId);
}

/** The prices that hold for it; undefined where nobody had set one. */
export async function rulesOf(ctx: Context, r: Reservation): Promise<RulesInForce | undefined> {
  const connector = await connectorOf(ctx, r);
  return promisedRules(ctx, {
    operatorId: r.operatorId!, locationId: r.locationId!, tariffRefs: connector?.tariffIds ?? [], start: r.reservedStart!, at: r.confirmedAt ?? ctx.now, quoteId: r.quoteId ?? null,
  });
}

/** The fee as the bill has it. */
export function feesOf({ reservationFeeMinor, policy }: Pick<Reservation, 'reservationFeeMinor' | 'policy'>): FixedFee[] {
  return reservationFeeMinor === 0 ? [] : [{ kind: 'reservation_fee', amountMinor: BigInt(reservationFeeMinor), isCredited: policy.fee.credited }];
}

/** What its session is expected to cost, fee included, with what is set aside besides; undefined where nobody has set a price in the currency of the fee. */
export async function estimateOf(ctx: Context, r: Reservation): Promise<Quote | undefined> {
  const [inForce, connector] = [await rulesOf(ctx, r), await connectorOf(ctx, r)];
  if (!inForce || !connector || (r.reservationFeeMinor > 0 && inForce.rules.tariff.currency !== r.currency)) return undefined;
  const vehicle = r.vehicleId === null ? undefined : await loadVehicle(ctx.tx, r.vehicleId);
  const durationMs = r.reservedEnd! - r.reservedStart!;
  return quoteSession(inForce.rules, {
    start: r.reservedStart!, wanted: r.energyWh === null ? { durationMs } : { energyWh: r.energyWh }, mostMs: durationMs, powerW: chargingPowerW(connector, vehicle),
    programmeIds: r.driverId === null ? [] : await programmesOf(ctx, r.driverId),
    timeZone: r.timeZone, locationId: r.locationId!, connectorId: connector.id, fees: feesOf(r), overagePercent: OVERAGE_PERCENT,
  });
}
