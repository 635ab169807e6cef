/** Calls that are made until they are answered, always under the same key, and what is known from their answers. */
import type { Answer, Json } from '../support/api.ts';
import { apiOf } from '../support/api.ts';
import type { Caller } from './network.ts';
import type { Servers } from './servers.ts';

/** What somebody does, whatever the network is like then. */
export interface Wish {
  as: Caller;
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
}

export interface Call extends Wish {
  step: number;
  /** what the step is called */
  name: string;
  /** under which it was made; only a POST has one */
  key: string | undefined;
  answer: Answer<Json>;
  /** how often no answer came */
  lost: number;
}

const PAUSE_MS = 20;
/** Far more than any call takes; who waits longer waits for ever. */
const PATIENCE_MS = 60_000;

/** Makes a call until an answer comes, whatever happens to the servers meanwhile. @param at the process that is asked first */
export async function callUntilAnswered(servers: Servers, wish: Wish, under: Pick<Call, 'step' | 'name' | 'key'>, at: number): Promise<Call> {
  for (let lost = 0; ; lost++) {
    const { url } = await servers.up(at + lost);
    const { as, method, path, body } = wish;
    const sent = apiOf(url, as.key).send(method, path, body, under.key === undefined ? {} : { 'idempotency-key': under.key });
    const answer = await Promise.race([sent.catch(() => 'lost' as const), tooLate(under)]);
    if (answer !== 'lost') return { ...wish, ...under, answer, lost };
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function tooLate({ step, name }: Pick<Call, 'step' | 'name'>): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`step ${step} (${name}) has had no answer for ${PATIENCE_MS / 1000} s`)), PATIENCE_MS).unref();
  });
}

export const isDone = ({ answer }: Pick<Call, 'answer'>): boolean => answer.status < 300;

/** `create 201`, `move slot_unavailable`. */
export const outcomeOf = ({ name, answer }: Call): string => `${name} ${answer.status < 300 ? answer.status : String(answer.body.code)}`;

/** The objects that an answer shows as they were then. */
export function shownIn({ answer }: Pick<Call, 'answer'>): Json[] {
  if (answer.status >= 300) return [];
  return answer.body.object === 'list' ? answer.body.data : [answer.body];
}
