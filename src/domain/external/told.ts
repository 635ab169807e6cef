/** What providers tell, and what they do not. */
import { inContext, type Context, type Runtime } from '../organisations/index.ts';
import { emitReservation } from './events.ts';
import type { NetworkPorts } from './port.ts';
import { refused, take, type Told } from './reservation.ts';
import { askForState, UNANSWERED, UNCERTAIN, type UnansweredPayload } from './reservations.ts';
import * as store from './store.ts';

/** EXT-5, EXT-7: takes what a provider told of a conversation; of one that is not with that provider, nothing. */
export async function noteTold(ctx: Context, of: { conversationId: string; providerId: string }, told: Told): Promise<void> {
  const before = await store.lockOfConversation(ctx.tx, ctx.network.id, of.conversationId);
  if (!before || before.providerId !== of.providerId) return;
  const { next, event } = take(before, told, ctx.now);
  if (event === undefined) return;
  await store.updateReservation(ctx.tx, next);
  await emitReservation(ctx, event, next);
}

/** EXT-8: a question that nobody has answered is no longer waited for. Where it may have been done all the same, the state is asked for. */
export async function startExternalWorker(runtime: Runtime, ports: NetworkPorts): Promise<void> {
  await runtime.jobs.handle(UNANSWERED, async (payload) => {
    const { id, networkId, ref } = payload as UnansweredPayload;
    await inContext(runtime, { networkId, actor: { kind: 'system' } }, (ctx) => giveUp(ctx, ports, id, ref));
  });
}

export async function giveUp(ctx: Context, ports: NetworkPorts, id: string, ref: string): Promise<void> {
  const before = await store.lockReservation(ctx.tx, id);
  if (before?.waiting?.ref !== ref) return;
  const { operation } = before.waiting;
  const { next, event } = refused(before, {
    operation, code: 'no_answer', reason: 'no_answer_elsewhere',
    message: 'The provider has not answered in time. It may have done it all the same.', at: ctx.now,
  });
  await store.updateReservation(ctx.tx, next);
  await emitReservation(ctx, event!, next);
  if (UNCERTAIN.includes(operation) && ports.size > 0) await askForState(ctx, ports, next);
}
