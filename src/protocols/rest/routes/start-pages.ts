/** The pages at `/charge/{connector}` and `/charging/{token}`. Logs and metrics have the routes' patterns, never their addresses. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isCurrency, minorDigits } from '../../../domain/pricing/index.ts';
import { openContext, type Context } from '../../../domain/organisations/index.ts';
import {
  estimateWalkIn, needsScan, readGuestSession, startAsGuest, stopAsGuest, ticketFor, walkInOffer, type GuestSession, type WalkInOffer, type WalkInWish,
} from '../../../domain/sessions/index.ts';
import { commonNameOf } from '../../../domain/stations/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { idPattern } from '../../../platform/ids/index.ts';
import { RFC3339 } from '../encode/encoding.ts';
import { encodeGuestSession } from '../encode/guests.ts';
import { encodeTracked } from '../encode/sessions.ts';
import { sendPage } from '../page-shell.ts';
import type { RestOptions } from '../route.ts';
import {
  guestControls, markOf, moneyText, noStartPage, NOTHING_WANTED, payPage, startPage, waitPage, type Reader, type WaitPage, type Wanted,
} from '../start-page.ts';
import { noTrackingPage, trackingPage, type TrackedState } from '../tracking-page.ts';
import { guestPages, waitForPaymentPage, type GuestOptions } from './guests.ts';

const FORM = 'application/x-www-form-urlencoded';
const FORM_LIMIT_BYTES = 4_000;
const MOST_CODE = 64;
const OLD_CODE = 'That code was used, or is too old. Please scan the one on the screen of the charger again.';
const system = (ctx: Context): Context => ctx.as({ actor: { kind: 'system' } });
const CONNECTOR = new RegExp(idPattern('connector'));

export function addStartPages(app: FastifyInstance, options: RestOptions, guests: GuestOptions): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES }, (_request, body, parsed) => parsed(null, new URLSearchParams(String(body))));
    const shared = { schema: { hide: true }, onRequest: (request: FastifyRequest, reply: FastifyReply) => options.limiter.take(request, reply) };
    scope.get('/charge/:connector', { ...shared, handler: (request, reply) => showStart(options, request, reply) });
    scope.post('/charge/:connector', { ...shared, handler: (request, reply) => begin(options, guests, request, reply) });
    scope.get('/charging/:token', { ...shared, handler: (request, reply) => showGuest(options, guests, request, reply) });
    scope.post('/charging/:token', { ...shared, handler: (request, reply) => act(options, guests, request, reply) });
    done();
  });
}

/** The first language that the reader's browser asks for, as far as that is one. */
function readerOf({ headers }: FastifyRequest): Reader {
  const asked = /^\s*([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)/.exec(headers['accept-language'] ?? '')?.[1];
  try {
    return { locale: Intl.getCanonicalLocales(asked ?? 'en')[0] ?? 'en' };
  } catch {
    return { locale: 'en' };
  }
}

const fieldsOf = (request: FastifyRequest): URLSearchParams => (
  request.body instanceof URLSearchParams ? request.body : new URL(request.url, 'http://page').searchParams);

function wantedOf(fields: URLSearchParams): Wanted {
  const text = (name: string): string => (fields.get(name) ?? '').trim().slice(0, 9);
  const want = fields.get('want');
  const known = want === 'amount' || want === 'energy' || want === 'time' ? want : 'full';
  return { ...NOTHING_WANTED, want: known, amount: text('amount'), energy: text('energy'), minutes: text('minutes') };
}

/** What was filled in, as a use case takes it, or what is wrong with it, for people. */
function wishOf({ want, amount, energy, minutes }: Wanted, currency: string): WalkInWish | string {
  if (want === 'full') return {};
  const number = (text: string): number => (/^\d{1,6}([.,]\d{1,3})?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN);
  if (want === 'amount') {
    const minor = Math.round(number(amount) * 10 ** (isCurrency(currency) ? minorDigits(currency) : 2));
    return minor >= 1 ? { amountMinor: BigInt(minor) } : `Fill in the amount, as a number like 20.`;
  }
  if (want === 'energy') {
    const energyWh = Math.round(number(energy) * 1_000);
    return energyWh >= 100 && energyWh <= 1_000_000 ? { energyWh } : 'Fill in the energy in kWh, as a number from 0.1 to 1000.';
  }
  const durationMinutes = Math.round(number(minutes));
  return durationMinutes >= 1 && durationMinutes <= 1_440 ? { durationMinutes } : 'Fill in the time in minutes, as a number from 1 to 1440.';
}

async function asPublic<T>({ runtime, publicNetworkId }: RestOptions, request: FastifyRequest, work: (ctx: Context) => Promise<T>): Promise<T> {
  return runtime.database.transaction(async (tx) => (
    work(await openContext(runtime, { networkId: publicNetworkId, actor: { kind: 'public' }, requestId: request.id }, tx))));
}

/** The connector that the address names, or undefined where there is none. */
async function offerFor(ctx: Context, request: FastifyRequest): Promise<WalkInOffer | undefined> {
  const { connector } = request.params as { connector: string };
  if (!CONNECTOR.test(connector)) return undefined;
  return walkInOffer(ctx, connector).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'not_found') return undefined;
    throw error;
  });
}

