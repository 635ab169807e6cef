/**
 * Answers a message that was acknowledged: its handler and the callback are one transaction, so a message is answered once,
 * whatever the number of processes and crashes.
 */
import { openContext, type Context } from '../../../domain/organisations/index.ts';
import type { Transaction } from '../../../platform/database/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { Refused } from '../refusal.ts';
import { BusinessError, callbackOf, errorOfBusiness, errorOfDomain, errorOfRefusal, isCallback, parseContext, type Fields, type WireError } from '../wire/index.ts';
import type { Exchange } from './exchange.ts';
import type { Answer, BecknMessage } from './handler.ts';
import { enqueueAnswer } from './send.ts';
import { endReceived, lockAccepted, noteFailure, type Received } from './store.ts';

/** After so many failures of ours the sender is told so; until then it is tried again. */
const MOST_ATTEMPTS = 5;

/** Does nothing for a message that is answered, or that another process is at. Throws when the handler failed and is to be run again. */
export async function answerReceived(exchange: Exchange, id: string): Promise<void> {
  const { database } = exchange.runtime;
  try {
    await database.transaction(async (tx) => {
      const received = await lockAccepted(tx, id);
      if (received) await answer(exchange, tx, received, await handled(exchange, tx, received));
    });
  } catch (error) {
    if ((await noteFailure(database, id, (error as Error).message.slice(0, 500))) < MOST_ATTEMPTS) throw error;
    exchange.onError(error as Error);
    await database.transaction(async (tx) => {
      const received = await lockAccepted(tx, id);
      const told = errorOfRefusal(received?.generation ?? 'A', new Refused('internal', 'The message could not be dealt with here.'));
      if (received) await answer(exchange, tx, received, [{ body: {}, error: told }], 'failed');
    });
  }
}

async function answer(exchange: Exchange, tx: Transaction, received: Received, answers: readonly Answer[], status: 'answered' | 'failed' = 'answered'): Promise<void> {
  const { id, action, subscriberId, subscriberUrl, signature, waitsUntil } = received;
  const context = parseContext(JSON.parse(received.body) as Fields);
  if (!isCallback(action)) {
    for (const one of answers) await enqueueAnswer(exchange, tx, { id, context, subscriberId, subscriberUrl, signature, waitsUntil }, callbackOf(action), one);
  }
  await endReceived(tx, id, status, exchange.now());
}

/** What the handler answers; what it refuses is an answer too, and then nothing of what it did stands. */
async function handled(exchange: Exchange, tx: Transaction, received: Received): Promise<readonly Answer[]> {
  const { generation, action, expiresAt, subscriberId, subscriberUrl, networkId, id } = received;
  const refuse = (error: WireError, body: Fields = {}): Answer[] => [{ body, error }];
  if (expiresAt !== null && exchange.now() > expiresAt) return refuse(errorOfRefusal(generation, new Refused('ttl_expired',
    'The message could not be dealt with within its ttl.')));
  const handler = exchange.handlers[generation]?.[action];
  if (!handler) return isCallback(action) ? [] : refuse(errorOfRefusal(generation, new Refused('action_unsupported', `${action} is not supported here.`)));
  const body = JSON.parse(received.body) as Fields;
  const message: BecknMessage = { id, body, context: parseContext(body), sender: { subscriberId, url: subscriberUrl ?? undefined } };
  const ctx: Context = await openContext(exchange.runtime, { networkId, actor: { kind: 'system' } }, tx);
  try {
    const answers = await tx.savepoint(() => handler.handle(ctx, message));
    const all = answers === undefined ? [] : isList(answers) ? answers : [answers];
    return all.map((one) => (one.error ? { ...one, body: { ...handler.refused?.(message), ...one.body } } : one));
  } catch (error) {
    const told = error instanceof DomainError ? errorOfDomain(generation, error) : error instanceof BusinessError ? errorOfBusiness(generation, error)
      : error instanceof Refused ? errorOfRefusal(generation, error) : undefined;
    if (!told) throw error;
    return refuse(told, handler.refused?.(message));
  }
}

const isList = (answers: Answer | readonly Answer[]): answers is readonly Answer[] => Array.isArray(answers);
