/**
 * Takes a message: who sent it, whether it may be believed, whether it is new. What passes is written down and acknowledged, and
 * answered afterwards; of what does not, nothing is kept.
 */
import { SECOND_MS } from '../../../platform/clock/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import { Refused, REASONS } from '../refusal.ts';
import { verifySignature } from '../registry/index.ts';
import { digestOf, signBody } from '../signing/index.ts';
import {
  errorOfRefusal, generationOf, generationOfText, hasAction, isCallback, isFields, parseBody, parseContext, plainAction, SPOKEN, writeAcknowledgement,
  type Fields, type Generation, type MessageContext,
} from '../wire/index.ts';
import { answerReceived } from './answer.ts';
import { requireFits } from './check.ts';
import type { Exchange } from './exchange.ts';
import { isAnswered, knownSignature, type Received } from './store.ts';
import { findAsked, takeAnswers } from './store-sent.ts';

export interface Incoming {
  /** the path below `/beckn/`; undefined where the adapter's webhook has none */
  path?: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  bytes: Buffer;
  /** there is more of it than is read */
  isTooLarge?: boolean;
  /** its address has sent too much that was refused */
  isLimited?: boolean;
  /** comes over the webhook of the adapter, which has verified it */
  isFromAdapter?: boolean;
}

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const LONGEST_WAIT_SECONDS = 25;
const START_CHARS = 65_536;

/** What is known of a message so far: enough for a NACK in its form. */
interface Known {
  generation: Generation;
  transactionId?: string;
  messageId?: string;
  /** of the sender, once it is verified */
  signature?: string;
}

export async function receive(exchange: Exchange, incoming: Incoming): Promise<Reply> {
  const known: Known = { generation: 'A' };
  try {
    return await take(exchange, incoming, known);
  } catch (error) {
    if (!(error instanceof Refused)) exchange.onError(error as Error);
    return refusal(exchange, known, error instanceof Refused ? error : new Refused('internal', 'The message could not be taken.'));
  }
}

async function take(exchange: Exchange, incoming: Incoming, known: Known): Promise<Reply> {
  const { bytes, headers } = incoming;
  if (incoming.isTooLarge) {
    known.generation = generationOfText(bytes.subarray(0, START_CHARS).toString('utf8'));
    throw new Refused('body_too_large', `The body is larger than ${exchange.settings.bodyLimitBytes} bytes.`);
  }
  const body = parseBody(bytes);
  note(known, body);
  if (incoming.isLimited) throw new Refused('rate_limited', 'Too many messages from there were refused. Try again in a minute.');
  const context = parseContext(body);
  if (!SPOKEN.includes(context.generation)) throw new Refused('version_unsupported', 'Version 2.0 with camelCase contexts (LTS) is not spoken here yet.', '/context/version');
  requireAction(context, incoming.path);
  const sender = await senderOf(exchange, incoming, context, known);
  requireAddressed(exchange, context);
  if (!isCallback(context.action)) await requirePace(exchange, sender);
  if (context.expiresAt !== undefined && exchange.now() > context.expiresAt) throw new Refused('ttl_expired', 'The ttl of the message is over.', '/context/ttl');
  if (isCallback(context.action) && !(await isExpected(exchange, context))) return acknowledgement(exchange, known);
  const handler = exchange.handlers[context.generation]?.[context.action];
  if (!handler && !isCallback(context.action)) throw new Refused('action_unsupported', `${context.action} is not supported here.`, '/context/action');
  if (handler?.schema) requireFits(handler.schema, body);
  const waitSeconds = isCallback(context.action) ? 0 : waitOf(headers.prefer);
  const received: Received = {
    id: newId('becknReceived'), networkId: exchange.settings.networkId, generation: context.generation, action: context.action, subscriberId: sender.subscriberId,
    subscriberUrl: sender.url ?? null, transactionId: context.transactionId, messageId: context.messageId, identity: identityOf(context, bytes),
      signature: sender.signature ?? null,
    body: bytes.toString('utf8'), expiresAt: context.expiresAt ?? null, waitsUntil: waitSeconds === 0 ? null : exchange.now() + waitSeconds * SECOND_MS,
  };
  if (!(await exchange.keep({ ...received, at: exchange.now(), isToBeAnswered: handler !== undefined }))) return repeated(exchange, received, known);
  if (handler) exchange.answering.add(received.id, () => answerReceived(exchange, received.id, { received, context, body }));
  return waitSeconds === 0 ? acknowledgement(exchange, known) : answerNow(exchange, received, known);
}

function note(known: Known, body: Fields): void {
  const context = isFields(body.context) ? body.context : {};
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value.slice(0, 255) : undefined);
  known.generation = generationOf(body) ?? (text(context.version)?.startsWith('2') ? 'C' : 'A');
  known.transactionId = text(context.transaction_id ?? context.transactionId);
  known.messageId = text(context.message_id ?? context.messageId);
}

function requireAction({ generation, action }: MessageContext, path: string | undefined): void {
  if (path !== undefined && plainAction(path) !== action) throw new Refused('action_mismatch', `The message is a ${action}, and came to ${path}.`, '/context/action');
  if (!hasAction(generation, action)) throw new Refused('action_unsupported', `There is no action ${action}.`, '/context/action');
}

interface Sender {
  subscriberId: string;
  url?: string;
  signature?: string;
}

