/** The senders of messages against real servers: mail, an HTTP gateway for SMS, a push service whose browser decrypts; and the whole way in a live network. */
import { createPublicKey, verify } from 'node:crypto';
import { decrypt } from 'http_ece';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureNetwork } from '../src/app/networks.ts';
import { tellDriver, type NoticeChannel, type OutgoingNotice, type SendOutcome } from '../src/domain/notices/index.ts';
import { createOrganisation, inContext, issueKey } from '../src/domain/organisations/index.ts';
import { openNoticeSenders } from '../src/integrations/index.ts';
import { readConfig, type Config, type ConfigError } from '../src/platform/config/index.ts';
import { apiOf } from './support/api.ts';
import { openMailServer, type MailServer } from './support/mail-server.ts';
import { openBrowser, type Browser } from './support/push-subscription.ts';
import { newVapid } from './support/vapid.ts';
import { openReceiver, type Receiver } from './support/webhook-bed.ts';
import { must, openWorld, outcome } from './support/world.ts';

const NOTICE: OutgoingNotice = {
  id: 'ntc_01jq8y3k5wf0xr7q1m3zs5c9tb', kind: 'refund', language: 'hi', title: 'आपको पैसे', text: 'Say "₹5" & {to}\n+ 100 %', recipient: '+919845012345', about: 'pay_1',
  keys: null, sendBefore: null,
};
const PRIVATE = { PLUGTIME_OUTBOUND_ALLOW_PRIVATE: 'true' };
const VAPID = newVapid();

let mail: MailServer;
let receiver: Receiver;
let closers: (() => Promise<void>)[];
beforeEach(async () => {
  [mail, receiver] = [await openMailServer(), await openReceiver()];
  closers = [() => mail.close(), () => receiver.close()];
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
});

type Settings = Partial<Record<keyof Config, string>>;
const send = async (channel: NoticeChannel, settings: Settings, notice: Partial<OutgoingNotice> = {}): Promise<SendOutcome> => {
  const { senders, close } = openNoticeSenders(readConfig({ ...PRIVATE, ...settings }));
  const came = await senders.get(channel)!.send({ ...NOTICE, ...notice });
  await close();
  return came;
};
const smtp = (url = mail.url): Settings => ({ PLUGTIME_SMTP_URL: url, PLUGTIME_MAIL_FROM: 'Plugtime <no-reply@plugtime.example>' });
const pushTo = (browser: Browser) => ({ recipient: browser.subscription.endpoint, keys: browser.subscription.keys });
const read = ({ ecdh, auth }: Browser, body: Buffer): unknown => JSON.parse(decrypt(body, { version: 'aes128gcm', privateKey: ecdh, authSecret: auth }).toString());

describe('SMTP', () => {
  it('NTC-8 sends with our name, an id that stays the same, and the text as it is', async () => {
    expect(await send('email', smtp(), { recipient: 'asha@example.org' })).toEqual({ sent: true });
    const [{ to, from, user, source }] = mail.mails as [MailServer['mails'][0]];
    expect({ to, from, user }).toEqual({ to: ['asha@example.org'], from: 'no-reply@plugtime.example', user: 'plugtime' });
    expect(source).toMatch(/^Message-ID: <ntc_01jq8y3k5wf0xr7q1m3zs5c9tb@plugtime\.example>$/im);
    expect(source).toMatch(/^Content-Language: hi$/im);
    const [, body] = source.split('\r\n\r\n') as [string, string];
    const text = /^Content-Transfer-Encoding: base64/im.test(source) ? Buffer.from(body, 'base64').toString()
      : Buffer.from(body.replaceAll('=\r\n', '').replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))), 'latin1').toString();
    expect(text.trim().replaceAll('\r\n', '\n')).toBe(NOTICE.text);
  });

  it('NTC-8 takes 5xx for good, and all else for a while', async () => {
    mail.refuseWith = 550;
    expect(await send('email', smtp(), { recipient: 'a@example.org' })).toEqual({ failure: 'smtp_550', isFinal: true });
    mail.refuseWith = 451;
    expect(await send('email', smtp(), { recipient: 'a@example.org' })).toEqual({ failure: 'smtp_451', isFinal: false });
    expect(await send('email', smtp(mail.url.replace('secret', 'wrong')), { recipient: 'a@example.org' })).toMatchObject({ isFinal: false });
    expect(await send('email', smtp('smtp://127.0.0.1:1'), { recipient: 'a@example.org' })).toMatchObject({ isFinal: false, failure: expect.stringMatching(/^smtp_e/) });
    expect(mail.mails).toEqual([]);
  });
});

