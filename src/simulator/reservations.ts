/** Reservations at the station: who may use what until when. */
import type { Connector, Reservation, Station } from './model.ts';
import { say, tellStatus } from './status.ts';

export type ReserveOutcome = 'Accepted' | 'Faulted' | 'Occupied' | 'Rejected' | 'Unavailable';

export interface Reserve {
  id: number;
  connector?: Connector;
  tag: string;
  group?: string;
  /** by the station's clock, so many milliseconds from now */
  expiresInMs: number;
}

const isBusy = (station: Station, connector: Connector): boolean => station.connectors.some((other) => (
  other.evseId === connector.evseId && (other.car !== undefined || other.transaction !== undefined || other.awaited !== undefined)));

export function reserve(station: Station, { id, connector, tag, group, expiresInMs }: Reserve): ReserveOutcome {
  const { faults, reservations, settings } = station;
  if (!connector && !settings.flag('reservesStation')) return 'Rejected';
  const others = [...reservations.values()].filter((one) => one.id !== id);
  const candidates = (connector ? [connector] : station.connectors);
  if (candidates.every(({ fault }) => fault !== undefined)) return 'Faulted';
  if (candidates.every(({ isOperative }) => !isOperative)) return 'Unavailable';
  const isTaken = (one: Connector): boolean => isBusy(station, one) || others.some((other) => other.connector?.evseId === one.evseId);
  if (candidates.every(isTaken)) return 'Occupied';
  if (faults.oneReservationPerTag && others.some((other) => other.tag === tag)) return 'Occupied';
  if (expiresInMs <= 0) return faults.acceptsPastReservations ? 'Accepted' : 'Rejected';
  const before = reservations.get(id);
  before?.timer?.cancel();
  const made: Reservation = { id, connector, tag, group };
  if (!faults.neverExpires) made.timer = station.clock.after(expiresInMs, () => endReservation(station, id, 'Expired'));
  reservations.set(id, made);
  station.emit('reserved', { id, tag, seconds: Math.round(expiresInMs / 1_000) }, connector);
  for (const one of new Set([before?.connector, connector])) if (one) tellStatus(station, one);
  return 'Accepted';
}

/** @returns whether there was one */
export function endReservation(station: Station, id: number, why: 'Expired' | 'Removed' | 'Cancelled' | 'Used'): boolean {
  const reservation = station.reservations.get(id);
  if (!reservation) return false;
  reservation.timer?.cancel();
  station.reservations.delete(id);
  if (why === 'Expired' && station.faults.expiresSilently) return true;
  station.emit('reservation_ended', { id, why }, reservation.connector);
  const post = why === 'Expired' || why === 'Removed' ? station.dialect.reservationEnded(id, why) : undefined;
  if (post && station.isRegistered) say(station, post);
  if (reservation.connector && why !== 'Used') tellStatus(station, reservation.connector);
  return true;
}

const isHolder = (reservation: Reservation, tag: string, group: string | undefined): boolean => (
  reservation.tag === tag || (group !== undefined && reservation.group === group));

/** Who may start here: anybody where nothing is reserved; else the holder, or somebody of the same group. */
export function reservationFor(
  station: Station, connector: Connector, tag: string, group: string | undefined,
): { isFree: boolean; mine?: Reservation; needsGroup: boolean } {
  const there = [...station.reservations.values()].filter((one) => one.connector === undefined || one.connector.evseId === connector.evseId);
  const mine = there.find((one) => isHolder(one, tag, group));
  const ofConnector = there.filter((one) => one.connector !== undefined);
  const ofStation = there.length - ofConnector.length;
  const free = station.connectors.filter((one) => !one.transaction && one.isOperative && one.fault === undefined).length;
  const isFree = mine !== undefined || there.length === 0 || (ofConnector.length === 0 && free > ofStation);
  return { mine, isFree, needsGroup: there.some(({ group: wanted }) => wanted !== undefined) };
}

/** The reservation that a start uses up. */
export function useReservation(station: Station, connector: Connector, tag: string, group: string | undefined): number | undefined {
  const { mine } = reservationFor(station, connector, tag, group);
  if (!mine) return undefined;
  endReservation(station, mine.id, 'Used');
  return mine.id;
}
