import { SQL_STATE, sqlState } from '../../platform/database/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, issueKey, may, requireAccess, type ApiKey, type Context, type ContextEvent } from '../organisations/index.ts';
import type { Driver, Vehicle, VehicleInput } from './driver.ts';
import { mergeMetadata } from './metadata.ts';
import { afterNoShow } from './no-shows.ts';
import * as store from './store.ts';

export interface DriverInput {
  ref?: string | null;
  name?: string | null;
  metadata?: Record<string, string>;
}

/** Adds a driver to the caller's own. Fails with `already_exists` when the ref is taken. */
/** @param organisationId whose driver it is: the caller's own, unless the system makes it */
export async function createDriver(ctx: Context, input: DriverInput, organisationId = actingOrganisation(ctx)): Promise<Driver> {
  requireAccess(ctx, 'driver.write', { organisationId });
  const driver: Driver = {
    id: newId('driver'), networkId: ctx.network.id, organisationId: organisationId!, ref: input.ref ?? null, name: input.name ?? null,
    metadata: mergeMetadata({}, input.metadata),
    consecutiveNoShows: 0, consecutiveLosses: 0, bannedUntil: null, version: 1, createdAt: ctx.now, updatedAt: ctx.now,
  };
  if (!(await store.insertDriver(ctx.tx, driver))) throw taken(driver.ref);
  await ctx.emit(driverEvent('driver.created', driver));
  await audit(ctx, 'driver.create', 'driver', driver.id);
  return driver;
}

export async function getDriver(ctx: Context, id: string): Promise<Driver> {
  const driver = await store.findDriver(ctx.tx, id);
  if (!driver || !may(ctx, 'driver.read', ownersOf(driver))) throw deniedOrNotFound(ctx, id);
  return driver;
}

/** Without a key the answer is "send one"; with one, what is not yours is not there. */
function deniedOrNotFound(ctx: Context, id: string): DomainError {
  if (ctx.actor.kind === 'public') return new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  return notFound('driver', id);
}

export async function listDrivers(ctx: Context, page: { after?: string; before?: string; ref?: string; limit: number }): Promise<Driver[]> {
  const organisationId = actingOrganisation(ctx);
  const driverId = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  requireAccess(ctx, 'driver.read', { organisationId, driverId });
  return store.listDrivers(ctx.tx, organisationId ?? '', { ...page, driverId });
}

export async function updateDriver(ctx: Context, id: string, input: DriverInput): Promise<Driver> {
  await getDriver(ctx, id);
  const driver = (await store.lockDriver(ctx.tx, id))!;
  requireAccess(ctx, 'driver.write', ownersOf(driver));
  const { ref = driver.ref, name = driver.name, metadata } = input;
  const changed: Driver = {
    ...driver, ref, name, metadata: mergeMetadata(driver.metadata, metadata), version: driver.version + 1, updatedAt: ctx.now,
  };
  await ctx.tx.savepoint(() => store.updateDriver(ctx.tx, changed)).catch((error: unknown) => {
    throw sqlState(error) === SQL_STATE.uniqueViolation ? taken(ref) : error;
  });
  await ctx.emit(driverEvent('driver.updated', changed));
  await audit(ctx, 'driver.update', 'driver', id, input);
  return changed;
}

function taken(ref: string | null): DomainError {
  return new DomainError('already_exists', `You have a driver with the ref "${ref}" already.`);
}

/** A key for the driver's own app: it sees and does what is this driver's. */
export async function issueDriverKey(ctx: Context, id: string, name: string): Promise<{ key: ApiKey; secret: string }> {
  const driver = await getDriver(ctx, id);
  requireAccess(ctx, 'driver.issue_key', ownersOf(driver));
  return issueKey(ctx, driver.organisationId, { name, kind: 'driver', driverId: id });
}

export async function addVehicle(ctx: Context, driverId: string, input: VehicleInput): Promise<Vehicle> {
  const driver = await getDriver(ctx, driverId);
  requireAccess(ctx, 'driver.write', ownersOf(driver));
  requireSoundCurve(input);
  const vehicle: Vehicle = { ...input, id: newId('vehicle'), driverId, version: 1, createdAt: ctx.now, updatedAt: ctx.now };
  await store.insertVehicle(ctx.tx, vehicle);
  await ctx.emit(vehicleEvent('vehicle.created', vehicle, driver));
  await audit(ctx, 'vehicle.create', 'vehicle', vehicle.id);
  return vehicle;
}

