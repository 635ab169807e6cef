/**
 * Answers a message that was acknowledged: its handler and the callback are one transaction, so a message is answered once,
 * whatever the number of processes and crashes.
 */
import { openContext, type Context } from '../../../domain/organisations/index.ts';
import { together, type Transaction } from '../../../platform/database/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { Refused } from '../refusal.ts';
import {
  BusinessError, callbackOf, errorOfBusiness, errorOfDomain, errorOfRefusal, isCallback, parseContext, type Fields, type MessageContext, type WireError,
} from '../wire/index.ts';
import type { Exchange } from './exchange.ts';
import type { Answer, BecknMessage } from './handler.ts';
import { enqueueAnswer } from './send.ts';
import { endAccepted, hasEnded, noteFailure, type Received } from './store.ts';

/** After so many failures of ours the sender is told so; until then it is tried again. */
const MOST_ATTEMPTS = 5;

/** A message as this process has just taken it: it need not be read again. */
export interface JustTaken {
  received: Received;
  context: MessageContext;
  body: Fields;
}

/** Does nothing for a message that is answered, or that another process is at. Throws when the handler failed and is to be run again. */
export async function answerReceived(exchange: Exchange, id: string, taken?: JustTaken): Promise<void> {
  const { database } = exchange.runtime;
  const refuse = (given: (received: Received) => Answer, status: 'answered' | 'failed'): Promise<void> => database.transaction(async (tx) => {
    const message = await end(exchange, tx, id, status, taken);
    if (message) answer(exchange, tx, message, [given(message.received)]);
  });
  try {
    await database.transaction(async (tx) => {
      const caller = { networkId: exchange.settings.networkId, actor: { kind: 'system' } } as const;
      const [message, ctx] = await together([end(exchange, tx, id, 'answered', taken), openContext(exchange.runtime, caller, tx)]);
      if (message) answer(exchange, tx, message, await handled(exchange, ctx, message));
    });
  } catch (error) {
    if (error instanceof HandlerRefused) return refuse(() => error.told, 'answered');
    if ((await noteFailure(database, id, (error as Error).message.slice(0, 500), exchange.now())) < MOST_ATTEMPTS) throw error;
    exchange.onError(error as Error);
    const failed = new Refused('internal', 'The message could not be dealt with here.');
    await refuse(({ generation }) => ({ body: {}, error: errorOfRefusal(generation, failed) }), 'failed');
  }
}

/** Ends the message in its answer's transaction: where that fails, it is to be answered as before. */
async function end(exchange: Exchange, tx: Transaction, id: string, status: 'answered' | 'failed', taken: JustTaken | undefined): Promise<JustTaken | undefined> {
  if (taken) return (await hasEnded(tx, id, status, exchange.now())) ? taken : undefined;
  const received = await endAccepted(tx, id, status, exchange.now());
  if (!received) return undefined;
  const body = JSON.parse(received.body) as Fields;
  return { received, body, context: parseContext(body) };
}

function answer(exchange: Exchange, tx: Transaction, { received, context }: JustTaken, answers: readonly Answer[]): void {
  const { id, action, subscriberId, subscriberUrl, signature, waitsUntil } = received;
  if (isCallback(action)) return;
  for (const one of answers) enqueueAnswer(exchange, tx, { id, context, subscriberId, subscriberUrl, signature, waitsUntil }, callbackOf(action), one);
}

/** What the handler refused: nothing of what it did stands, and its sender is told. */
class HandlerRefused extends Error {
  readonly told: Answer;
  constructor(told: Answer) {
    super(told.error?.message);
    this.told = told;
  }
}

/** What the handler answers. Throws HandlerRefused. */
async function handled(exchange: Exchange, ctx: Context, { received, context, body }: JustTaken): Promise<readonly Answer[]> {
  const { generation, action, expiresAt, subscriberId, subscriberUrl, id } = received;
  const refuse = (error: WireError): Answer[] => [{ body: {}, error }];
  if (expiresAt !== null && exchange.now() > expiresAt) return refuse(errorOfRefusal(generation, new Refused('ttl_expired',
    'The message could not be dealt with within its ttl.')));
  const handler = exchange.handlers[generation]?.[action];
  if (!handler) return isCallback(action) ? [] : refuse(errorOfRefusal(generation, new Refused('action_unsupported', `${action} is not supported here.`)));
  const message: BecknMessage = { id, body, context, sender: { subscriberId, url: subscriberUrl ?? undefined } };
  try {
    const answers = await handler.handle(ctx, message);
    const all = answers === undefined ? [] : isList(answers) ? answers : [answers];
    return all.map((one) => (one.error ? { ...one, body: { ...handler.refused?.(message), ...one.body } } : one));
  } catch (error) {
    const told = error instanceof DomainError ? errorOfDomain(generation, error) : error instanceof BusinessError ? errorOfBusiness(generation, error)
      : error instanceof Refused ? errorOfRefusal(generation, error) : undefined;
    throw told ? new HandlerRefused({ body: handler.refused?.(message) ?? {}, error: told }) : error;
  }
}

const isList = (answers: Answer | readonly Answer[]): answers is readonly Answer[] => Array.isArray(answers);
