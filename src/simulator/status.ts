/** What a connector is doing, and telling it. */
import { CallError } from './link.ts';
import type { Connector, Post, Station, Status } from './model.ts';

export function statusOf(station: Station, connector: Connector): Status {
  const { transaction, fault, isOperative, isFinishing, car, awaited } = connector;
  if (fault !== undefined) return 'Faulted';
  if (transaction) {
    const { state, reason } = transaction;
    if (state === 'Charging' || state === 'SuspendedEV' || state === 'SuspendedEVSE') return state;
    return reason === undefined ? 'Preparing' : 'Finishing';
  }
  if (!isOperative) return 'Unavailable';
  if (car && isFinishing) return 'Finishing';
  if (car || awaited) return 'Preparing';
  if (station.connectors.some((other) => other !== connector && other.evseId === connector.evseId && (other.car ?? other.transaction))) return 'Unavailable';
  return !station.faults.reservesSilently && [...station.reservations.values()].some((one) => one.connector === connector) ? 'Reserved' : 'Available';
}

/** Says how a connector, and the others of its EVSE, are, where it differs from what was said last. */
export function tellStatus(station: Station, connector: Connector, always = false): void {
  for (const one of station.connectors) {
    if (one !== connector && one.evseId !== connector.evseId) continue;
    const status = station.dialect.status(station, one);
    if (!status || (status.told === one.told && !always)) continue;
    if (status.told !== one.told) station.emit('status', { status: status.told }, one);
    one.told = status.told;
    if (station.isRegistered) say(station, status.post);
  }
}

/** all of them, as after a boot, when nobody knows what was said last */
export function tellAll(station: Station): void {
  const whole = station.dialect.status(station, undefined);
  if (whole) say(station, whole.post);
  for (const connector of station.connectors) {
    const status = station.dialect.status(station, connector);
    if (!status) continue;
    if (status.told !== connector.told) station.emit('status', { status: status.told }, connector);
    connector.told = status.told;
    say(station, status.post);
  }
}

/** Says something that nobody waits for. */
export function say(station: Station, post: Post): void {
  station.outbox.say(post).catch((error: unknown) => {
    if (error instanceof CallError) station.emit('message_dropped', { action: post.action, why: error.message });
  });
}
