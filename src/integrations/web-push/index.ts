/** Push messages to browsers (RFC 8030), encrypted (RFC 8291) and signed with our key (RFC 8292). */
import { buildPushPayload } from '@block65/webcrypto-web-push';
import type { NoticeSender, OutgoingNotice } from '../../domain/notices/index.ts';
import { processNow } from '../../platform/clock/index.ts';
import type { Outbound } from '../../platform/outbound/index.ts';
import { outcomeOf } from '../answers.ts';

export interface WebPushSettings {
  /** base64url, of a point on P-256 and of its private number */
  publicKey: string;
  privateKey: string;
  /** whom push services turn to: `mailto:…` or `https://…` */
  subject: string;
  /** for endpoints that strangers gave us */
  outbound: Outbound;
}

const LONGEST_TTL_SECONDS = 86_400;
const GONE = [404, 410];
const URGENT = ['session_otp', 'order_otp', 'slot_armed', 'session_interrupted', 'overstay', 'moved', 'cancelled_by_operator'];

export function webPushSender({ outbound, ...vapid }: WebPushSettings): NoticeSender {
  return {
    send: async (notice) => {
      const request = await requestOf(notice, vapid).catch(() => undefined);
      if (!request) return { failure: 'subscription_unusable', isFinal: true, isGone: true };
      return outcomeOf(await outbound.post(notice.recipient, request), GONE);
    },
  };
}

/** Throws for keys that are no keys. */
async function requestOf({ id, kind, title, text, about, language, recipient, keys, sendBefore }: OutgoingNotice, vapid: Omit<WebPushSettings, 'outbound'>) {
  const ttl = sendBefore === null ? LONGEST_TTL_SECONDS : Math.max(1, Math.min(LONGEST_TTL_SECONDS, Math.floor((sendBefore - processNow()) / 1_000)));
  const options = { ttl, topic: id.slice(id.indexOf('_') + 1), urgency: URGENT.includes(kind) ? 'high' : 'normal' } as const;
  const message = { data: { title, body: text, kind, about, language }, options };
  const endpoint = recipient.replace(/^http:/, 'https:'); // plain http exists in development alone, and the library knows nothing of it
  const { headers, body } = await buildPushPayload(message, { endpoint, expirationTime: null, keys: keys! }, vapid);
  return { headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-length')), body };
}
