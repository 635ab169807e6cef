/** The one door by which drivers are told something: their channels, their language, once. */
import { HOUR_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import { compose } from './catalogue/catalogue.ts';
import { channelsFor, type Contact, type PushSubscription } from './contact.ts';
import { isOffered, NOTICE_CHANNELS, type DriverKind, type NoticeChannel, type NoticeValues } from './notice.ts';
import { takeNotices, type Draft } from './send.ts';
import { findContact, listPushSubscriptions, listReachable } from './store-contacts.ts';
import * as store from './store.ts';

/** Most messages that a driver is written in an hour, passwords apart, which have a limit of their own. */
const MOST_PER_HOUR = 60;

export interface Telling<K extends DriverKind> {
  driverId: string;
  kind: K;
  values: NoticeValues[K];
  /** what is told twice under one key is told once */
  dedupeKey: string;
  /** the id of what it is about: a reservation, a session, a payment */
  about: string;
  /** afterwards it would be of no use */
  sendBefore?: EpochMs;
  /** it counts as told, and is not */
  isSilent?: boolean;
}

/**
 * Tells a driver something, in the caller's transaction (NTC-1): by the channels that they want for that, in their language (NTC-5, NTC-6), once for
 * each key (NTC-7). Who can't be reached, wants to hear nothing of it or has heard too much is told nothing, and that is no error.
 *
 * @returns how many messages were taken
 */
export async function tellDriver<K extends DriverKind>(ctx: Context, { kind, values, dedupeKey, isSilent = false, ...telling }: Telling<K>): Promise<number> {
  const { driverId } = telling;
  const contact = await findContact(ctx.tx, driverId);
  if (!contact) return 0;
  if (!(await store.insertTold(ctx.tx, { driverId, dedupeKey, networkId: ctx.network.id, at: ctx.now }))) return 0;
  if (isSilent) return 0;
  const ways = await waysTo(ctx, contact, kind);
  if (ways.length === 0) return 0;
  if (kind !== 'session_otp' && (await store.countNotices(ctx.tx, driverId, ctx.now - HOUR_MS)) >= MOST_PER_HOUR) return 0;
  const { organisationId } = contact;
  await takeNotices(ctx, compose(kind, values, contact.languages), ways.map((way): Draft => ({ ...telling, ...way, kind, organisationId })));
  return ways.length;
}

/** Those of these drivers whom somebody could tell something. */
export function reachableOf(ctx: Context, driverIds: readonly string[]): Promise<string[]> {
  return listReachable(ctx.tx, driverIds);
}

type Way = Pick<Draft, 'channel' | 'recipient' | 'pushSubscriptionId'>;

async function waysTo(ctx: Context, contact: Contact, kind: DriverKind): Promise<Way[]> {
  const subscriptions = (await listPushSubscriptions(ctx.tx, contact.driverId)).filter(({ expiresAt }) => expiresAt === null || expiresAt > ctx.now);
  const byChannel = new Map(NOTICE_CHANNELS.filter((channel) => isOffered(ctx, channel)).map((channel) => [channel, waysBy(channel, contact, subscriptions)]));
  return channelsFor(kind, contact, (channel) => (byChannel.get(channel)?.length ?? 0) > 0).flatMap((channel) => byChannel.get(channel)!);
}

function waysBy(channel: NoticeChannel, { phone, email }: Contact, subscriptions: readonly PushSubscription[]): Way[] {
  if (channel === 'push') return subscriptions.map(({ id, endpoint }) => ({ channel, recipient: endpoint, pushSubscriptionId: id }));
  const recipient = channel === 'sms' ? phone : email;
  return recipient === null ? [] : [{ channel, recipient, pushSubscriptionId: null }];
}
