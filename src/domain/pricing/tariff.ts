/** A tariff as OCPI 2.2.1 has it (mod_tariffs): elements with prices, each for the part of a session that its restrictions match. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { DisplayText, EnergyMix } from '../stations/index.ts';
import type { Decimal } from './decimal.ts';

/** What a price is for: a kWh, an hour of charging, an hour of parking without charging, or once. */
export const PRICE_COMPONENT_TYPES = ['ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'] as const;
export type PriceComponentType = (typeof PRICE_COMPONENT_TYPES)[number];

export const DAYS_OF_WEEK = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
export type DayOfWeek = (typeof DAYS_OF_WEEK)[number];

/** Whether an element is for the time of a reservation, used or not, or for one that was not used. */
export const RESERVATION_RESTRICTIONS = ['RESERVATION', 'RESERVATION_EXPIRES'] as const;
export type ReservationRestriction = (typeof RESERVATION_RESTRICTIONS)[number];

export interface Tariff {
  /** ISO 4217 */
  currency: string;
  elements: readonly TariffElement[];
  /** a session costs this at least, and that at most */
  minPrice?: PriceLimit;
  maxPrice?: PriceLimit;
  /** sessions that begin from here, and before there; always, when absent */
  validFrom?: EpochMs;
  validUntil?: EpochMs;
  /** what drivers read of it beside or instead of its prices, a text for each language, and where they read more; no price depends on it */
  altText?: readonly DisplayText[];
  altUrl?: string;
  /** where the energy comes from that is sold by it, where that is not what the location has */
  energyMix?: EnergyMix;
}

export interface TariffElement {
  /** at most one of each type */
  components: readonly PriceComponent[];
  restrictions?: TariffRestrictions;
}

export interface PriceComponent {
  type: PriceComponentType;
  /** per kWh, per hour or once, before tax; 0 or more */
  price: Decimal;
  /** of the price, in percent; none, when absent */
  taxPercent?: Decimal;
  /** the session's total is rounded up to a multiple of it: Wh of energy, seconds of time; 0 for none */
  stepSize: number;
}

/** All that are given must hold at the beginning of a period. Lower bounds are included, upper bounds are not. */
export interface TariffRestrictions {
  /** `HH:MM` in the location's time zone; an end before the start means the next day, equal ones the whole day, `00:00` its end */
  startTime?: string;
  endTime?: string;
  /** `YYYY-MM-DD` in the location's time zone; the end is not included */
  startDate?: string;
  endDate?: string;
  /** of the session so far */
  minEnergyWh?: number;
  maxEnergyWh?: number;
  minCurrentA?: number;
  maxCurrentA?: number;
  minPowerW?: number;
  maxPowerW?: number;
  /** of the session so far */
  minDurationS?: number;
  maxDurationS?: number;
  daysOfWeek?: readonly DayOfWeek[];
  reservation?: ReservationRestriction;
}

export interface PriceLimit {
  exclTax: Decimal;
  inclTax?: Decimal;
}
