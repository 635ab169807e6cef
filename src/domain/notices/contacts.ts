/** Drivers' contacts and preferences: the provider's to tell, the driver's own key may read all and choose (NTC-4). */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { getDriver } from '../drivers/index.ts';
import { audit, requireAccess, type Context } from '../organisations/index.ts';
import { DEFAULT_REMINDER_MINUTES, MOST_PUSH_SUBSCRIPTIONS, type Contact, type PushSubscription } from './contact.ts';
import { toE164 } from './phone.ts';
import * as store from './store-contacts.ts';

export interface ContactInput {
  phone: string | null;
  email: string | null;
  languages: string[];
}

/** What is left out is as it was in the beginning. */
type Preferences = Partial<Pick<Contact, 'reminderMinutes' | 'channels'>>;

/** What is known of a driver; one that nobody has told anything about can't be reached. */
export async function getContact(ctx: Context, driverId: string): Promise<Contact> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'contact.read', { organisationId, driverId });
  return (await store.findContact(ctx.tx, driverId)) ?? nothingKnown(ctx, driverId, organisationId);
}

/** Throws `invalid_request` for what is no phone number with its country code, no e-mail address or no language. */
export async function setContact(ctx: Context, driverId: string, input: ContactInput): Promise<Contact> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'contact.write', { organisationId, driverId });
  const told = { phone: phoneOf(input.phone), email: emailOf(input.email), languages: languagesOf(input.languages) };
  return change(ctx, driverId, organisationId, told, 'contact.update');
}

/** Throws `invalid_request` where nothing would be left for a driver who asks for a password. */
export async function setNoticePreferences(ctx: Context, driverId: string, { reminderMinutes = DEFAULT_REMINDER_MINUTES, channels = {} }: Preferences): Promise<Contact> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'contact.choose', { organisationId, driverId });
  if (channels.session_otp?.length === 0) {
    throw invalid('/channels/session_otp', 'must name a channel: it is sent to who asks for it only');
  }
  return change(ctx, driverId, organisationId, { reminderMinutes, channels }, 'contact.choose');
}

/** Adds what a browser has given, in the place of the same one from before. The caller has checked the endpoint's form; what it resolves to is checked at each use. */
export async function addPushSubscription(
  ctx: Context, driverId: string, input: Pick<PushSubscription, 'endpoint' | 'p256dh' | 'auth' | 'expiresAt'>,
): Promise<PushSubscription> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'contact.choose', { organisationId, driverId });
  if (!isBase64Url(input.p256dh, 65)) throw invalid('/keys/p256dh', 'must be the base64url of a point on the curve P-256');
  if (!isBase64Url(input.auth, 16)) throw invalid('/keys/auth', 'must be the base64url of 16 bytes');
  await store.insertContact(ctx.tx, nothingKnown(ctx, driverId, organisationId));
  await store.lockContact(ctx.tx, driverId);
  const subscriptions = await store.listPushSubscriptions(ctx.tx, driverId);
  const known = subscriptions.find(({ endpoint }) => endpoint === input.endpoint);
  if (!known && subscriptions.length >= MOST_PUSH_SUBSCRIPTIONS) {
    throw new DomainError('invalid_state', `A driver has ${MOST_PUSH_SUBSCRIPTIONS} push subscriptions at most: remove one first.`);
  }
  const subscription: PushSubscription = { ...input, id: known?.id ?? newId('pushSubscription'), driverId, createdAt: known?.createdAt ?? ctx.now };
  await store.putPushSubscription(ctx.tx, subscription);
  if (!known) await audit(ctx, 'push_subscription.create', 'push_subscription', subscription.id);
  return subscription;
}

/** The newest first. */
export async function listPushSubscriptions(ctx: Context, driverId: string): Promise<PushSubscription[]> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'contact.read', { organisationId, driverId });
  return store.listPushSubscriptions(ctx.tx, driverId);
}

export async function removePushSubscription(ctx: Context, driverId: string, id: string): Promise<void> {
  const { organisationId } = await getDriver(ctx, driverId);
  requireAccess(ctx, 'contact.choose', { organisationId, driverId });
  if (!(await store.deletePushSubscription(ctx.tx, driverId, id))) throw notFound('push subscription', id);
  await audit(ctx, 'push_subscription.delete', 'push_subscription', id);
}

function nothingKnown(ctx: Context, driverId: string, organisationId: string): Contact {
  return {
    driverId, networkId: ctx.network.id, organisationId, phone: null, email: null, languages: [], reminderMinutes: DEFAULT_REMINDER_MINUTES, channels: {},
    createdAt: ctx.now, updatedAt: ctx.now,
  };
}

/** Audited without its values (NTC-4). */
async function change(ctx: Context, driverId: string, organisationId: string, changed: Partial<Contact>, action: string): Promise<Contact> {
  await store.insertContact(ctx.tx, nothingKnown(ctx, driverId, organisationId));
  const before = (await store.lockContact(ctx.tx, driverId))!;
  const after: Contact = { ...before, ...changed, updatedAt: ctx.now };
  await store.updateContact(ctx.tx, after);
  await audit(ctx, action, 'driver', driverId);
  return after;
}

function phoneOf(text: string | null): string | null {
  if (text === null) return null;
  const phone = toE164(text);
  if (phone === undefined) throw invalid('/phone', 'must be a phone number with its country code, like +91 98765 43210');
  return phone;
}

/** No more than what no mail server takes is refused; whether somebody is there, only a message can tell. */
function emailOf(text: string | null): string | null {
  if (text === null || (/^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]+\.[^\s@<>,;:"()[\]\\.]+$/.test(text) && text.length <= 254)) return text;
  throw invalid('/email', 'must be an e-mail address');
}

function languagesOf(tags: readonly string[]): string[] {
  return tags.map((tag, i) => {
    try {
      return new Intl.Locale(tag).toString();
    } catch {
      throw invalid(`/languages/${i}`, 'must be a language tag (BCP 47), like en or kn-IN');
    }
  });
}

function isBase64Url(text: string, bytes: number): boolean {
  return /^[A-Za-z0-9_-]+={0,2}$/.test(text) && Buffer.from(text, 'base64url').length === bytes;
}

function invalid(pointer: string, message: string): DomainError {
  return new DomainError('invalid_request', 'That is not how a driver can be reached.', { errors: [{ pointer, message }] });
}
