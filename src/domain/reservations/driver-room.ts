import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { isBanned, type NoShowCount } from '../drivers/index.ts';

/** RSV-5, RSV-6: throws `driver_banned`, or `too_many_active_reservations` for a driver who has so many already. Pure. */
export function requireRoomOf(driver: Pick<NoShowCount, 'bannedUntil'>, active: number, maxActivePerDriver: number, now: EpochMs): void {
  requireNoBan(driver, now);
  if (active >= maxActivePerDriver) {
    throw new DomainError('too_many_active_reservations', `A driver may have ${maxActivePerDriver} active reservations here.`, { max_active_per_driver: maxActivePerDriver });
  }
}

/** RSV-6: throws for a driver who is banned. Pure. */
export function requireNoBan(driver: Pick<NoShowCount, 'bannedUntil'>, now: EpochMs): void {
  if (!isBanned(driver, now)) return;
  throw new DomainError('driver_banned', 'Too many reservations of this driver were not used.', { banned_until: new Date(driver.bannedUntil!).toISOString() });
}
