/** What a reservation that ended without a session costs, and what of its payments is given back (RSV-M4). */
import { MINUTE_MS } from '../../platform/clock/index.ts';
import { loadDriver } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { billFees, billObject, compensate, EMPTY_BILL, type BillContent } from '../payments/index.ts';
import type { FixedFee } from '../pricing/index.ts';
import { agreedMinor } from './cancel-quote.ts';
import { refundPercent } from './policy.ts';
import { rulesOf } from './price.ts';
import type { Reservation } from './reservation.ts';

/** Bills it, settles what was paid for it, and compensates a driver whom the operator's side has let down. The row must be locked. */
export async function billReservation(ctx: Context, r: Reservation): Promise<void> {
  if (r.operatorId === null) return; // it never had a slot, so nothing was ever due
  const { fees, reason } = owedFor(r);
  const inForce = fees.length > 0 && r.reservedStart !== null ? await rulesOf(ctx, r) : undefined;
  const priced = fees.length === 0 ? EMPTY_BILL : billFees(r.currency, fees);
  const content: BillContent = {
    ...priced, reason, startedAt: r.reservedStart ?? r.createdAt, endedAt: r.endedAt ?? ctx.now, locationId: r.locationId,
    rules: inForce ? [inForce.tariff] : [],
  };
  await billObject(ctx, {
    organisationId: r.organisationId, operatorId: r.operatorId, driverId: r.driverId, object: 'reservation', objectId: r.id, currency: r.currency, content,
  });
  const compensationMinor = BigInt(r.policy.compensationMinor ?? 0);
  if (compensationMinor === 0n || !isLetDown(r) || r.driverId === null) return;
  const driver = await loadDriver(ctx.tx, r.driverId);
  if (driver) await compensate(ctx, driver, { operatorId: r.operatorId, currency: r.currency, amountMinor: compensationMinor, object: 'reservation', objectId: r.id });
}

/** A confirmed one that the operator cancelled, or whose EVSE was lost. */
function isLetDown({ confirmedAt, cancelledBy, endedDetail }: Reservation): boolean {
  return confirmedAt !== null && (cancelledBy === 'operator' || endedDetail === 'evse_lost');
}

/** What is kept: nothing when the operator's side is to blame or it was never confirmed; the tier's part of a cancelled one; all, and the no-show fee, of one that was not used. */
export function owedFor(r: Reservation): { fees: FixedFee[]; reason: BillContent['reason'] } {
  const fee = (kind: FixedFee['kind'], amountMinor: number): FixedFee[] => (amountMinor > 0 ? [{ kind, amountMinor: BigInt(amountMinor) }] : []);
  if (r.confirmedAt === null || isLetDown(r)) return { fees: [], reason: 'nothing' };
  if (r.status === 'cancelled') {
    const minutesBefore = (r.reservedStart! - r.endedAt!) / MINUTE_MS;
    const keptMinor = agreedMinor(r) - Math.floor((agreedMinor(r) * refundPercent(r.policy, minutesBefore)) / 100);
    return { fees: fee('cancellation_fee', keptMinor), reason: 'cancellation' };
  }
  return { fees: [...fee('reservation_fee', r.reservationFeeMinor), ...fee('no_show_fee', r.noShowFeeMinor)], reason: 'no_show' };
}