describe('an SMS gateway', () => {
  it('NTC-8 is posted a form, JSON or text, each value written so that it says no more than itself', async () => {
    const form = { PLUGTIME_SMS_URL: `${receiver.url}?key=a%26b&to={digits}`, PLUGTIME_SMS_BODY: 'To={to}&From=%2B1555&Body={text}&Id={id}' };
    expect(await send('sms', { ...form, PLUGTIME_SMS_HEADERS: '{"Authorization":"Basic eDp5"}' })).toEqual({ sent: true });
    const [first] = receiver.received;
    expect(first!.headers).toMatchObject({ authorization: 'Basic eDp5', 'content-type': 'application/x-www-form-urlencoded' });
    expect(Object.fromEntries(new URLSearchParams(first!.body))).toEqual({ To: NOTICE.recipient, From: '+1555', Body: NOTICE.text, Id: NOTICE.id });
    await send('sms', {
      PLUGTIME_SMS_URL: receiver.url, PLUGTIME_SMS_HEADERS: '{"content-type":"application/json"}', PLUGTIME_SMS_TEMPLATES: '{"refund":"1107"}',
      PLUGTIME_SMS_BODY: '{"mobile":"{digits}","text":"{text}","dlt":"{template}","kind":"{kind}","lang":"{language}","{unknown}":1}',
    });
    expect(JSON.parse(receiver.received[1]!.body)).toEqual({ mobile: '919845012345', text: NOTICE.text, dlt: '1107', kind: 'refund', lang: 'hi', '{unknown}': 1 });
  });

  it('NTC-8 4xx is for good, 429, 5xx and silence are for a while, and nothing of the answer is told', async () => {
    const settings = { PLUGTIME_SMS_URL: receiver.url, PLUGTIME_SMS_BODY: '{text}' };
    const outcomes: SendOutcome[] = [];
    for (const status of [400, 429, 503, 302]) {
      receiver.answer = { status, body: NOTICE.text };
      outcomes.push(await send('sms', settings));
    }
    const [isFinal, isGone] = [true, false];
    expect(outcomes).toEqual([
      { failure: 'http_400', isFinal, isGone }, { failure: 'http_429', isFinal: false, isGone }, { failure: 'http_503', isFinal: false, isGone }, { failure: 'redirect', isFinal },
    ]);
    expect(await send('sms', { ...settings, PLUGTIME_OUTBOUND_ALLOW_PRIVATE: 'false' })).toEqual({ failure: 'refused_address', isFinal });
  });
});

describe('web push', () => {
  it('NTC-8 is read by the browser alone, and signed with our key', async () => {
    const browser = openBrowser(receiver.url);
    expect(await send('push', VAPID, { ...pushTo(browser), sendBefore: Date.now() + 60_000 })).toEqual({ sent: true });
    const [{ headers, bytes }] = receiver.received as [Receiver['received'][0]];
    expect(read(browser, bytes)).toEqual({ title: NOTICE.title, body: NOTICE.text, kind: 'refund', about: 'pay_1', language: 'hi' });
    expect(() => read(openBrowser(receiver.url), bytes)).toThrow();
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', topic: '01jq8y3k5wf0xr7q1m3zs5c9tb', urgency: 'normal' });
    expect(Number(headers.ttl)).toBeGreaterThan(50);
    expect(Number(headers.ttl)).toBeLessThanOrEqual(60);
    const [, token, key] = /^vapid t=(.+), k=(.+)$/.exec(headers.authorization!)!;
    expect(key).toBe(VAPID.PLUGTIME_VAPID_PUBLIC_KEY);
    const [head, claims, signature] = token!.split('.') as [string, string, string];
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ sub: 'mailto:ops@example.org', aud: new URL(receiver.url).origin.replace('http:', 'https:') });
    const point = Buffer.from(key!, 'base64url');
    const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
    const ours = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), ours, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('NTC-8 NTC-4 a browser that is gone or whose keys are none is told so, and no private address is called', async () => {
    const browser = openBrowser(receiver.url);
    receiver.answer = { status: 410 };
    expect(await send('push', VAPID, pushTo(browser))).toEqual({ failure: 'http_410', isFinal: true, isGone: true });
    const calls = receiver.received.length;
    expect(await send('push', VAPID, { ...pushTo(browser), keys: { p256dh: 'AAAA', auth: 'AAAA' } })).toEqual({ failure: 'subscription_unusable', isFinal: true, isGone: true });
    expect(await send('push', { ...VAPID, PLUGTIME_OUTBOUND_ALLOW_PRIVATE: 'false' }, pushTo(browser))).toEqual({ failure: 'refused_address', isFinal: true });
    expect(receiver.received).toHaveLength(calls);
  });
});

