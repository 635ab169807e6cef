/** Commands to charging stations: written down first, sent once while the station is there, in order, and told of (CHS-5, CHS-6). */
import { MINUTE_MS, SECOND_MS } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { audit, requireAccess, type Context } from '../organisations/index.ts';
import type { Station } from '../stations/index.ts';
import type { COMMAND_TYPES, CommandParameters, CommandTarget, CommandType, DriverCommandParameters, NetworkCommandType, StationCommand } from './command.ts';
import { noteCertificateAnswer, numberOfRequest } from './certificate-requests.ts';
import type { Link } from './connection.ts';
import { numberOf } from './numbers.ts';
import { nextListVersion, noteListAnswer } from './local-list.ts';
import { NUMBERED, OPERATOR_TAKES, problemsOf } from './operator-command.ts';
import { getOwnStation } from './own-station.ts';
import { withoutSecrets } from './secrets.ts';
import * as store from './store-commands.ts';
import { findIdentity } from './store-identities.ts';

const MOST_WAITING = 100;
const DEFAULT_EXPIRY_SECONDS = 300;
/** An answer that has not come by then will not come: calls end much earlier. */
const ANSWER_MS = 2 * MINUTE_MS;

export interface CommandInput extends CommandParameters {
  type: (typeof COMMAND_TYPES)[number];
  expiresInSeconds?: number;
}

/** Has a station of the caller's own told something, now or when it next connects, unless that is too late. */
export async function queueCommand(ctx: Context, stationId: string, { type, expiresInSeconds = DEFAULT_EXPIRY_SECONDS, ...given }: CommandInput): Promise<StationCommand> {
  const { location, station } = await getOwnStation(ctx, stationId, 'station.command');
  const parameters = await numbered(ctx, type, stationId, fitting(type, given, station));
  if (!(await findIdentity(ctx.tx, stationId))) throw new DomainError('invalid_state', 'That station has no credentials: it can not connect.');
  if ((await store.countWaiting(ctx.tx, stationId)) >= MOST_WAITING) throw new DomainError('invalid_state', `${MOST_WAITING} commands wait for that station already.`);
  const command = await queue(ctx, { stationId, operatorId: location.operatorId }, type, parameters, { expiresInSeconds });
  await audit(ctx, 'station.command', 'charging_station', stationId, { type, command: command.id });
  return command;
}

/**
 * Has a station told what follows from what a driver does; whoever calls has made sure that it may be. Nothing waits behind too many others: who
 * drives charging must not be kept from it by an operator's queue.
 *
 * @param subject what it is for
 */
export function orderStation(
  ctx: Context, station: { stationId: string; operatorId: string }, type: NetworkCommandType,
  parameters: CommandParameters & DriverCommandParameters & { target?: CommandTarget }, options: { expiresInSeconds: number; subject: string },
): Promise<StationCommand> {
  return queue(ctx, station, type, parameters, options);
}

async function queue(
  ctx: Context, { stationId, operatorId }: { stationId: string; operatorId: string }, type: CommandType, parameters: StationCommand['parameters'],
  { expiresInSeconds, subject = null }: { expiresInSeconds: number; subject?: string | null },
): Promise<StationCommand> {
  const command: StationCommand = {
    id: newId('stationCommand'), stationId, networkId: ctx.network.id, operatorId, type, parameters, subject, status: 'queued', result: null, failure: null,
    version: 1, createdAt: ctx.now, expiresAt: ctx.now + expiresInSeconds * SECOND_MS, sentAt: null, finishedAt: null,
  };
  await store.insertCommand(ctx.tx, command);
  await tell(ctx, 'station_command.queued', command);
  return command;
}

export async function getCommand(ctx: Context, id: string): Promise<StationCommand> {
  const command = await store.findCommand(ctx.tx, id);
  if (command?.networkId !== ctx.network.id) throw notFound('station command', id);
  requireAccess(ctx, 'station.read', command);
  return command;
}

export async function listStationCommands(ctx: Context, stationId: string, page: { after?: string; before?: string; limit: number }): Promise<StationCommand[]> {
  await getOwnStation(ctx, stationId, 'station.read');
  return store.listCommands(ctx.tx, stationId, page);
}

/** The next command for whoever holds the connection, which it must send now; what has become stale is not sent. */
export async function takeCommand(ctx: Context, link: Link): Promise<StationCommand | undefined> {
  if (!(await store.holdConnection(ctx.tx, link))) return undefined;
  for (;;) {
    const command = await store.lockFirstWaiting(ctx.tx, link.stationId);
    if (!command) return undefined;
    if (command.status === 'sent') await finish(ctx, command, { status: 'failed', failure: 'no_answer' }); // over a connection that is gone
    else if (command.expiresAt <= ctx.now) await finish(ctx, command, { status: 'expired' });
    else {
      const listVersion = command.type === 'send_local_list' ? await nextListVersion(ctx, command) : undefined;
      if (listVersion === 'not_known') {
        await finish(ctx, command, { status: 'failed', failure: 'list_not_known' });
        continue;
      }
      const parameters = listVersion === undefined ? command.parameters : { ...command.parameters, listVersion };
      const sent: StationCommand = { ...command, parameters, status: 'sent', sentAt: ctx.now, version: command.version + 1 };
      await store.updateCommand(ctx.tx, sent, link.generation);
      return sent;
    }
  }
}

