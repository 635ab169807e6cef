/** What stands behind the wire: a handler per generation and action. The door for whoever translates between messages and the network. */
import type { TSchema } from 'typebox';
import type { Context } from '../../../domain/organisations/index.ts';
import type { Fields, Generation, MessageContext, WireError } from '../wire/index.ts';

/** A message that was verified, checked and written down. */
export interface BecknMessage {
  /** of `beckn_received` */
  id: string;
  context: MessageContext;
  /** all of it as it came, with `context` */
  body: Fields;
  sender: { subscriberId: string; url?: string };
}

/**
 * What goes back, beside the context: `{ message: { … } }`, or in the draft's discovery `{ catalogs: […] }`. An error may stand
 * beside a message, or alone.
 */
export interface Answer {
  body: Fields;
  error?: WireError;
  /** in place of those of the request */
  schemaContext?: readonly string[];
}

export interface Handler {
  /** what the message must look like; checked before it is acknowledged, so that what does not fit is a NACK and nothing is kept */
  schema?: TSchema;
  /**
   * Does what the message asks for, as the system, in a transaction that also writes down the answer: both stand, or neither.
   * Throw a `DomainError` or a `BusinessError` to answer with an error; what was done until then is undone. What has to wait for
   * the outside answers nothing (`undefined`) and sends the callback later with `sendCallback`. Callbacks (`on_…`) are answered by nothing.
   */
  handle(ctx: Context, message: BecknMessage): Promise<Answer | readonly Answer[] | undefined>;
  /** What stands beside the error of a message that is refused, where its schema wants something there. */
  refused?(message: BecknMessage): Fields;
}

/** Of each generation: action → handler. What is not there is refused with a NACK. */
export type HandlerTable = { readonly [G in Generation]?: Readonly<Record<string, Handler>> };
