/** The frames that stations and we send each other, written down where their operator wants to see them (CHS-11). */
import { DAY_MS, type EpochMs } from '../../platform/clock/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { audit, type Context } from '../organisations/index.ts';
import { getOwnStation } from './own-station.ts';
import * as store from './store-frames.ts';
import type { FrameLog, StationFrame } from './store-frames.ts';

/** Of each station; the oldest go. */
const MOST_FRAMES = 1_000;
const KEPT_MS = 7 * DAY_MS;
const PURGED_AT_ONCE = 5_000;

/** Whether the frames of a station of the caller's own are written down, and until when. */
export async function getFrameLog(ctx: Context, stationId: string): Promise<FrameLog> {
  await getOwnStation(ctx, stationId, 'station.read');
  return (await store.findFrameLog(ctx.tx, stationId)) ?? { stationId, enabled: false, until: null, version: 0, updatedAt: null };
}

/** Has the frames of a station of the caller's own written down from now on, or no longer. What was written stays for a week. */
export async function setFrameLog(ctx: Context, stationId: string, { enabled, until = null }: { enabled: boolean; until?: EpochMs | null }): Promise<FrameLog> {
  const { location } = await getOwnStation(ctx, stationId, 'station.command');
  const log = await store.saveFrameLog(ctx.tx, { stationId, enabled, until: enabled ? until : null }, ctx.now);
  await ctx.emit({
    type: 'station_frame_log.updated', object: 'station_frame_log', objectId: stationId, objectVersion: log.version, isPublic: false, audience: [location.operatorId],
    touches: [], data: log,
  });
  await audit(ctx, 'station.frame_log', 'charging_station', stationId, { enabled });
  return log;
}

/** Whether frames of a station are written down now. */
export async function isLogged(ctx: Context, stationId: string): Promise<boolean> {
  const log = await store.findFrameLog(ctx.tx, stationId);
  return log !== undefined && log.enabled && (log.until === null || log.until > ctx.now);
}

/** What a station of the caller's own and we have sent each other, newest first. */
export async function listFrames(ctx: Context, stationId: string, page: { after?: string; before?: string; limit: number }): Promise<StationFrame[]> {
  await getOwnStation(ctx, stationId, 'station.read');
  return store.listFrames(ctx.tx, stationId, page);
}

export type NewFrame = Pick<StationFrame, 'direction' | 'frame'> & {
  /** how long ago it went by */
  ageMs: number;
};

/** Writes down frames of one station, in the order in which they went by; false when they are not to be written down any more. */
export async function noteFrames(ctx: Context, stationId: string, frames: readonly NewFrame[]): Promise<boolean> {
  if (!(await isLogged(ctx, stationId))) return false;
  const rows = frames.slice(-MOST_FRAMES).map(({ ageMs, ...frame }) => ({ id: newId('stationFrame'), ...frame, at: ctx.now - ageMs }));
  await store.insertFrames(ctx.tx, { stationId, networkId: ctx.network.id }, rows, MOST_FRAMES);
  return true;
}

/** Removes frames of the network that are too old. */
export async function purgeFrames(ctx: Context): Promise<number> {
  return store.deleteFramesBefore(ctx.tx, ctx.network.id, ctx.now - KEPT_MS, PURGED_AT_ONCE);
}
