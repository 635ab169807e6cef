/** How drivers are reached, what they want to be told, and, in a sandbox, what they would have been. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  addPushSubscription, DRIVER_KINDS, getContact, listPushSubscriptions, listSandboxNotices, MOST_REMINDER_MINUTES, NOTICE_CHANNELS, removePushSubscription, setContact,
  setNoticePreferences,
} from '../../../domain/notices/index.ts';
import { checkUrlForm } from '../../../platform/outbound/index.ts';
import { encodeContact, encodeNotice, encodePreferences, encodePushSubscription } from '../encode/notices.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Deleted, Id, InstantOut, List, Nullable, pageOf, Strict } from '../schemas/common.ts';

const tag = 'Notices';
const channel = Type.Enum([...NOTICE_CHANNELS]);
const kind = Type.Enum([...DRIVER_KINDS]);

const ContactIn = Strict({
  phone: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 40, description: 'with its country code; kept in E.164' }))),
  email: Type.Optional(Nullable(Type.String({ minLength: 3, maxLength: 254 }))),
  languages: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 35 }), { maxItems: 10, description: 'BCP 47, the preferred one first: `["kn-IN", "en"]`' })),
});
const ContactOut = Type.Object({
  object: Type.Literal('contact'), driver: Id('driver'), phone: Nullable(Type.String({ description: 'E.164' })), email: Nullable(Type.String()),
  languages: Type.Array(Type.String()),
});
const channels = Type.Partial(Type.Object(
  Object.fromEntries(DRIVER_KINDS.map((name) => [name, Type.Array(channel, { uniqueItems: true, maxItems: NOTICE_CHANNELS.length })])) as
    Record<(typeof DRIVER_KINDS)[number], ReturnType<typeof Type.Array<typeof channel>>>,
), {
  additionalProperties: false, description: 'by kind: the channels to use, none in an empty list; a kind that is left out comes by the first usual one that reaches the driver',
});
const reminderMinutes = Type.Integer({ minimum: 1, maximum: MOST_REMINDER_MINUTES, description: 'how long before a slot' });
const PreferencesIn = Strict({ reminder_minutes: Type.Optional(reminderMinutes), channels: Type.Optional(channels) });
const PreferencesOut = Type.Object({
  object: Type.Literal('notice_preferences'), driver: Id('driver'), reminder_minutes: reminderMinutes, channels,
  kinds: Type.Array(kind, { description: 'all that can be chosen for' }), all_channels: Type.Array(channel),
});
const PushSubscriptionIn = Strict({
  endpoint: Type.String({ minLength: 1, maxLength: 2000, description: 'https, and reachable from the public internet' }),
  expirationTime: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 8.64e15, description: 'milliseconds since 1970' }))),
  keys: Strict({ p256dh: Type.String({ minLength: 1, maxLength: 200 }), auth: Type.String({ minLength: 1, maxLength: 100 }) }),
}, { description: "what the browser's `PushSubscription.toJSON()` gives" });
const PushSubscriptionOut = Type.Object({
  id: Id('pushSubscription'), object: Type.Literal('push_subscription'), driver: Id('driver'), endpoint: Type.String(), expires_at: Nullable(InstantOut), created: InstantOut,
});
const PushKeyOut = Type.Object({
  object: Type.Literal('push_key'), public_key: Nullable(Type.String({ description: 'the `applicationServerKey` of `pushManager.subscribe`; null where none is configured' })),
});
const NoticeOut = Type.Object({
  id: Id('notice'), object: Type.Literal('notice'), channel, recipient: Type.String({ description: 'phone number, e-mail address, or endpoint of a push subscription' }),
  driver: Id('driver'), kind: Type.String(), language: Type.String(), title: Nullable(Type.String()), text: Type.String(), about: Nullable(Type.String()),
  send_before: Nullable(InstantOut), created: InstantOut,
});

export interface NoticeSettings {
  allowPrivate: boolean;
  /** of web push, where it is configured */
  publicKey: string | undefined;
}

