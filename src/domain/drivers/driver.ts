import type { EpochMs } from '../../platform/clock/index.ts';
import type { ConnectorStandard, PowerType } from '../stations/index.ts';

/** A person who charges, as one provider knows them. */
export interface Driver {
  id: string;
  networkId: string;
  organisationId: string;
  /** the provider's own id */
  ref: string | null;
  name: string | null;
  metadata: Record<string, string>;
  /** reservations not used, one after another; a used one sets it back to 0 */
  consecutiveNoShows: number;
  /** flexible reservations that found no room, one after another */
  consecutiveLosses: number;
  bannedUntil: EpochMs | null;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

export interface VehicleInput {
  make?: string;
  model?: string;
  licensePlate?: string;
  connectorStandards: ConnectorStandard[];
  /** the most it takes from alternating and direct current, in watts */
  maxAcPowerW?: number;
  maxDcPowerW?: number;
  batteryCapacityWh?: number;
  /** by rising state of charge; only with the battery's capacity (DRV-8) */
  powerCurve?: PowerPoint[];
}

/** The most that a battery takes when it is so full. */
export interface PowerPoint {
  /** whole percents */
  socPercent: number;
  powerW: number;
}

export interface Vehicle extends VehicleInput {
  id: string;
  driverId: string;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** What of a vehicle decides which connectors fit and how long charging takes. */
export type VehicleLimits = Pick<VehicleInput, 'connectorStandards' | 'maxAcPowerW' | 'maxDcPowerW'>;

/** The power at which this vehicle charges at a connector, in watts. */
export function chargingPowerW(connector: { maxPowerW: number; powerType: PowerType }, vehicle?: VehicleLimits): number {
  const limitW = connector.powerType === 'DC' ? vehicle?.maxDcPowerW : vehicle?.maxAcPowerW;
  return Math.min(connector.maxPowerW, limitW ?? Infinity);
}
