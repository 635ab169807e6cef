/** Charging that has ended, so that it can be rated. */
import type { Json } from './api.ts';
import { HOUR, MINUTE, iso, must, type World } from './world.ts';

export interface Charged {
  reservation: string;
  session: string;
  location: string;
  evse: string;
  connector: string;
}

/** A driver books at a place, charges, and is done: in a sandbox, without a charger. The slots lie one after another. */
export function chargingIn(w: World, place: { id: string; evses: readonly string[] }): (driver?: string, evse?: string) => Promise<Charged> {
  let slots = 0;
  return async (driver, evse = place.evses[0]!) => {
    const start = Math.ceil((await w.now()) / (15 * MINUTE)) * 15 * MINUTE + HOUR + slots * 30 * MINUTE;
    slots += 1;
    const { id: reservation } = must(await w.provider.api.post('/v1/reservations', {
      evse, ideal_start: iso(start), ideal_end: iso(start + 15 * MINUTE), confirm: true, ...(driver === undefined ? {} : { driver }),
    }));
    const { id: session } = must(await w.provider.api.post('/v1/sandbox/sessions', { reservation }));
    const ended: Json = must(await w.provider.api.post(`/v1/sandbox/sessions/${session}/end`));
    return { reservation, session, location: place.id, evse, connector: ended.connector };
  };
}

/** Sessions begin at once, whenever the slot is. */
export const CHARGE_AT_ONCE = { early_start_minutes: 1440, max_active_per_driver: 1000, slot_grid_minutes: 15 };