const noConnector = (reply: FastifyReply): FastifyReply => (
  sendPage(reply, 404, (nonce) => noStartPage('There is no such charger', 'Please scan the code at the charger again.', nonce)));

function othersAt({ location, evse }: WalkInOffer): { connectorId: string; name: string }[] {
  const free = location.stations.flatMap(({ evses }) => evses).filter(({ id, status }) => id !== evse.id && status === 'AVAILABLE');
  return free.flatMap(({ physicalReference, uid, connectors }) => connectors.map(({ id, standard, maxPowerW }) => (
    { connectorId: id, name: `${physicalReference ?? uid}: ${commonNameOf(standard)}, ${Math.round(maxPowerW / 1000)} kW` }))).slice(0, 12);
}

async function showStart(options: RestOptions, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  return asPublic(options, request, async (ctx) => {
    const offer = await offerFor(ctx, request);
    if (!offer) return noConnector(reply);
    const { evse } = offer;
    const totp = fields.get('totp') ?? undefined;
    const ticket = totp === undefined ? fields.get('scan') ?? undefined : await ticketFor(system(ctx), evse.id, totp.slice(0, MOST_CODE));
    const mustScan = await needsScan(system(ctx), evse.id);
    const problem = totp !== undefined && ticket === undefined && mustScan ? OLD_CODE : undefined;
    return sendStart(ctx, offer, { request, reply, fields, goesOn: fields.get('step') === 'pay', problem, scan: ticket, mustScan: mustScan && ticket === undefined });
  });
}

interface Asked {
  request: FastifyRequest;
  reply: FastifyReply;
  fields: URLSearchParams;
  goesOn: boolean;
  /** why what was asked for could not be */
  problem?: string | undefined;
  /** what was given for the code on the screen */
  scan?: string | undefined;
  mustScan?: boolean;
}

/** The first page, or the second where what is wanted can be told. */
function sendStart(ctx: Context, offer: WalkInOffer, { request, reply, fields, goesOn, problem, scan, mustScan = false }: Asked): FastifyReply {
  const carried: Record<string, string> = scan === undefined ? {} : { scan };
  const wanted = wantedOf(fields);
  const reader = readerOf(request);
  const first = (status: number, wrong?: string): FastifyReply => sendPage(reply, status, (nonce) => (
    startPage({ offer, others: othersAt(offer), wanted, problem: wrong, reader, carried, mustScan }, nonce)), "'self'");
  if (!goesOn || mustScan || offer.obstacle !== null) return first(200, offer.obstacle === null ? problem : undefined);
  const wish = wishOf(wanted, offer.price!.currency);
  if (typeof wish === 'string') return first(400, wish);
  const contact = { email: (fields.get('email') ?? '').slice(0, 254), phone: (fields.get('phone') ?? '').slice(0, 30) };
  try {
    const estimate = estimateWalkIn(ctx, offer, wish);
    const isSimulated = ctx.settings.providers.find(({ mode, methods }) => mode === ctx.network.mode && methods.includes('payment_link'))?.id === 'sandbox';
    return sendPage(reply, problem === undefined ? 200 : 400, (nonce) => payPage({ offer, estimate, wanted, isSimulated, problem, contact, reader, carried }, nonce), '*');
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return first(400, 'That is too much or too little to be paid here. Please choose something else.');
  }
}

/** What went wrong, for people; undefined where the page shows that by itself. */
function problemOf({ code, details }: DomainError): string | undefined {
  if (code === 'rate_limited') return 'Too many have begun from your connection. Please try again later.';
  if (code === 'otp_wrong' || code === 'otp_expired') return OLD_CODE;
  if (code === 'payment_method_not_offered') return 'Nothing can be paid here by a page now. Please ask the operator.';
  if (code !== 'invalid_request') return undefined;
  const wrong = details.errors?.[0]?.pointer ?? '';
  if (wrong.includes('phone')) return 'That is no phone number with its country code.';
  return wrong.includes('email') ? 'That is no e-mail address.' : 'Please check what you have filled in.';
}

