/** What was asked for, as policies and calendars see it: enough to ask it once more, of another policy. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { VehicleLimits } from '../drivers/index.ts';
import type { Target } from './target.ts';
import { wantedEnergyWh, type Wish } from './times.ts';

export interface AskedFor extends Target, Omit<Wish, 'amount'> {
  start: EpochMs;
  vehicle?: VehicleLimits;
}

export function askedFor(input: Target & Wish & { start: EpochMs }, vehicle?: VehicleLimits): AskedFor {
  const { evseId, stationId, connectorId, connectorStandards, start, end, durationMinutes } = input;
  const limits = vehicle && { connectorStandards: vehicle.connectorStandards, maxAcPowerW: vehicle.maxAcPowerW, maxDcPowerW: vehicle.maxDcPowerW };
  return { evseId, stationId, connectorId, connectorStandards, start, end, durationMinutes, energyWh: wantedEnergyWh(input), vehicle: limits };
}