export function addNoticeRoutes(app: FastifyInstance, options: RestOptions, settings: NoticeSettings): void {
  const driver = Strict({ id: Id('driver') });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/contact', operationId: 'getContact', tag, summary: 'How a driver is reached', params: driver, reply: ContactOut,
    handle: async (ctx, { params }) => encodeContact(await getContact(ctx, params.id)),
  });
  addRoute(app, options, {
    method: 'PUT', url: '/v1/drivers/:id/contact', operationId: 'setContact', tag, summary: 'Say how a driver is reached', params: driver, body: ContactIn, reply: ContactOut,
    description: 'What is left out is removed. Neither operators nor events, logs or the audit log are told any of it.',
    handle: async (ctx, { params, body: { phone = null, email = null, languages = [] } }) => encodeContact(await setContact(ctx, params.id, { phone, email, languages })),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/notice_preferences', operationId: 'getNoticePreferences', tag, summary: 'What a driver wants to be told', params: driver,
    reply: PreferencesOut,
    handle: async (ctx, { params }) => encodePreferences(await getContact(ctx, params.id)),
  });
  addRoute(app, options, {
    method: 'PUT', url: '/v1/drivers/:id/notice_preferences', operationId: 'setNoticePreferences', tag, summary: 'Say what a driver wants to be told, and by what', params: driver,
    body: PreferencesIn, reply: PreferencesOut, description: 'What is left out is as it was in the beginning.',
    handle: async (ctx, { params, body }) => encodePreferences(await setNoticePreferences(ctx, params.id, { reminderMinutes: body.reminder_minutes, channels: body.channels })),
  });
  addPushRoutes(app, options, settings);
  addRoute(app, options, {
    method: 'GET', url: '/v1/sandbox/notices', operationId: 'listSandboxNotices', tag: 'Sandbox', summary: 'List what your drivers would have been sent, newest first',
    query: Strict({ ...pageOf('notice'), driver: Type.Optional(Id('driver')) }), reply: List(NoticeOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listSandboxNotices(ctx, { ...page, driverId: query.driver }), (found) => encodeNotice(found, encoding));
    },
  });
}

function addPushRoutes(app: FastifyInstance, options: RestOptions, { allowPrivate, publicKey }: NoticeSettings): void {
  const driver = Strict({ id: Id('driver') });
  addRoute(app, options, {
    method: 'GET', url: '/v1/push_key', operationId: 'getPushKey', tag, summary: 'The key that browsers subscribe to push messages with', isPublic: true, reply: PushKeyOut,
    handle: async () => ({ object: 'push_key', public_key: publicKey ?? null }),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers/:id/push_subscriptions', operationId: 'createPushSubscription', tag, summary: "Have a driver's browser told", params: driver,
    body: PushSubscriptionIn, reply: PushSubscriptionOut, creates: true, description: 'The same endpoint again takes the place of the one before. Private addresses are refused.',
    handle: async (ctx, { params, body: { endpoint, expirationTime, keys }, encoding }) => {
      checkUrlForm(endpoint, { allowPrivate });
      const expiresAt = expirationTime == null ? null : Math.floor(expirationTime);
      return encodePushSubscription(await addPushSubscription(ctx, params.id, { endpoint, ...keys, expiresAt }), encoding);
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/push_subscriptions', operationId: 'listPushSubscriptions', tag, summary: "List a driver's push subscriptions", params: driver,
    reply: List(PushSubscriptionOut),
    handle: async (ctx, { params, request, encoding }) => (
      toList(request, { limit: 1001 }, await listPushSubscriptions(ctx, params.id), (found) => encodePushSubscription(found, encoding))),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/drivers/:id/push_subscriptions/:sid', operationId: 'deletePushSubscription', tag, summary: 'Tell that browser nothing any more',
    params: Strict({ id: Id('driver'), sid: Id('pushSubscription') }), reply: Deleted,
    handle: async (ctx, { params: { id, sid } }) => {
      await removePushSubscription(ctx, id, sid);
      return { id: sid, object: 'push_subscription', deleted: true };
    },
  });
}