async function begin(options: RestOptions, guests: GuestOptions, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const optional = (name: string): string | undefined => fields.get(name)?.trim() || undefined;
  try {
    const token = await asPublic(options, request, async (ctx) => {
      const offer = await offerFor(ctx, request);
      if (!offer) return undefined;
      const wish = wishOf(wantedOf(fields), offer.price?.currency ?? '');
      if (typeof wish === 'string') throw new DomainError('invalid_request', wish);
      await guests.takeStart(request);
      return (await startAsGuest(ctx, {
        connectorId: offer.connector.id, wish, email: optional('email'), phone: optional('phone'), languages: [readerOf(request).locale],
        scan: { ticket: optional('scan') }, returnUrl: guestPages(guests, request),
      })).token;
    });
    if (token === undefined) return await noConnector(reply);
    const { payment } = await waitForPaymentPage(options.runtime, token);
    return await reply.header('cache-control', 'no-store').redirect(payment?.details.url ?? `../charging/${token}`, 303);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const problem = problemOf(error);
    return asPublic(options, request, async (ctx) => {
      const offer = await offerFor(ctx, request);
      if (!offer) return noConnector(reply);
      const isOld = problem === OLD_CODE;
      return sendStart(ctx, offer, {
        request, reply, fields, goesOn: problem !== undefined && !isOld, problem, scan: isOld ? undefined : optional('scan'),
        mustScan: isOld && await needsScan(system(ctx), offer.evse.id),
      });
    });
  }
}

const tokenOf = (request: FastifyRequest): string => (request.params as { token: string }).token;

async function guestOf({ runtime }: RestOptions, request: FastifyRequest): Promise<GuestSession | undefined> {
  return readGuestSession(runtime, tokenOf(request)).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'not_found') return undefined;
    throw error;
  });
}

async function showGuest(options: RestOptions, guests: GuestOptions, request: FastifyRequest, reply: FastifyReply, problem?: string): Promise<FastifyReply> {
  const guest = await guestOf(options, request);
  if (!guest) return sendPage(reply, 404, noTrackingPage);
  const { live: { session }, payment, invoice } = guest;
  const reader = readerOf(request);
  const page = guestPages(guests, request)(tokenOf(request));
  const amount = payment ? moneyText(payment.amountMinor, payment.currency, reader) : null;
  if (session.status === 'created' || session.status === 'cancelled') return sendPage(reply, 200, (nonce) => waitPage(waitingOf(guest, { amount, reader, page }), nonce), "'self'");
  const isOver = session.status === 'ended';
  const { cost } = session;
  const paid = cost && payment ? `You pay ${moneyText(cost.totalMinor, cost.currency, reader)} of the ${amount} that were held. The rest is released.` : null;
  const besides = guestControls({
    isOver, problem, paid, receipt: invoice ? 'there' : cost !== null && cost.totalMinor > 0 ? 'coming' : 'none', receiptUrl: `${page}/receipt`,
  });
  const state = encodeTracked(guest, RFC3339) as TrackedState; // with times as text
  return sendPage(reply, problem === undefined ? 200 : 409, (nonce) => trackingPage(state, { nonce, streamUrl: `../v1/track/${tokenOf(request)}/stream`, besides }), "'self'");
}

function waitingOf({ live: { session }, payment, invoice, place }: GuestSession, { amount, reader, page }: { amount: string | null; reader: Reader; page: string }): WaitPage {
  const told = encodeGuestSession({ session, payment, invoice }, `${page}/receipt`, RFC3339);
  const isPaid = payment === undefined || payment.status === 'authorized' || payment.status === 'succeeded';
  const time = new Intl.DateTimeFormat(reader.locale, { timeZone: place.timeZone, hour: 'numeric', minute: '2-digit', second: '2-digit' });
  const state: WaitPage['state'] = session.status === 'cancelled' ? { is: 'cancelled', reason: session.endedReason }
    : isPaid ? { is: 'to_plug', until: session.remoteStartId === null || session.startBy === null ? null : time.format(session.startBy) }
      : { is: 'to_pay', url: told.payment?.url ?? null };
  const { name, address, city, evse } = place;
  return {
    place: { name, address, city, evse }, state, amount, again: `../charge/${session.connectorId}`, stateUrl: `../v1/guest_sessions/${page.split('/').at(-1)}`,
    mark: markOf(told.status, told.payment),
  };
}

async function act(options: RestOptions, guests: GuestOptions, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (fieldsOf(request).get('do') !== 'stop') return showGuest(options, guests, request, reply);
  try {
    await options.runtime.database.transaction((tx) => stopAsGuest(options.runtime, tx, tokenOf(request)));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'not_found') return sendPage(reply, 404, noTrackingPage);
    return showGuest(options, guests, request, reply, error.code === 'stop_not_offered'
      ? 'Standing here costs after charging, so your charging ends when you unplug.' : 'It can not be stopped from here now. Unplug, or try again in a moment.');
  }
  return reply.header('cache-control', 'no-store').redirect(`./${tokenOf(request)}`, 303);
}
