/** What is wanted of a plug: how much, and when. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import type { Fields } from '../wire/index.ts';

/** What a driver wants: so much energy, as much as an amount pays for, or so long; nothing said is the slot. */
export type Wanted = { energyWh: number } | { amount: number; currency: string } | { minutes: number };

/** What a number and its unit ask for: `kWh`, minutes, hours, or a currency. */
export function measured(value: number, unit: string | undefined): Wanted | undefined {
  if (value <= 0 || unit === undefined) return undefined;
  if (/^k(ilo)?wh$/i.test(unit)) return { energyWh: Math.round(value * 1_000) };
  if (/^min(ute)?s?$/i.test(unit)) return { minutes: value };
  if (/^h(our|r|ur)?s?$/i.test(unit)) return { minutes: value * 60 };
  return /^[A-Z]{3}$/.test(unit) ? { amount: value, currency: unit } : undefined;
}

/** One line of an order. */
export interface OrderLine {
  itemId: string;
  lineId: string;
  /** as it was sent, to be sent back */
  quantity: unknown;
  measure?: Fields;
  wanted?: Wanted;
}

/** When charging is to begin and end. */
export interface StopTimes {
  start?: EpochMs;
  end?: EpochMs;
}
