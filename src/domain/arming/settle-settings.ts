/** One round of settings after each boot of a station that takes bookings: read, change what can be changed, read back; and never again until it boots (ARM-8). */
import { MINUTE_MS, SECOND_MS } from '../../platform/clock/index.ts';
import { orderStation, type Link } from '../chargers/index.ts';
import type { Context } from '../organisations/index.ts';
import { policyInForce } from '../reservations/index.ts';
import { loadLocationOfStation } from '../stations/index.ts';
import { judgeSettings, keysToRead, resultOf, settingsOf, toChange, type Setting } from './settings.ts';
import * as store from './store-settings.ts';
import type { SettingsRound } from './store-settings.ts';

/** A station that has just booted has much to tell first. */
const AFTER_BOOT_MS = 5 * SECOND_MS;
const EXPIRES_SECONDS = 120;
/** Looked at then though nobody has said that it is over. */
const LOOK_AGAIN_MS = 3 * MINUTE_MS;

export type StationEnforcement = Pick<SettingsRound, 'result' | 'against' | 'checkedAt'>;

/** How far a station keeps slots; undefined where that was never found out. */
export function findEnforcement(ctx: Context, stationId: string): Promise<StationEnforcement | undefined> {
  return store.findRound(ctx.tx, stationId);
}

/** A station has booted, and may have forgotten what it was told. */
export function beginSettings(ctx: Context, { stationId }: Link): void {
  if (ctx.settings.adjustsStations) store.beginRound(ctx.tx, stationId, ctx.now, ctx.now + AFTER_BOOT_MS);
}

/** Takes one station's round a step further; how many. */
export async function sweepSettings(ctx: Context): Promise<number> {
  const round = await store.lockDueRound(ctx.tx, ctx.network.id, ctx.now);
  if (round) await store.updateRound(ctx.tx, await proceed(ctx, round));
  return round ? 1 : 0;
}

async function proceed(ctx: Context, round: SettingsRound): Promise<SettingsRound> {
  const place = await store.findPlace(ctx.tx, round.stationId);
  const givenUp: SettingsRound = { ...round, step: 'done', commandIds: [], lookAt: null };
  if (!place?.isOnline) return { ...round, lookAt: null }; // looked at when it is back
  if (round.commandIds.length === 0) return (await takesBookings(ctx, round.stationId)) ? read(ctx, round, 'reading', place.protocol) : givenUp;
  const commands = await store.findCommands(ctx.tx, round.commandIds);
  if (commands.some(({ status }) => status === 'queued' || status === 'sent')) return { ...round, lookAt: ctx.now + LOOK_AGAIN_MS };
  if (round.step === 'setting') return read(ctx, round, 'reading_back', place.protocol);
  const settings = settingsOf(commands[0] ?? { result: null });
  if (settings.size === 0) return givenUp; // it knows none of them, or does not tell
  const changes = round.step === 'reading' ? toChange(place.protocol, settings) : [];
  return changes.length > 0 ? change(ctx, round, place.protocol, changes) : done(ctx, round, place.protocol, settings);
}

async function takesBookings(ctx: Context, stationId: string): Promise<boolean> {
  const location = await loadLocationOfStation(ctx.tx, stationId);
  return location !== undefined && (await policyInForce(ctx, location)).policy.mode !== 'walk_in_only';
}

type Order = Parameters<typeof orderStation>;

function order(ctx: Context, { stationId, operatorId }: SettingsRound, type: Order[2], parameters: Order[3]): ReturnType<typeof orderStation> {
  return orderStation(ctx, { stationId, operatorId }, type, parameters, { expiresInSeconds: EXPIRES_SECONDS, subject: stationId });
}

async function read(ctx: Context, round: SettingsRound, step: 'reading' | 'reading_back', protocol: string): Promise<SettingsRound> {
  const { id } = await order(ctx, round, 'get_configuration', { keys: keysToRead(protocol) });
  return { ...round, step, commandIds: [id], lookAt: ctx.now + LOOK_AGAIN_MS };
}

/** 1.6 takes one setting at a time. */
async function change(ctx: Context, round: SettingsRound, protocol: string, changes: { key: string; value: string }[]): Promise<SettingsRound> {
  const commandIds: string[] = [];
  if (protocol !== 'ocpp1.6') commandIds.push((await order(ctx, round, 'set_variables', { variables: changes })).id);
  else for (const one of changes) commandIds.push((await order(ctx, round, 'set_configuration', one)).id);
  return { ...round, step: 'setting', commandIds, lookAt: ctx.now + LOOK_AGAIN_MS };
}

function done(ctx: Context, round: SettingsRound, protocol: string, settings: ReadonlyMap<string, Setting>): SettingsRound {
  const judged = judgeSettings(protocol, settings);
  const known = { ...judged, reserves: judged.reserves ?? round.reserves };
  return { ...round, ...known, result: resultOf(known), step: 'done', commandIds: [], lookAt: null, checkedAt: ctx.now };
}

/** Whether a station reserves is also seen by what it makes of slots. */
export async function learnReserves(ctx: Context, stationId: string, reserves: boolean): Promise<void> {
  const round = await store.findRound(ctx.tx, stationId);
  if (round && round.reserves !== reserves && round.result !== null) await store.setReserves(ctx.tx, stationId, reserves, resultOf({ ...round, reserves }));
}
