/** Times and amounts as people write them, by their language: in the zone of the location, in the currency of the price (NTC-6). */
import type { EpochMs } from '../../../platform/clock/index.ts';
import type { Money, SlotSpot, Spot } from '../notice.ts';

/** What texts are made with, in one language. */
export interface Format {
  /** `5:30 pm` */
  clock(at: EpochMs, timeZone: string): string;
  /** `Sat, 21 Nov, 5:30 – 6:00 pm` */
  slot(slot: SlotSpot): string;
  /** `₹520.00` */
  money(money: Money): string;
  energy(energyWh: number): string;
  /** the location, and the EVSE where it has a name */
  place(spot: Spot): string;
}

/** Spaces of all widths as the one that every phone shows, and that makes no text message longer. */
const plain = (text: string): string => text.replaceAll(/[\u00A0\u2009\u202F]/g, ' ');

export function formatOf(locale: string): Format {
  const day = (timeZone: string) => new Intl.DateTimeFormat(locale, { timeZone, weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
  const hour = (timeZone: string) => new Intl.DateTimeFormat(locale, { timeZone, hour: 'numeric', minute: '2-digit' });
  return {
    clock: (at, timeZone) => plain(hour(timeZone).format(at)),
    slot: ({ startsAt, endsAt, timeZone }) => plain(day(timeZone).formatRange(startsAt, endsAt)),
    money: ({ currency, amount }) => {
      const digits = amount.split('.')[1]?.length ?? 0;
      const format = new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
      return plain(format.format(amount as `${number}`));
    },
    energy: (energyWh) => `${new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(energyWh / 1_000)} kWh`,
    place: ({ location, evse }) => (evse === null ? location : `${location} (${evse})`),
  };
}
