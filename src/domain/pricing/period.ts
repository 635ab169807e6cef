import type { EpochMs } from '../../platform/clock/index.ts';
import type { Fraction } from './decimal.ts';

/** A part of a session in which nothing changes that a price depends on. Periods stand in the order of their start. */
export interface Period {
  start: EpochMs;
  energyWh?: Fraction;
  /** of charging, of parking without charging, and of a reservation that waited */
  chargingS?: Fraction;
  parkingS?: Fraction;
  reservationS?: Fraction;
  /** least and most that was measured in it; what is absent restricts nothing */
  minCurrentA?: number;
  maxCurrentA?: number;
  minPowerW?: number;
  maxPowerW?: number;
}

/** What became of the reservation before the session: its time is priced otherwise when nobody came. */
export type ReservationOutcome = 'used' | 'expired';
