/** Of a driver's reservations: never more at once than the policy allowed when one was promised. */
import type { Reservation } from '../../src/domain/reservations/index.ts';
import type { Facts } from './facts.ts';
import { isActive, isWaiting } from './judge-promises.ts';
import { isInArea } from './judge-slots.ts';
import type { Judges, Scene } from './replay.ts';

export function countJudges({ evses }: Facts): Judges {
  return {
    change: ({ before, after }, scene) => {
      const isPromise = !before || (isWaiting(before) && after.bookingId !== null);
      if (after.driverId === null || !isPromise) return [];
      const active = [...scene.reservations.values()].filter((one) => one.driverId === after.driverId && isActive(one)).length;
      const most = isWaiting(after) ? mostInArea(after, scene, evses) : after.policy.maxActivePerDriver;
      return active <= most ? [] : [`${after.driverId} has ${active} active reservations, and may have ${most}`];
    },
  };
}

/** The most that any place of the area has ever allowed: where it will be is not known yet, and a policy may change while one asks. */
function mostInArea({ wish }: Reservation, { policies }: Scene, evses: Facts['evses']): number {
  const places = new Set(evses.filter((evse) => isInArea(wish!.area, evse)).map(({ locationId }) => locationId));
  return Math.max(0, ...[...places].flatMap((id) => (policies.get(id) ?? []).map(({ maxActivePerDriver }) => maxActivePerDriver)));
}
