/** Words of the stories. */
export const ZONE = 'Asia/Kolkata';

export type Say = (line: string) => void;

/** 12:45 to 13:30 of the next day, where the story happens. */
export function lunchTomorrow(now: number): { start: string; end: string } {
  const tomorrow = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(ZONE).add({ days: 1 });
  const at = (clock: string): string => tomorrow.withPlainTime(clock).toInstant().toString();
  return { start: at('12:45'), end: at('13:30') };
}

export const local = (instant: string): string => Temporal.Instant.from(instant).toZonedDateTimeISO(ZONE).toPlainTime().toString().slice(0, 5);
export const money = (minor: number): string => new Intl.NumberFormat('en-IN', { style: 'currency', currency: 'INR' }).format(minor / 100);
export const kwh = (wattHours: number): string => `${(wattHours / 1000).toFixed(2)} kWh`;