/** Who sent the message: its signer, who must be whom its context names; behind an adapter, whom its context names. */
async function senderOf(exchange: Exchange, { bytes, headers, isFromAdapter }: Incoming, context: MessageContext, known: Known): Promise<Sender> {
  const fromProvider = isCallback(context.action) || context.action === 'catalog_publish';
  const named = fromProvider ? context.bppId : context.bapId;
  const field = fromProvider ? 'bpp_id' : 'bap_id';
  if (named === undefined) throw new Refused('context_missing', `/context/${field} is missing.`, `/context/${field}`);
  if (isFromAdapter) return { subscriberId: named, url: fromProvider ? context.bppUri : context.bapUri };
  const { settings: { skewSeconds }, directory } = exchange;
  const options = { now: exchange.now(), skewSeconds, requestSignature: () => signatureOfAsked(exchange, context) };
  const { signer, header } = await verifySignature(directory, bytes, one(headers.authorization), options);
  const gateway = one(headers['x-gateway-authorization']) ?? one(headers['proxy-authorization']);
  if (gateway !== undefined) await verifySignature(directory, bytes, gateway, options);
  if (signer.subscriberId !== named) throw new Refused('signer_mismatch', `The message is signed by ${signer.subscriberId}, and says that it is by ${named}.`, `/context/${field}`);
  known.signature = header.signature;
  return { subscriberId: signer.subscriberId, url: signer.url, signature: header.signature };
}

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);

async function signatureOfAsked({ runtime: { database }, settings: { networkId } }: Exchange, { transactionId, messageId }: MessageContext): Promise<string | undefined> {
  const asked = await findAsked(database, networkId, transactionId);
  return asked.find((request) => request.messageId === messageId)?.signature ?? undefined;
}

function requireAddressed({ settings: { subscriberId } }: Exchange, { action, bapId, bppId }: MessageContext): void {
  const [named, field] = isCallback(action) ? [bapId, 'bap_id'] : [bppId, 'bpp_id'];
  if (named !== undefined && named !== subscriberId) throw new Refused('not_addressed', `The message is for ${named}; this is ${subscriberId}.`, `/context/${field}`);
}

/** BKN-67: who is believed may still ask too often. */
async function requirePace({ pace }: Exchange, { subscriberId }: Sender): Promise<void> {
  const isTooFast = await pace.consume(subscriberId).then(() => false, () => true);
  if (isTooFast) throw new Refused('rate_limited', `${subscriberId} sends more messages than are taken in a minute. Try again in a minute.`);
}

/** Whether a callback belongs to something that we asked: its transaction is one of ours, with that provider or with whoever answers. */
async function isExpected({ runtime: { database }, settings: { networkId } }: Exchange, { transactionId, bppId }: MessageContext): Promise<boolean> {
  const asked = await findAsked(database, networkId, transactionId);
  return asked.some(({ receiverId }) => receiverId === null || receiverId === bppId);
}

/** Senders that use one id for a whole transaction don't tell their messages apart by it: theirs are told apart by what they say. */
function identityOf({ messageId, transactionId }: MessageContext, bytes: Buffer): string {
  return messageId === transactionId ? `${messageId}#${digestOf(bytes).slice(0, 22)}` : messageId;
}

/** Up to how many seconds the sender waits for the answer on its connection (RFC 7240). */
function waitOf(prefer: string | string[] | undefined): number {
  const [, seconds] = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,3})"?/i.exec(one(prefer) ?? '') ?? [];
  return Math.min(Number(seconds ?? 0), LONGEST_WAIT_SECONDS);
}

/** A callback that comes again is acknowledged and ignored; a request is refused, as a replay where even its signature is the same. */
async function repeated(exchange: Exchange, received: Received, known: Known): Promise<Reply> {
  if (isCallback(received.action)) return acknowledgement(exchange, known);
  const signature = await knownSignature(exchange.runtime.database, received);
  if (signature !== undefined && signature === received.signature) throw new Refused('replayed', 'This very message has been taken already.');
  throw new Refused('duplicate', 'A message with that message_id has been taken already.', '/context/message_id');
}

const LOOK_EVERY_MS = 50;

/** Waits for the answer and gives it in place of an ACK; its callback is not sent then. An answer that takes longer goes the usual way. */
async function answerNow(exchange: Exchange, { id, waitsUntil }: Received, known: Known): Promise<Reply> {
  const { database } = exchange.runtime;
  while (exchange.now() < waitsUntil! - LOOK_EVERY_MS) {
    if (await isAnswered(database, id)) {
      const [first] = await takeAnswers(database, id, exchange.now());
      if (first !== undefined) return reply(exchange, known, 200, first);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return acknowledgement(exchange, known);
}

function acknowledgement(exchange: Exchange, known: Known): Reply {
  return reply(exchange, known, 200, JSON.stringify(writeAcknowledgement({ ...known, now: exchange.now(), candidateForm: exchange.settings.candidateForm })));
}

function refusal(exchange: Exchange, known: Known, refused: Refused): Reply {
  const status = REASONS[refused.reason];
  const error = errorOfRefusal(known.generation, refused);
  const body = JSON.stringify(writeAcknowledgement({ ...known, now: exchange.now(), candidateForm: exchange.settings.candidateForm }, error));
  const answer = reply(exchange, known, status, body);
  if (status === 401) answer.headers['www-authenticate'] = `Signature realm="${exchange.settings.subscriberId}",headers="(created) (expires) digest"`;
  if (status === 429) answer.headers['retry-after'] = '60';
  return answer;
}

/** Version 2 signs what is answered at once too, over the signature of the request. */
function reply({ settings: { identity }, now }: Exchange, { generation, signature }: Known, status: number, body: string): Reply {
  const headers: Record<string, string> = {};
  if (generation !== 'A' && identity && signature !== undefined) headers.signature = signBody(Buffer.from(body), identity, { now: now(), requestSignature: signature });
  return { status, headers, body };
}