it('the configuration of senders is whole or refused, and tells no secret', () => {
  const problemsOf = (settings: Settings): string[] => {
    try {
      void openNoticeSenders(readConfig(settings)).close();
      return [];
    } catch (error) {
      return (error as ConfigError).problems;
    }
  };
  expect(problemsOf({ PLUGTIME_SMTP_URL: 'smtps://u:hush@mail.example.org' })).toEqual(['PLUGTIME_MAIL_FROM: is needed with PLUGTIME_SMTP_URL']);
  const sms = { PLUGTIME_SMS_URL: 'https://sms.example.org', PLUGTIME_SMS_BODY: 'x' };
  expect(problemsOf({ ...sms, PLUGTIME_SMS_HEADERS: '["hush"]' })).toEqual(['PLUGTIME_SMS_HEADERS: must be a JSON object of texts']);
  expect(problemsOf({ ...VAPID, PLUGTIME_VAPID_SUBJECT: undefined })).toEqual([expect.stringContaining('PLUGTIME_VAPID_SUBJECT: is needed')]);
  expect(problemsOf({ PLUGTIME_SMS_HEADERS: 'x' }).join(' ')).not.toContain('(it is');
});

it('NTC-1 NTC-3 NTC-8 in a live network a driver is sent what the network is configured for, by jobs of the running program', async () => {
  const w = await openWorld(undefined, {
    ...smtp(), ...VAPID, PLUGTIME_SMS_URL: `${receiver.url}/sms`, PLUGTIME_SMS_BODY: 'to={to}&text={text}',
  });
  closers.push(() => w.close());
  const caller = { networkId: (await ensureNetwork(w.db.database, 'live')).id, actor: { kind: 'system' } } as const;
  const secret = await inContext(w.app.runtime, caller, async (ctx) => {
    const { id } = await createOrganisation(ctx, { slug: 'live', name: 'Live', roles: ['operator', 'provider'] });
    return (await issueKey(ctx, id, { name: 'live', kind: 'secret' })).secret;
  });
  const api = apiOf(w.app.url, secret);
  expect(must(await api.get('/v1/push_key')).public_key).toBe(VAPID.PLUGTIME_VAPID_PUBLIC_KEY);
  const browser = openBrowser(`${receiver.url}/push`);
  const { id: driver } = must(await api.post('/v1/drivers', {}));
  must(await api.put(`/v1/drivers/${driver}/contact`, { phone: '+919845012345', email: 'asha@example.org', languages: ['en'] }));
  must(await api.post(`/v1/drivers/${driver}/push_subscriptions`, browser.subscription));
  must(await api.put(`/v1/drivers/${driver}/notice_preferences`, { channels: { refund: ['sms', 'email', 'push'] } }));
  const values = { currency: 'INR', amount: '30.00' };
  await inContext(w.app.runtime, caller, (ctx) => tellDriver(ctx, { driverId: driver, kind: 'refund', values, dedupeKey: 'one', about: 'pay_1' }));
  await expect.poll(() => [mail.mails.length, receiver.received.length], { timeout: 15_000 }).toEqual([1, 2]);
  const sms = receiver.received.find(({ headers }) => headers['content-encoding'] === undefined)!;
  const push = receiver.received.find(({ headers }) => headers['content-encoding'] === 'aes128gcm')!;
  expect(new URLSearchParams(sms.body).get('text')).toBe('₹30.00 were refunded to you.');
  expect(read(browser, push.bytes)).toMatchObject({ kind: 'refund', body: '₹30.00 were refunded to you.' });
  const { id: programme } = must(await api.post('/v1/programmes', { kind: 'fleet', ref: 'f', name: 'Taxis' }));
  must(await api.post(`/v1/programmes/${programme}/members`, { members: [{ phone: '+919845012345' }] }));
  const claimed = must(await api.post(`/v1/drivers/${driver}/memberships`, { programme, phone: '+919845012345' }));
  await expect.poll(() => receiver.received.length, { timeout: 15_000 }).toBe(3);
  const otp = /^\d{6}/.exec(new URLSearchParams(receiver.received[2]!.body).get('text')!)![0];
  expect(outcome(await api.post(`/v1/drivers/${driver}/memberships/${claimed.id}/verify`, { otp }))).toBe(200);
});
