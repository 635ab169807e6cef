/** Contacts, preferences and messages between REST's words and the domain's. */
import { DRIVER_KINDS, NOTICE_CHANNELS, type Contact, type Notice, type NoticeEventData, type PushSubscription } from '../../../domain/notices/index.ts';
import type { Encoding } from './encoding.ts';

export function encodeContact({ driverId, phone, email, languages }: Contact) {
  return { object: 'contact', driver: driverId, phone, email, languages };
}

export function encodePreferences({ driverId, reminderMinutes, channels }: Contact) {
  return { object: 'notice_preferences', driver: driverId, reminder_minutes: reminderMinutes, channels, kinds: DRIVER_KINDS, all_channels: NOTICE_CHANNELS };
}

/** Without its keys: who has them could write to the driver's browser. */
export function encodePushSubscription({ id, driverId, endpoint, expiresAt, createdAt }: PushSubscription, { time, timeOrNull }: Encoding) {
  return { id, object: 'push_subscription', driver: driverId, endpoint, expires_at: timeOrNull(expiresAt), created: time(createdAt) };
}

export function encodeNotice(n: Notice, { time, timeOrNull }: Encoding) {
  return {
    id: n.id, object: 'notice', channel: n.channel, recipient: n.recipient, driver: n.driverId, kind: n.kind, language: n.language, title: n.title, text: n.text, about: n.about,
    send_before: timeOrNull(n.sendBefore), created: time(n.createdAt),
  };
}

export function encodeNoticeEvent(n: NoticeEventData, { time }: Encoding) {
  return {
    id: n.id, object: 'notice', channel: n.channel, driver: n.driverId, kind: n.kind, about: n.about, status: n.status, failure: n.failure, created: time(n.createdAt),
  };
}
