/** Requests about how drivers are reached and what they are told that are accepted. */
import { DRIVER_KINDS, NOTICE_CHANNELS } from '../../src/domain/notices/index.ts';
import { pushSubscription } from '../support/push-subscription.ts';
import type { Examples } from './example.ts';

export const notices: Record<string, Examples> = {
  getContact: ({ ours }) => [{ id: ours.drv }],
  setContact: async ({ make }) => [{ id: (await make.driver()).drv, body: { phone: '+91 98450 12345', email: 'asha@example.org', languages: ['kn-IN', 'en'] } }],
  getNoticePreferences: ({ ours }) => [{ id: ours.drv }],
  setNoticePreferences: ({ ours }) => [
    { id: ours.drv, body: { reminder_minutes: 45, channels: Object.fromEntries(DRIVER_KINDS.map((kind) => [kind, [...NOTICE_CHANNELS]])) } }, { id: ours.drv, body: {} },
  ],
  getPushKey: () => [{}],
  createPushSubscription: async ({ make }) => [{ id: (await make.driver()).drv, body: { ...pushSubscription(), expirationTime: 1_900_000_000_000 } }],
  listPushSubscriptions: ({ ours }) => [{ id: ours.drv }],
  deletePushSubscription: async ({ make }) => {
    const { drv: id } = await make.driver();
    return [{ id, params: { sid: (await make.call('POST', `/v1/drivers/${id}/push_subscriptions`, pushSubscription())).id } }];
  },
  sendStartOtp: async ({ make, ours }) => {
    const { drv: driver } = await make.driver();
    await make.call('PUT', `/v1/drivers/${driver}/contact`, { phone: '+91 98450 12345' });
    const { start, end } = make.slot();
    const { id } = await make.call('POST', '/v1/reservations', { evse: ours.evse, driver, ideal_start: start, ideal_end: end, confirm: true });
    return [{ id, body: {} }];
  },
};
