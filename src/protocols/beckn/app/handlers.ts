/** Callbacks of providers: what they tell is taken by the network, in the transaction that takes the callback (BKN-71). */
import { noteFound, noteTold, type Operation, type Told } from '../../../domain/external/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import type { ErrorCode } from '../../../platform/errors/index.ts';
import type { BecknMessage, Handler } from '../exchange/index.ts';
import { callbackOf, isFields, type Fields } from '../wire/index.ts';
import type { Translation } from './translation.ts';

/** Callbacks that can't but answer, although some providers give them an id of their own; the others come unasked too. */
const ANSWERS: Record<string, readonly Operation[]> = {
  on_select: ['quote'], on_init: ['hold'], on_confirm: ['confirm'], on_track: ['track'], on_rating: ['rate'], on_support: ['support'],
};
const ACTIONS = ['select', 'init', 'confirm', 'status', 'update', 'cancel', 'track', 'rating', 'support'];

export function appHandlersOf(translation: Translation): Readonly<Record<string, Handler>> {
  const told: Handler = { handle: (ctx, message) => takeTold(ctx, translation, message) };
  return {
    ...Object.fromEntries(ACTIONS.map((action) => [callbackOf(action), told])),
    [translation.answersSearch]: { handle: (ctx, message) => takeFound(ctx, translation, message) },
  };
}

async function takeFound(ctx: Context, translation: Translation, { body, context, sender }: BecknMessage): Promise<undefined> {
  const url = sender.url ?? context.bppUri;
  if (url === undefined) return; // nobody could ask there
  const places = isFields(body.error) ? [] : translation.found(body);
  await noteFound(ctx, { conversationId: context.transactionId, providerId: sender.subscriberId, route: { url }, places });
}

async function takeTold(ctx: Context, translation: Translation, { body, context, sender }: BecknMessage): Promise<undefined> {
  const { action, transactionId, messageId } = context;
  const answers = { ref: messageId, operations: ANSWERS[action] ?? [] };
  const problem = problemOf(body);
  await noteTold(ctx, { conversationId: transactionId, providerId: sender.subscriberId }, problem ? { answers, facts: {}, problem } : { answers, ...translation.told(action,
    body) });
}

const MOST_CHARS = 500;

/** What of BECKN-005 has an error of ours; the rest is a refusal. */
const REASONS: Record<string, ErrorCode> = {
  30008: 'evse_not_bookable', 30010: 'not_found', 40002: 'slot_unavailable', 40003: 'price_unknown', 40004: 'payment_method_not_offered', 50001: 'cancel_cut_off_passed',
};

function problemOf({ error }: Fields): Told['problem'] {
  if (!isFields(error)) return undefined;
  const { code, message } = error;
  const text = typeof message === 'string' && message.trim() !== '' ? message.trim() : 'The provider refused that, without a word.';
  const told = (typeof code === 'string' || typeof code === 'number' ? String(code) : 'unknown').slice(0, 60);
  return { code: told, message: text.slice(0, MOST_CHARS), reason: REASONS[told] ?? 'refused_elsewhere' };
}
