/** Stations that come and go. Of each, one connection counts: the newest (OCPP-4). */
import type { EpochMs } from '../../platform/clock/index.ts';
import { lockEvses } from '../calendar/index.ts';
import type { Context } from '../organisations/index.ts';
import { evsesOf, findStation, loadLocation, loadLocationOfStation, reportEvseStatus, type EvseStatus } from '../stations/index.ts';
import { Superseded, type BootInfo, type Link, type StationConnection } from './connection.ts';
import type { StationIdentity } from './identity.ts';
import { getOwnStation } from './own-station.ts';
import * as store from './store.ts';
import { findIdentity, holdIdentity } from './store-identities.ts';
import { listConnectorReports } from './store-reports.ts';
import { statusOfEvse } from './status.ts';

/** What a station that has never connected is known by. */
export interface ConnectionView {
  identity: StationIdentity | undefined;
  connection: StationConnection | undefined;
}

/** How a station of the caller's own is connected. */
export async function getConnection(ctx: Context, stationId: string): Promise<ConnectionView> {
  await getOwnStation(ctx, stationId, 'station.read');
  return { identity: await findIdentity(ctx.tx, stationId), connection: await store.findConnection(ctx.tx, stationId) };
}

/** Which version a station speaks that has ever connected. */
export async function protocolOf(ctx: Context, stationId: string): Promise<string | undefined> {
  return (await store.findConnection(ctx.tx, stationId))?.protocol;
}

/** Whether anything can be told to a station now. */
export async function isStationOnline(ctx: Context, stationId: string): Promise<boolean> {
  return (await store.findConnection(ctx.tx, stationId))?.online ?? false;
}

/** How far a station's clock is ahead of ours, in milliseconds, as far as it has told. */
export async function clockSkewOf(ctx: Context, { stationId }: Link): Promise<number> {
  return (await store.findConnection(ctx.tx, stationId))?.clockSkewMs ?? 0;
}

/** Takes the connection of a station that has been admitted over; undefined where its credentials have changed since. */
export async function connectStation(
  ctx: Context, identity: StationIdentity, socket: { owner: string; protocol: string; remoteAddress: string | null },
): Promise<Link | undefined> {
  if (!(await holdIdentity(ctx.tx, identity))) return undefined;
  const { stationId, networkId, operatorId, securityProfile } = identity;
  const { statusesLost, ...connection } = await store.takeConnection(ctx.tx, { stationId, networkId, operatorId, securityProfile, ...socket }, ctx.now);
  await tell(ctx, 'station.online', connection);
  if (statusesLost) {
    store.setStatusesLost(ctx.tx, stationId, false);
    await restoreStatuses(ctx, stationId);
  }
  return { stationId, networkId, generation: connection.generation };
}

/**
 * Notes a message and keeps the connection as it is until the end of the transaction.
 *
 * @param saidAt the time that the station's clock showed, where the message has one
 * @throws Superseded when it comes over a connection that counts no more
 */
export async function touch(ctx: Context, link: Link, saidAt?: EpochMs): Promise<void> {
  if (!(await store.touchConnection(ctx.tx, link, ctx.now, saidAt === undefined ? undefined : saidAt - ctx.now))) throw new Superseded();
}

/** The socket is gone. Nothing happens where a newer one has taken over. */
export async function loseConnection(ctx: Context, link: Link): Promise<void> {
  const lost = await store.dropConnection(ctx.tx, link, ctx.now);
  if (lost) await tell(ctx, 'station.offline', lost);
}

/** Ends the connection of a station, whichever process holds it. */
export async function disconnectStation(ctx: Context, stationId: string): Promise<void> {
  const lost = await store.fenceOff(ctx.tx, stationId, ctx.now);
  if (lost) await tell(ctx, 'station.offline', lost);
}

export async function noteBoot(ctx: Context, { stationId }: Link, boot: BootInfo): Promise<void> {
  await tell(ctx, 'station.booted', await store.setBoot(ctx.tx, stationId, boot, ctx.now));
}

/** How far an update of the firmware, or sending of the log, has come. */
export function noteProgress(ctx: Context, { stationId }: Link, of: 'firmware' | 'log', status: string): void {
  store.setProgress(ctx.tx, stationId, of, status);
}

async function tell(ctx: Context, type: 'station.online' | 'station.offline' | 'station.booted', connection: StationConnection): Promise<void> {
  await ctx.emit({
    type, object: 'station_connection', objectId: connection.stationId, objectVersion: connection.version, isPublic: false, audience: [connection.operatorId], touches: [],
    data: connection,
  });
}

const BATCH = 50;

/** Declares lost, by real time, what no process holds any more; how many. */
export async function loseExpired(ctx: Context): Promise<number> {
  const expired = await store.lockExpired(ctx.tx, ctx.network.id, BATCH);
  for (const link of expired) await loseConnection(ctx, link);
  return expired.length;
}

/** Ends the connections of those of these stations that have been retired; how many (CHS-12). */
export async function dropRetired(ctx: Context, stationIds: readonly string[]): Promise<number> {
  const retired = await store.findRetired(ctx.tx, stationIds);
  for (const stationId of retired) await disconnectStation(ctx, stationId);
  return retired.length;
}

/** Gives up the status of the EVSEs of one station that stays away: a reboot or a short loss of the network is not told to drivers. How many. */
export async function giveUpStatuses(ctx: Context): Promise<number> {
  const stationId = await store.lockLongAway(ctx.tx, ctx.network.id, ctx.now - ctx.settings.stationAwayMs);
  if (stationId === undefined) return 0;
  store.setStatusesLost(ctx.tx, stationId, true);
  const isShown = (status: EvseStatus) => status === 'AVAILABLE' || status === 'RESERVED' || status === 'BLOCKED';
  await reportAll(ctx, stationId, (evse) => (isShown(evse.status) ? 'UNKNOWN' : evse.status)); // who charges there goes on charging
  return 1;
}

/** A station that comes back tells its status only where it has changed, so what it said last stands again. */
async function restoreStatuses(ctx: Context, stationId: string): Promise<void> {
  const reports = await listConnectorReports(ctx.tx, stationId);
  await reportAll(ctx, stationId, (evse) => (evse.status === 'UNKNOWN' ? statusOfEvse(reports, evse.id) ?? evse.status : evse.status));
}

/** All EVSEs are locked before the first is changed: see the order of locks in the calendar. */
async function reportAll(ctx: Context, stationId: string, statusOf: (evse: { id: string; status: EvseStatus }) => EvseStatus): Promise<void> {
  const location = await loadLocationOfStation(ctx.tx, stationId);
  const station = location && findStation(location, stationId);
  if (!station) return;
  await lockEvses(ctx.tx, station.evses.map(({ id }) => id));
  const fresh = (await loadLocation(ctx.tx, location.id))!;
  for (const evse of evsesOf(fresh).filter((candidate) => candidate.stationId === stationId)) await reportEvseStatus(ctx, evse.id, statusOf(evse));
}
