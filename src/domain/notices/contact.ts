/** How a driver is reached, and what they want to be told. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { DriverKind, NoticeChannel } from './notice.ts';

export interface Contact {
  driverId: string;
  networkId: string;
  organisationId: string;
  /** E.164 */
  phone: string | null;
  email: string | null;
  /** BCP 47, the preferred one first */
  languages: string[];
  /** how long before a slot they are reminded of it */
  reminderMinutes: number;
  /** by kind: all of these that reach the driver; an empty list for nothing. A kind that is not named: the first usual one that does */
  channels: Partial<Record<DriverKind, NoticeChannel[]>>;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

export interface PushSubscription {
  id: string;
  driverId: string;
  /** given by the driver's browser: a URL of a stranger */
  endpoint: string;
  p256dh: string;
  auth: string;
  expiresAt: EpochMs | null;
  createdAt: EpochMs;
}

/** Most subscriptions of a driver: a browser on each of their devices. */
export const MOST_PUSH_SUBSCRIPTIONS = 10;
export const DEFAULT_REMINDER_MINUTES = 30;
export const MOST_REMINDER_MINUTES = 1_440;

/** What is urgent goes to the phone in the hand, what is to be kept to the mailbox, where the driver has said nothing about it. */
const URGENT: readonly NoticeChannel[] = ['push', 'sms', 'email'];
const TO_KEEP: readonly NoticeChannel[] = ['email', 'push', 'sms'];
const KEPT: readonly DriverKind[] = ['reservation_confirmed', 'session_finished', 'refund'];

/** NTC-5: the channels by which a driver is told this, of those that reach them. */
export function channelsFor(kind: DriverKind, { channels }: Pick<Contact, 'channels'>, reaching: (channel: NoticeChannel) => boolean): NoticeChannel[] {
  const wanted = channels[kind];
  if (wanted !== undefined) return wanted.filter(reaching);
  const usual = kind === 'session_otp' || kind === 'order_otp' ? (['sms', 'push', 'email'] as const) : KEPT.includes(kind) ? TO_KEEP : URGENT;
  return usual.filter(reaching).slice(0, 1);
}
