/** What we ask as an app: requests to providers, and the callbacks that answer them. */
import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../../platform/database/index.ts';
import { callbackOf, writeContext, type Fields, type Generation } from '../wire/index.ts';
import type { Exchange } from './exchange.ts';
import { enqueue } from './send.ts';
import { findCallbacks } from './store.ts';
import { readSent, type SentState } from './store-sent.ts';

export interface Question {
  generation: Generation;
  action: string;
  version: string;
  domain: string;
  /** the provider's URL, or the gateway's */
  url: string;
  /** the provider; undefined for what goes to whoever answers */
  providerId?: string;
  /** that of the conversation; a fresh one begins one */
  transactionId?: string;
  /** beside the context */
  body: Fields;
  /** fields of the context beside (location, schema_context) */
  more?: Fields;
  /** we publish, as the provider; and the URL is all of where that goes */
  isPublishing?: boolean;
}

export interface AskedOne {
  /** of `beckn_sent` */
  id: string;
  transactionId: string;
  messageId: string;
}

/** Writes a request down and has it sent. */
export async function request(exchange: Exchange, tx: Transaction, question: Question): Promise<AskedOne> {
  const { transactionId = randomUUID(), generation, action, providerId } = question;
  const messageId = randomUUID();
  const { subscriberId, url } = exchange.settings;
  const own = { id: subscriberId, uri: url() };
  const parties = question.isPublishing === true ? { bppId: own.id, bppUri: own.uri }
    : { bapId: own.id, bapUri: own.uri, bppId: providerId, bppUri: providerId === undefined ? undefined : question.url };
  const context = writeContext({
    generation, action, version: question.version, domain: question.domain, ...parties, transactionId, messageId, now: exchange.now(), more: question.more,
  });
  const id = enqueue(exchange, tx, {
    generation, action, baseUrl: question.url, receiverId: providerId, transactionId, messageId, body: { context, ...question.body },
    isWholeUrl: question.isPublishing,
  });
  return { id, transactionId, messageId };
}

/** What came of a request while somebody waited. */
export interface Asked extends AskedOne {
  /** bodies of callbacks, in the order in which they came */
  callbacks: Fields[];
  sent: SentState;
}

const LOOK_EVERY_MS = 50;

/** The synchronous mode: sends a request and waits until enough callbacks have come, it was given up, or the time is over. */
export async function ask(exchange: Exchange, question: Question, { waitMs, enough = 1 }: { waitMs: number; enough?: number }): Promise<Asked> {
  const { runtime: { database }, settings: { networkId } } = exchange;
  const asked = await database.transaction((tx) => request(exchange, tx, question));
  const until = exchange.now() + waitMs;
  for (;;) {
    const found = await findCallbacks(database, networkId, { action: callbackOf(question.action), ...asked });
    const sent = (await readSent(database, asked.id))!;
    if (found.length >= enough || sent.status === 'failed' || exchange.now() >= until) {
      return { ...asked, sent, callbacks: found.map(({ body }) => JSON.parse(body) as Fields) };
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
