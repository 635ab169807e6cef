/** IANA time zones of places. */
import lookUpZone from '@photostructure/tz-lookup';
import type { Coordinates } from '../location.ts';

const known = new Map<string, boolean>();

/** Whether this runtime knows the zone by that name. */
export function isTimeZone(name: string): boolean {
  if (name.length > 64 || !/^[A-Z]/i.test(name)) return false;
  let valid = known.get(name);
  if (valid === undefined) {
    valid = canFormat(name);
    if (known.size < 1_000) known.set(name, valid);
  }
  return valid;
}

/** The zone that holds at these coordinates. */
export function timeZoneAt({ latitude, longitude }: Coordinates): string {
  return lookUpZone(latitude, longitude);
}

function canFormat(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
