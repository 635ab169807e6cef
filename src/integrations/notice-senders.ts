/** The providers of messages that the configuration names. */
import type { NoticeChannel, NoticeSender, NoticeSenders } from '../domain/notices/index.ts';
import { ConfigError, type Config } from '../platform/config/index.ts';
import { createOutbound } from '../platform/outbound/index.ts';
import { httpSmsSender } from './http-sms/index.ts';
import { smtpSender } from './smtp/index.ts';
import { together } from './together.ts';
import { webPushSender } from './web-push/index.ts';

const TIMEOUT_MS = 15_000;
const MOST_RESPONSE_BYTES = 64_000;

/** By which channels live networks send messages. */
export function noticeChannelsOf(config: Config): NoticeChannel[] {
  const { PLUGTIME_SMS_URL: sms, PLUGTIME_SMTP_URL: email, PLUGTIME_VAPID_PUBLIC_KEY: push } = config;
  return (Object.entries({ sms, email, push }) as [NoticeChannel, string | undefined][]).filter(([, setting]) => setting !== undefined).map(([channel]) => channel);
}

export interface OpenSenders {
  senders: NoticeSenders;
  close(): Promise<void>;
}

/** Throws a ConfigError for one that is named by halves, or by what can't be read. */
export function openNoticeSenders(config: Config): OpenSenders {
  const outbound = createOutbound({ allowPrivate: config.PLUGTIME_OUTBOUND_ALLOW_PRIVATE, timeoutMs: TIMEOUT_MS, maxResponseBytes: MOST_RESPONSE_BYTES });
  const senders = new Map<NoticeChannel, NoticeSender>();
  const { PLUGTIME_SMTP_URL: smtpUrl, PLUGTIME_MAIL_FROM: from } = together(config, ['PLUGTIME_SMTP_URL', 'PLUGTIME_MAIL_FROM']);
  const smtp = smtpUrl === undefined ? undefined : smtpSender({ url: smtpUrl, from: from! });
  if (smtp) senders.set('email', smtp);
  const { PLUGTIME_SMS_URL: url, PLUGTIME_SMS_BODY: body } = together(config, ['PLUGTIME_SMS_URL', 'PLUGTIME_SMS_BODY']);
  const [headers, templates] = [textsOf(config, 'PLUGTIME_SMS_HEADERS'), textsOf(config, 'PLUGTIME_SMS_TEMPLATES')];
  if (url !== undefined) senders.set('sms', httpSmsSender({ url, body: body!, headers, templates, outbound }));
  const vapid = together(config, ['PLUGTIME_VAPID_PUBLIC_KEY', 'PLUGTIME_VAPID_PRIVATE_KEY', 'PLUGTIME_VAPID_SUBJECT']);
  const { PLUGTIME_VAPID_PUBLIC_KEY: publicKey, PLUGTIME_VAPID_PRIVATE_KEY: privateKey, PLUGTIME_VAPID_SUBJECT: subject } = vapid;
  if (publicKey !== undefined) senders.set('push', webPushSender({ publicKey, privateKey: privateKey!, subject: subject!, outbound }));
  return {
    senders,
    close: async () => {
      smtp?.close();
      await outbound.close();
    },
  };
}

/** A JSON object of texts. What can't be read may hold a secret, and is not shown. */
function textsOf(config: Config, name: 'PLUGTIME_SMS_HEADERS' | 'PLUGTIME_SMS_TEMPLATES'): Record<string, string> {
  try {
    const value: unknown = JSON.parse(config[name] ?? '{}');
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isObject && Object.values(value).every((text) => typeof text === 'string')) return value as Record<string, string>;
  } catch {
    // as for any other thing that is no object of texts
  }
  throw new ConfigError([`${name}: must be a JSON object of texts`]);
}
