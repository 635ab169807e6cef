/** Messages that go out are written down in the transaction that wants them sent, and sent after its commit. */
import { randomUUID } from 'node:crypto';
import type { Context } from '../../../domain/organisations/index.ts';
import type { EpochMs } from '../../../platform/clock/index.ts';
import type { Transaction } from '../../../platform/database/index.ts';
import { newId } from '../../../platform/ids/index.ts';
import { pathOfAction, repeatedFields, writeContext, writeError, type Fields, type Generation, type MessageContext } from '../wire/index.ts';
import { CLAIM_MS, deliverClaimed } from './deliver.ts';
import type { Exchange } from './exchange.ts';
import type { Answer } from './handler.ts';
import { insertSent, type Sent } from './store-sent.ts';

export interface NewMessage {
  generation: Generation;
  /** in our spelling */
  action: string;
  /** the subscriber's URL; the action goes behind */
  baseUrl: string;
  receiverId?: string;
  transactionId: string;
  messageId: string;
  body: Fields;
  answers?: string;
  requestSignature?: string;
  notBefore?: EpochMs;
  /** nothing goes behind the URL, and no adapter is in between */
  isWholeUrl?: boolean;
}

/** Writes a message down, with the commit, and has it sent by this process; another finds it when its claim has run out. Gives its id. */
export function enqueue(exchange: Exchange, tx: Transaction, message: NewMessage): string {
  const now = exchange.now();
  const { settings: { networkId, adapter } } = exchange;
  const url = message.isWholeUrl === true ? message.baseUrl : `${(adapter?.url ?? message.baseUrl).replace(/\/+$/, '')}/${pathOfAction(message.action)}`;
  const sent: Sent = {
    id: newId('becknSent'), networkId, generation: message.generation, action: message.action, receiverId: message.receiverId ?? null, url,
    transactionId: message.transactionId, messageId: message.messageId, answers: message.answers ?? null, requestSignature: message.requestSignature ?? null,
    body: JSON.stringify(message.body), nextAttemptAt: message.notBefore ?? now,
  };
  const until = message.notBefore === undefined ? now + CLAIM_MS : undefined;
  insertSent(tx, sent, now, until);
  if (until !== undefined) tx.afterCommit(() => exchange.delivering.add(sent.id, () => deliverClaimed(exchange, { ...sent, attempt: 1, until })));
  return sent.id;
}

/** A message that somebody sent us, as far as answers depend on it. */
export interface Answered {
  id: string;
  context: MessageContext;
  subscriberId: string;
  subscriberUrl: string | null;
  signature: string | null;
  waitsUntil?: EpochMs | null;
}

/** Writes the callback of a request down and has it sent. */
export function enqueueAnswer(exchange: Exchange, tx: Transaction, asked: Answered, action: string, answer: Answer, messageId?: string): string {
  const { context } = asked;
  const own = { id: exchange.settings.subscriberId, uri: exchange.settings.url() };
  const schemaContext = answer.schemaContext ? { schema_context: answer.schemaContext } : {};
  const isSolicited = messageId === undefined;
  const written = writeContext({
    generation: context.generation, action, version: context.version, domain: context.domain, bapId: asked.subscriberId, bapUri: context.bapUri ?? asked.subscriberUrl ?? '',
    bppId: own.id, bppUri: own.uri, transactionId: context.transactionId, messageId: messageId ?? context.messageId, now: exchange.now(),
    more: { ...repeatedFields(context), ...schemaContext },
  });
  return enqueue(exchange, tx, {
    generation: context.generation, action, baseUrl: callbackBase(asked), receiverId: asked.subscriberId, transactionId: context.transactionId,
    messageId: messageId ?? context.messageId, answers: isSolicited ? asked.id : undefined,
    body: bodyOf(context.generation, action, written, answer),
    requestSignature: isSolicited && context.generation === 'D' ? asked.signature ?? undefined : undefined,
    notBefore: asked.waitsUntil ?? undefined,
  });
}

/** Schemas that ask for a message ask for it beside an error too. */
export function bodyOf(generation: Generation, action: string, context: Fields, { body, error }: Pick<Answer, 'body' | 'error'>): Fields {
  if (!error) return { context, ...body };
  const isMessageMissed = !('message' in body) && (generation === 'C' || (generation === 'A' && action === 'on_rating'));
  return { context, ...(isMessageMissed ? { message: {} } : {}), ...body, error: writeError(generation, error) };
}

/**
 * Where a sender takes its callbacks: the URL that the registry has of it. The one in its message counts where it lies on the
 * same host, and where the registry has none, since then it is the sender's own word under its signature.
 */
export function callbackBase({ context, subscriberUrl }: Pick<Answered, 'context' | 'subscriberUrl'>): string {
  const told = context.bapUri ?? '';
  if (subscriberUrl === null) return told;
  const [registered, said] = [URL.parse(subscriberUrl), URL.parse(told)];
  return registered && said && registered.origin === said.origin ? told : subscriberUrl;
}

export interface Callback {
  /** the request, or any other message of the same transaction */
  to: Answered;
  /** `on_status`, … */
  action: string;
  answer: Answer;
  /** the request was not asked for this: the callback has a message id of its own */
  isUnsolicited: boolean;
}

/** Sends a callback from a use case: an answer that had to wait for the outside, or one that nobody asked for. Gives its id. */
export async function sendCallback(exchange: Exchange, ctx: Context, { to, action, answer, isUnsolicited }: Callback): Promise<string> {
  return enqueueAnswer(exchange, ctx.tx, { ...to, waitsUntil: null }, action, answer, isUnsolicited ? randomUUID() : undefined);
}
