/** The journal of calls to providers (PAY-20): a call is written down in the transaction that wants it, and made after its commit. */
import type { Context } from '../organisations/index.ts';
import { newId } from '../../platform/ids/index.ts';
import type { Payment } from './payment.ts';
import * as store from './store-calls.ts';
import { lockPayment, updatePayment } from './store-payments.ts';

export const CALL_PROVIDER = 'payment.call';
/** The kinds of jobs that payments need a queue for. */
export const PAYMENT_JOB_KINDS = [CALL_PROVIDER] as const;

export interface CallPayload {
  callId: string;
}

/** Wants a call made; false when the payment, which must be locked, has one that has not ended. */
export async function requestCall(ctx: Context, payment: Payment, action: store.Action, about: { amountMinor?: bigint; refundId?: string } = {}): Promise<boolean> {
  const id = newId('paymentCall');
  const { amountMinor = null, refundId = null } = about;
  if (!(await store.insertCall(ctx.tx, { id, networkId: payment.networkId, paymentId: payment.id, refundId, action, amountMinor }))) return false;
  await enqueueCall(ctx, id);
  return true;
}

export async function enqueueCall(ctx: Context, callId: string): Promise<void> {
  const payload: CallPayload = { callId };
  await ctx.jobs.enqueue(ctx.tx, CALL_PROVIDER, payload, { key: callId });
}

/** Wants the truth looked up: at once, or when the call that is under way has ended. The payment must be locked. */
export async function requestLookUp(ctx: Context, payment: Payment): Promise<void> {
  if (await requestCall(ctx, payment, 'look_up')) return;
  if (!payment.wantsLookUp) await updatePayment(ctx.tx, { ...payment, wantsLookUp: true });
}

/** Of jobs that were given up: how long after the last try a call is made again. */
const STUCK_SECONDS = 150;
const AT_ONCE = 50;

/** How long an answer is waited for before its provider is asked. */
const SILENT_SECONDS = 600;

/** PAY-37: asks for one payment of which the provider has told nothing for long: notices may never come. Real time. Gives how many. */
export async function askForSilent(ctx: Context): Promise<number> {
  const id = await store.findSilent(ctx.tx, ctx.network.id, SILENT_SECONDS);
  const payment = id === undefined ? undefined : await lockPayment(ctx.tx, id);
  if (!payment) return 0;
  await requestLookUp(ctx, payment);
  return 1;
}

/** Has calls made again that nobody seems to be making (PAY-20). Real time. Gives 0, so that one sweep does it once. */
export async function reviveCalls(ctx: Context): Promise<number> {
  for (const { id } of await store.findStuck(ctx.tx, ctx.network.id, STUCK_SECONDS, AT_ONCE)) await enqueueCall(ctx, id);
  return 0;
}
