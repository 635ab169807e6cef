/** Messages to people: how drivers are reached, what they are told, in which words, and how it gets there. */
export { MOST_REMINDER_MINUTES, type Contact, type PushSubscription } from './contact.ts';
export {
  addPushSubscription, getContact, listPushSubscriptions, removePushSubscription, setContact, setNoticePreferences, type ContactInput,
} from './contacts.ts';
export { attemptNotice, NOTICE_JOB_KINDS, startNoticeDelivery, type DeliveryOptions, type NoticeEventData } from './deliver.ts';
export {
  DRIVER_KINDS, NOTICE_CHANNELS, type DriverKind, type Money, type Notice, type NoticeChannel, type NoticeKind, type NoticeSender, type NoticeSenders, type NoticeValues,
  type OutgoingNotice, type SendOutcome, type SlotSpot, type Spot,
} from './notice.ts';
export { toE164 } from './phone.ts';
export { listSandboxNotices, purgeNotices } from './sandbox-outbox.ts';
export { requireSender, sendNotice } from './send.ts';
export { spotOf } from './spot.ts';
export { reachableOf, tellDriver, type Telling } from './tell.ts';
