import type { Driver, Vehicle } from '../../../domain/drivers/index.ts';
import type { Encoding } from './encoding.ts';

export function encodeDriver(d: Driver, { time, timeOrNull }: Encoding) {
  return {
    id: d.id, object: 'driver', ref: d.ref, name: d.name, metadata: d.metadata, consecutive_no_shows: d.consecutiveNoShows, consecutive_losses: d.consecutiveLosses,
    banned_until: timeOrNull(d.bannedUntil),
    version: d.version, created: time(d.createdAt), updated: time(d.updatedAt),
  };
}

export function encodeVehicle(v: Vehicle, { time }: Encoding) {
  return {
    id: v.id, object: 'vehicle', driver: v.driverId, make: v.make ?? null, model: v.model ?? null, license_plate: v.licensePlate ?? null, connector_type: v.connectorStandards,
    max_ac_power_w: v.maxAcPowerW ?? null, max_dc_power_w: v.maxDcPowerW ?? null, battery_capacity_wh: v.batteryCapacityWh ?? null,
    power_curve: v.powerCurve?.map(({ socPercent, powerW }) => ({ soc_percent: socPercent, power_w: powerW })) ?? null, version: v.version, created: time(v.createdAt),
    updated: time(v.updatedAt),
  };
}
