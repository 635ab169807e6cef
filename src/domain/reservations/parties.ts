/** Who books for whom, and whether they may have one more. */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { loadVehicle, lockDriver, type Driver, type Vehicle } from '../drivers/index.ts';
import { actingOrganisation, requireAccess, type Context } from '../organisations/index.ts';
import { requireRoomOf } from './driver-room.ts';
import * as store from './store.ts';

export interface PartiesInput {
  /** the key's own driver, where that is a driver's */
  driverId?: string;
  vehicleId?: string;
}

export interface Parties {
  driver?: Driver;
  vehicle?: Vehicle;
}

/** Who books for whom, at an operator's place or (flexible) wherever there is room. The driver's row is locked, for the rules that count (RSV-5, RSV-6). */
export async function requireParties(ctx: Context, operatorId: string | undefined, input: PartiesInput): Promise<Parties> {
  const ownDriverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  if (ownDriverId !== undefined && input.driverId === undefined) input.driverId = ownDriverId;
  requireAccess(ctx, 'reservation.create', { operatorId, organisationId: actingOrganisation(ctx), driverId: input.driverId });
  const driver = input.driverId === undefined ? undefined : await lockDriver(ctx.tx, input.driverId);
  if (input.driverId !== undefined && driver?.organisationId !== actingOrganisation(ctx)) throw notFound('driver', input.driverId);
  const vehicle = input.vehicleId === undefined ? undefined : await loadVehicle(ctx.tx, input.vehicleId);
  if (input.vehicleId !== undefined && (vehicle === undefined || vehicle.driverId !== driver?.id)) throw notFound('vehicle', input.vehicleId);
  return { driver, vehicle };
}

/** RSV-5, RSV-6: throws for a driver who is banned, or who has as many active reservations as they may. The driver's row must be locked. */
export async function requireDriverRoom(ctx: Context, driver: Driver | undefined, maxActivePerDriver: number): Promise<void> {
  if (driver) requireRoomOf(driver, await store.countActiveOfDriver(ctx.tx, driver.id), maxActivePerDriver, ctx.now);
}

/** ORG-10: who has as many holds as it may gets no more of them; firm bookings it may make. Certain only while the organisation's row is locked. */
export async function requireHoldRoom(ctx: Context): Promise<void> {
  const holds = await store.countHolds(ctx.tx, actingOrganisation(ctx) ?? '');
  if (!holds || holds.held < holds.most) return;
  throw new DomainError('hold_limit_reached', `You have ${holds.most} holds already: confirm or cancel some.`, { max_active_holds: holds.most });
}
