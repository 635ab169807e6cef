import type { EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';

export const NOTICE_CHANNELS = ['sms', 'email', 'push'] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

/** An amount as it is shown: the decimal has as many digits as the currency has. */
export interface Money {
  currency: string;
  /** `520.00` */
  amount: string;
}

/** Where something is. */
export interface Spot {
  location: string;
  /** what is written on the EVSE */
  evse: string | null;
  /** IANA, of the location */
  timeZone: string;
}

export interface SlotSpot extends Spot {
  startsAt: EpochMs;
  endsAt: EpochMs;
}

/** What the text of each kind of notice is made from. */
export interface NoticeValues {
  membership_otp: { otp: string; programme: string; minutes: number };
  session_otp: { otp: string; expiresAt: EpochMs } & Spot;
  /** an app elsewhere books for the driver */
  order_otp: { otp: string; minutes: number } & Spot;
  reservation_confirmed: SlotSpot;
  reservation_reminder: SlotSpot;
  /** the plug waits for this driver alone */
  slot_armed: Spot & { until: EpochMs | null };
  session_started: Spot;
  /** `goesOn`: the charger is known to charge on without its network */
  session_interrupted: Spot & { goesOn: boolean; estimatedRefund: Money | null };
  session_reconnected: Spot & { energyWh: number | null };
  session_finished: Spot & { energyWh: number; cost: Money | null };
  refund: Money;
  /** until when the car may stay for nothing, or what each minute costs now */
  overstay: Spot & { until: EpochMs | null; perMinute: Money | null };
  moved: SlotSpot & { because: 'outage' | 'occupancy' | null };
  cancelled_by_operator: SlotSpot & { reason: string | null };
  support_answered: { reference: string; answer: string };
}
export type NoticeKind = keyof NoticeValues;

/** What a driver can choose channels for. The password of a programme goes to the number that is registered there, and nowhere else. */
export const DRIVER_KINDS = [
  'session_otp', 'order_otp', 'reservation_confirmed', 'reservation_reminder', 'slot_armed', 'session_started', 'session_interrupted', 'session_reconnected',
  'session_finished', 'refund', 'overstay', 'moved', 'cancelled_by_operator', 'support_answered',
] as const satisfies readonly NoticeKind[];
export type DriverKind = (typeof DRIVER_KINDS)[number];

/** What is told: nothing more than its words. */
export interface NoticeText {
  /** BCP 47 */
  language: string;
  title: string;
  text: string;
}

/** `outbox`: of a sandbox, which nobody is sent. `pending` until it is `sent`, or has `failed` for good. */
export type NoticeStatus = 'outbox' | 'pending' | 'sent' | 'failed';

/** A message to one person. Neither its recipient nor its text is ever logged, audited or told by an event. */
export interface Notice {
  id: string;
  networkId: string;
  /** the driver, and the organisation whose driver it is */
  driverId: string;
  organisationId: string;
  channel: NoticeChannel;
  /** a phone number in E.164, an e-mail address, or the endpoint of a push subscription; null once it was sent or has failed (NTC-8) */
  recipient: string | null;
  pushSubscriptionId: string | null;
  kind: NoticeKind;
  language: string;
  title: string | null;
  text: string | null;
  /** the id of what it is about */
  about: string | null;
  status: NoticeStatus;
  /** sending that has begun, and attempts whose outcome is known */
  begun: number;
  attempts: number;
  /** why the newest attempt failed, in a word */
  failure: string | null;
  /** afterwards it would be of no use */
  sendBefore: EpochMs | null;
  createdAt: EpochMs;
}

/** What a sender is given. The same notice has the same id, however often it is sent. */
export interface OutgoingNotice extends NoticeText {
  id: string;
  kind: NoticeKind;
  recipient: string;
  about: string | null;
  /** of push messages */
  keys: PushKeys | null;
  sendBefore: EpochMs | null;
}

export interface PushKeys {
  p256dh: string;
  auth: string;
}

/** What came of sending: the `failure` is a word that is safe to log. `isFinal`: another try would fail, too. `isGone`: that recipient is no more. */
export type SendOutcome = { sent: true } | { failure: string; isFinal: boolean; isGone?: boolean };

/** The port to a provider of messages, called by a durable job. It never throws for what the other side does. */
export interface NoticeSender {
  send(notice: OutgoingNotice): Promise<SendOutcome>;
}
export type NoticeSenders = ReadonlyMap<NoticeChannel, NoticeSender>;

/** Whether messages go out by this channel: in a sandbox into its outbox, in a live network through what is configured. */
export function isOffered({ network, settings }: Pick<Context, 'network' | 'settings'>, channel: NoticeChannel): boolean {
  return network.mode === 'sandbox' || settings.noticeChannels.includes(channel);
}
