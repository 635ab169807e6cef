/** The local authorisation list of a station: what it was last known to hold, and the versions that we give it (CHS-8). */
import type { Context } from '../organisations/index.ts';
import type { StationCommand } from './command.ts';
import { keyOfToken, type LocalToken } from './operator-command.ts';
import { getOwnStation } from './own-station.ts';
import * as store from './store-local-lists.ts';
import type { LocalList } from './store-local-lists.ts';

const NONE = { version: 0, lastVersion: 0, isKnown: true, tokens: [], updatedAt: null };

/** The list of a station of the caller's own. */
export async function getLocalList(ctx: Context, stationId: string): Promise<LocalList> {
  await getOwnStation(ctx, stationId, 'station.read');
  return (await store.findLocalList(ctx.tx, stationId)) ?? { stationId, ...NONE };
}

/** Gives a list that is about to be sent its version; `not_known` when a change of it would change we don't know what. */
export async function nextListVersion(ctx: Context, { stationId, parameters }: StationCommand): Promise<number | 'not_known'> {
  const list = (await store.findLocalList(ctx.tx, stationId)) ?? { stationId, ...NONE };
  if (parameters.localList!.update === 'differential' && !list.isKnown) return 'not_known';
  const version = list.lastVersion + 1;
  await store.saveLocalList(ctx.tx, { ...list, lastVersion: version, isKnown: false }, ctx.now); // until the station has answered
  return version;
}

/** Keeps what a station answered to a list, or to the question for its version. */
export async function noteListAnswer(ctx: Context, command: StationCommand): Promise<void> {
  const { type, stationId, status, result, parameters } = command;
  const list = (await store.findLocalList(ctx.tx, stationId)) ?? { stationId, ...NONE };
  if (type === 'get_local_list_version' && status === 'accepted') {
    const version = result!.listVersion ?? result!.versionNumber;
    const isKnown = version === list.version || (list.version === 0 && version === -1); // -1: it has no lists at all
    await store.saveLocalList(ctx.tx, { ...list, isKnown, lastVersion: Math.max(list.lastVersion, typeof version === 'number' ? version : 0) }, ctx.now);
  }
  if (type !== 'send_local_list' || parameters.listVersion === undefined) return;
  if (status === 'accepted') {
    const { update, tokens } = parameters.localList!;
    await store.saveLocalList(ctx.tx, {
      ...list, version: parameters.listVersion, isKnown: true, tokens: update === 'full' ? tokens : changed(list.tokens, tokens),
    }, ctx.now);
  } else if (status === 'rejected') {
    // a list that was refused leaves the one before, unless the station counts otherwise than we do
    await store.saveLocalList(ctx.tx, { ...list, isKnown: result!.status !== 'VersionMismatch' }, ctx.now);
  } else if (command.failure === 'not_supported') await store.saveLocalList(ctx.tx, { ...list, isKnown: true }, ctx.now);
}

function changed(old: readonly LocalToken[], changes: readonly LocalToken[]): LocalToken[] {
  const tokens = new Map(old.map((token) => [keyOfToken(token.token), token]));
  for (const change of changes) {
    if (change.status === undefined) tokens.delete(keyOfToken(change.token));
    else tokens.set(keyOfToken(change.token), change);
  }
  return [...tokens.values()];
}