/** Takes a command back that has not been sent; whether that was so. One that is just being sent is not waited for. */
export async function withdrawCommand(ctx: Context, id: string): Promise<boolean> {
  const command = await store.lockQueued(ctx.tx, id);
  if (command) await finish(ctx, command, { status: 'expired' });
  return command !== undefined;
}

export type CommandOutcome = { status: 'accepted' | 'rejected'; result: Record<string, unknown> } | { status: 'failed'; failure: string } | { status: 'expired' };

/** A command that was sent is over; gives it as it is then. What has ended already stays as it is. */
export async function finishCommand(ctx: Context, id: string, outcome: CommandOutcome): Promise<StationCommand | undefined> {
  const command = await store.lockCommand(ctx.tx, id);
  return command?.status === 'sent' ? finish(ctx, command, outcome) : undefined;
}

/** Ends one command whose time has passed, or whose answer can't come any more; how many. */
export async function sweepCommands(ctx: Context): Promise<number> {
  const command = await store.lockOverdue(ctx.tx, ctx.network.id, ctx.now, ctx.now - ANSWER_MS);
  if (command) await finish(ctx, command, command.status === 'sent' ? { status: 'failed', failure: 'no_answer' } : { status: 'expired' });
  return command ? 1 : 0;
}

export { findStationsWithCommands } from './store-commands.ts';

/** Passwords that were set are not kept once they are. */
async function finish(ctx: Context, command: StationCommand, outcome: CommandOutcome): Promise<StationCommand> {
  const done: StationCommand = {
    ...command, result: null, failure: null, ...outcome, parameters: withoutSecrets(command.parameters), finishedAt: ctx.now, version: command.version + 1,
  };
  await store.updateCommand(ctx.tx, done);
  await noteListAnswer(ctx, done);
  await noteCertificateAnswer(ctx, done);
  await tell(ctx, outcome.status === 'expired' ? 'station_command.expired' : 'station_command.completed', done);
  return done;
}

async function tell(ctx: Context, type: 'station_command.queued' | 'station_command.completed' | 'station_command.expired', command: StationCommand): Promise<void> {
  await ctx.emit({
    type, object: 'station_command', objectId: command.id, objectVersion: command.version, isPublic: false, audience: [command.operatorId], touches: [],
    data: { ...command, parameters: withoutSecrets(command.parameters) },
  });
}

/** With what the station will know it by, and with now where nothing was said of when. */
async function numbered(ctx: Context, type: CommandType, stationId: string, parameters: StationCommand['parameters']): Promise<StationCommand['parameters']> {
  const request = parameters.signedCertificate?.request;
  const certificateRequestId = request === undefined ? null : await numberOfRequest(ctx, stationId, request);
  const { profile, firmware } = parameters;
  return {
    ...parameters, ...(firmware ? { firmware: { retrieve: ctx.now, ...firmware } } : {}),
    ...(profile && (profile.kind ?? 'absolute') === 'absolute' ? { profile: { start: ctx.now, ...profile } } : {}),
    ...(NUMBERED.has(type) ? { requestId: await store.nextRequestId(ctx.tx) } : {}), ...(certificateRequestId === null ? {} : { certificateRequestId }),
  };
}

/** What a type of command takes, and what of it must be there. */
const TAKES: Record<(typeof COMMAND_TYPES)[number], { may: readonly (keyof CommandParameters)[]; must: readonly (keyof CommandParameters)[] }> = {
  ...OPERATOR_TAKES,
  reset: { may: ['kind'], must: [] }, trigger_message: { may: ['message', 'evse'], must: ['message'] },
  change_availability: { may: ['operative', 'evse'], must: ['operative'] }, unlock_connector: { may: ['connector'], must: ['connector'] },
  get_configuration: { may: ['keys'], must: [] }, set_configuration: { may: ['key', 'value'], must: ['key', 'value'] },
};

/** As callers write it. */
const pointerOf = (name: string): string => `/${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;

function fitting(type: CommandInput['type'], given: CommandParameters, station: Station): StationCommand['parameters'] {
  const { may, must } = TAKES[type];
  const named = (Object.keys(given) as (keyof CommandParameters)[]).filter((name) => given[name] !== undefined);
  const errors = [
    ...named.filter((name) => !may.includes(name)).map((name) => ({ pointer: pointerOf(name), message: `does not go with ${type}` })),
    ...must.filter((name) => !named.includes(name)).map((name) => ({ pointer: pointerOf(name), message: 'is required' })),
    ...problemsOf(given),
  ];
  const isAimed = given.evse !== undefined || given.connector !== undefined;
  const target = isAimed ? numberOf(station, given) : undefined;
  if (isAimed && !target) errors.push({ pointer: given.evse === undefined ? '/connector' : '/evse', message: 'does not stand at this station' });
  if (errors.length > 0) throw new DomainError('invalid_request', 'Such a command can not be given.', { errors });
  return { ...given, ...(target ? { target } : {}) };
}

/** How the station counts an EVSE's first connector, or this connector. */
export function targetAt(station: Station, at: { evse?: string; connector?: string }): CommandTarget {
  const target = numberOf(station, at);
  if (!target) throw new Error(`${at.connector ?? at.evse} does not stand at ${station.id}`);
  return target;
}
