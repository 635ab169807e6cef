import { DomainError } from '../../../platform/errors/index.ts';
import type { Vehicle } from '../../drivers/index.ts';
import type { Context } from '../../organisations/index.ts';
import type { PartiesInput } from '../parties.ts';
import { isWaiting, type Reservation } from '../reservation.ts';
import { requirePossibleWish, type FlexibleInput, type PossibleWish } from './create-flexible.ts';

/** What is not said stays. */
export type WishChange = Partial<Omit<FlexibleInput, keyof PartiesInput | 'metadata' | 'paymentMethod' | 'confirm'>>;

/**
 * RSV-F8: what a waiting reservation asks for after a change, found possible like a new one; it is planned anew. Throws
 * `invalid_state` for one that has its slot.
 */
export async function changedWish(ctx: Context, reservation: Reservation, change: WishChange, vehicle?: Vehicle): Promise<PossibleWish & Pick<Reservation, 'outlook'>> {
  if (!isWaiting(reservation)) throw new DomainError('invalid_state', 'It has its slot already: move it instead.', { status: reservation.status });
  const { wish, idealStart, earliestStart, latestEnd, connectorStandards } = reservation;
  const { area, durationMinutes, energyWh, minPowerW } = wish!;
  const saysHowLong = [change.end, change.durationMinutes, change.energyWh, change.amount].some((said) => said !== undefined);
  const kept = saysHowLong ? {} : { durationMinutes: durationMinutes ?? undefined, energyWh: energyWh ?? undefined };
  const asked = { area, connectorStandards, minPowerW: minPowerW ?? undefined, start: idealStart, earliestStart, latestEnd, ...kept };
  const { reachable: _, ...possible } = await requirePossibleWish(ctx, { ...asked, ...change }, vehicle);
  return { ...possible, outlook: null };
}
