import { setTimeout as pause } from 'node:timers/promises';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { sql, type Database } from '../database/index.ts';
import type { WakeUps } from './wake-ups.ts';

export interface NatsWakeUps extends WakeUps {
  isConnected(): boolean;
}

/** `reason` says why there is no connection; it holds no credentials. */
export type OnNatsChange = (isConnected: boolean, reason?: string) => void;

const RETRY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A server that is gone without a word is found out when two of these are unanswered. */
const PING_INTERVAL_MS = 5_000;

/**
 * Wake-ups over NATS. The database stays the only source of truth: while there is no connection, the readers of other
 * processes find out when they next look. It is tried again once a second until `stop`, for whatever reason it was lost.
 *
 * @param url one or more servers, with commas between; `tls://` demands TLS. The first may hold a user and a password, or a token
 * @returns when the first attempt has succeeded or failed: a server that can't be reached keeps nobody from starting
 */
export async function natsWakeUps(database: Database, url: string, onChange: OnNatsChange): Promise<NatsWakeUps> {
  const options = optionsOf(url);
  const subject = `plugtime.${await identityOf(database)}.events`;
  const stopping = new AbortController();
  let live: { connection: NatsConnection; ended: Promise<string> } | undefined;
  let isLossTold = false;
  let onWake = (): void => undefined;

  const lose = (reason: string): void => {
    live = undefined;
    if (isLossTold || stopping.signal.aborted) return;
    isLossTold = true;
    onChange(false, reason);
  };
  const open = async (): Promise<void> => {
    try {
      live = await listenOn(await connect(options), subject, () => onWake());
    } catch (error) {
      return lose((error as Error).message);
    }
    if (isLossTold) onChange(true);
    isLossTold = false;
    onWake(); // for what was said while nobody listened
  };
  const drain = async (): Promise<void> => live?.connection.drain().catch(() => undefined); // it may be lost at that very moment
  const stayConnected = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (live) lose(await live.ended);
      await pause(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) await open();
    }
    await drain();
  };

  await open();
  const staying = stayConnected();
  return {
    listen: (wake) => Promise.resolve(void (onWake = wake)),
    announce: (tx) => Promise.resolve(tx.afterCommit(() => {
      onWake(); // our own readers need no server for it
      if (live && !live.connection.isClosed()) live.connection.publish(subject);
    })),
    isConnected: () => live !== undefined,
    stop: async () => {
      stopping.abort();
      await drain();
      await staying;
    },
  };
}

/** Returns when the server has taken note. */
async function listenOn(connection: NatsConnection, subject: string, onMessage: () => void): Promise<{ connection: NatsConnection; ended: Promise<string> }> {
  const ended = endOf(connection);
  connection.subscribe(subject, { callback: (error) => void (error ?? onMessage()) });
  await connection.flush();
  return { connection, ended };
}

/** Resolves with why a connection is over: it was lost, or the server refused something, and wake-ups would be missed in silence. */
async function endOf(connection: NatsConnection): Promise<string> {
  for await (const status of connection.status()) {
    if (status.type !== 'error') continue;
    await connection.close();
    return status.error.message;
  }
  return (await connection.closed())?.message ?? 'the server closed the connection';
}

/** The library would take credentials for a part of the host, so it is given them apart. That it reconnects by itself has limits, so we do. */
function optionsOf(text: string): NodeConnectionOptions {
  const urls = text.split(',').map((part) => URL.parse(part.trim()));
  if (!urls.every((url) => url !== null)) throw new Error('NATS_URL holds something that is no URL');
  const { username, password } = urls[0]!;
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    name: 'plugtime', servers: urls.map(({ host }) => host), reconnect: false, noEcho: true, timeout: CONNECT_TIMEOUT_MS, pingInterval: PING_INTERVAL_MS,
    ...(urls.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
    ...(pass === '' ? (user === '' ? {} : { token: user }) : { user, pass }),
  };
}

/** What no two databases share, so that installations on one NATS server don't wake each other: the cluster's identifier, and the database's in it. */
async function identityOf(database: Database): Promise<string> {
  const [row] = await database.query<{ identity: string }>(sql`
    SELECT (SELECT system_identifier FROM pg_control_system()) || '-' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS identity`);
  return row!.identity;
}
