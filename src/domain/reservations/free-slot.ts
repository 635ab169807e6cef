import type { EpochMs } from '../../platform/clock/index.ts';

/** A slot that could be booked at the moment when it was looked up. */
export interface FreeSlot {
  locationId: string;
  stationId: string;
  evseId: string;
  connectorId: string;
  start: EpochMs;
  end: EpochMs;
  powerW: number;
  reservationFeeMinor: number;
  currency: string;
}

/** What a driver could have instead of what is not to be had; none of it is promised. */
export interface Alternatives {
  /** the same place at the times nearest to the wish, earlier or later */
  nearestTimes: FreeSlot[];
  /** another EVSE of the location at the same time */
  siblingEvses: FreeSlot[];
  /** another location nearby at the same time */
  neighbouringLocations: FreeSlot[];
}