/** DRV-8 */
function requireSoundCurve({ powerCurve = [], batteryCapacityWh }: VehicleInput): void {
  const falling = powerCurve.findIndex(({ socPercent }, i) => i > 0 && socPercent <= powerCurve[i - 1]!.socPercent);
  const error = powerCurve.length > 0 && batteryCapacityWh === undefined ? { pointer: '/battery_capacity_wh', message: 'is required with a power curve' }
    : falling > 0 ? { pointer: `/power_curve/${falling}/soc_percent`, message: 'must be more than the one before' } : undefined;
  if (error) throw new DomainError('invalid_request', 'That power curve can not be used.', { errors: [error] });
}

export async function getVehicle(ctx: Context, id: string): Promise<Vehicle> {
  const vehicle = await store.findVehicle(ctx.tx, id);
  if (!vehicle) throw notFound('vehicle', id);
  await getDriver(ctx, vehicle.driverId).catch((error: unknown) => {
    throw error instanceof DomainError && error.code === 'not_found' ? notFound('vehicle', id) : error;
  });
  return vehicle;
}

export async function listVehicles(ctx: Context, driverId: string): Promise<Vehicle[]> {
  await getDriver(ctx, driverId);
  return store.listVehicles(ctx.tx, driverId);
}

export async function removeVehicle(ctx: Context, id: string): Promise<Vehicle> {
  const vehicle = await getVehicle(ctx, id);
  const driver = await getDriver(ctx, vehicle.driverId);
  requireAccess(ctx, 'driver.write', ownersOf(driver));
  await store.deleteVehicle(ctx.tx, id, ctx.now);
  const removed: Vehicle = { ...vehicle, version: vehicle.version + 1, updatedAt: ctx.now };
  await ctx.emit(vehicleEvent('vehicle.removed', removed, driver));
  await audit(ctx, 'vehicle.remove', 'vehicle', id);
  return removed;
}

/** DRV-3: counts a reservation that was not used. The row must be locked. */
export async function countNoShow(ctx: Context, driver: Driver, ban: { consecutive: number; banMinutes: number } | null): Promise<void> {
  const after = afterNoShow(driver, ban, ctx.now);
  const changed: Driver = { ...driver, ...after, version: driver.version + 1, updatedAt: ctx.now };
  await store.updateDriver(ctx.tx, changed);
  await ctx.emit(driverEvent(after.consecutiveNoShows === 0 ? 'driver.banned' : 'driver.updated', changed));
}

/** DRV-3: a reservation that was used ends the row of no-shows. The row must be locked. */
export async function clearNoShows(ctx: Context, driver: Driver): Promise<void> {
  if (driver.consecutiveNoShows === 0) return;
  const changed: Driver = { ...driver, consecutiveNoShows: 0, version: driver.version + 1, updatedAt: ctx.now };
  await store.updateDriver(ctx.tx, changed);
  await ctx.emit(driverEvent('driver.updated', changed));
}

/** DRV-7: counts a flexible reservation that found no room, or, with `found`, ends the row of them. The row must be locked. */
export async function countLoss(ctx: Context, driver: Driver, found: boolean): Promise<void> {
  const consecutiveLosses = found ? 0 : driver.consecutiveLosses + 1;
  if (consecutiveLosses === driver.consecutiveLosses) return;
  const changed: Driver = { ...driver, consecutiveLosses, version: driver.version + 1, updatedAt: ctx.now };
  await store.updateDriver(ctx.tx, changed);
  await ctx.emit(driverEvent('driver.updated', changed));
}

function ownersOf(driver: Driver): { organisationId: string; driverId: string } {
  return { organisationId: driver.organisationId, driverId: driver.id };
}

function driverEvent(type: string, driver: Driver): ContextEvent {
  return {
    type, object: 'driver', objectId: driver.id, objectVersion: driver.version, isPublic: false, audience: [driver.organisationId], touches: [],
    data: driver,
  };
}

function vehicleEvent(type: string, vehicle: Vehicle, driver: Driver): ContextEvent {
  return {
    type, object: 'vehicle', objectId: vehicle.id, objectVersion: vehicle.version, isPublic: false, audience: [driver.organisationId], touches: [],
    data: vehicle,
  };
}
