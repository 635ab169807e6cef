/**
 * Makes the calls of the journal (PAY-20). Killed at any point, a call is made again: under the same idempotency key, after the
 * provider was asked for the truth. What came of it is applied together with the end of the call.
 */
import { openContext, type Context, type Runtime } from '../organisations/index.ts';
import { CALL_PROVIDER, requestCall, type CallPayload } from './calls.ts';
import { changePayment } from './change-payment.ts';
import type { Payment, Refund } from './payment.ts';
import { ProviderRefusal, type PaymentProvider, type ProviderPayment } from './provider.ts';
import { claimCall, endCall, noteCallError, type PaymentCall } from './store-calls.ts';
import * as store from './store-payments.ts';
import { applyTruth, endRefund } from './truth.ts';

export type Providers = ReadonlyMap<string, PaymentProvider>;

const CONCURRENCY = 4;

/** Starts making calls in this process. */
export async function startPaymentWorker(runtime: Runtime, providers: Providers): Promise<void> {
  await runtime.jobs.handle(CALL_PROVIDER, (payload) => makeCall(runtime, providers, (payload as CallPayload).callId), { concurrency: CONCURRENCY });
}

/** What came of a call: all that the provider knows now, if it knows anything, and why it refused. */
interface Outcome {
  truth?: ProviderPayment;
  refusal?: ProviderRefusal;
}

/** Makes a call, unless it has ended. Throws when it is not known what came of it: then it is made again. */
export async function makeCall(runtime: Runtime, providers: Providers, callId: string): Promise<void> {
  const { database } = runtime;
  const call = await claimCall(database, callId);
  if (!call) return;
  const payment = (await store.findPayment(database, call.paymentId))!;
  const provider = providers.get(payment.provider!);
  if (!provider) throw new Error(`${payment.id} belongs to the payment provider "${payment.provider}", which is not configured`);
  let outcome: Outcome;
  try {
    outcome = await ask(provider, payment, call, await refundOf(runtime, call));
  } catch (error) {
    await noteCallError(database, callId, (error as Error).message.slice(0, 500));
    throw error;
  }
  await database.transaction(async (tx) => settleCall(await openContext(runtime, { networkId: call.networkId, actor: { kind: 'system' } }, tx), call, outcome));
}

async function refundOf({ database }: Runtime, { refundId, paymentId }: PaymentCall): Promise<Refund | undefined> {
  return refundId === null ? undefined : (await store.findRefunds(database, [paymentId])).find(({ id }) => id === refundId);
}

async function ask(provider: PaymentProvider, payment: Payment, call: PaymentCall, refund: Refund | undefined): Promise<Outcome> {
  const { id: paymentId, providerRef: ref, createdAt } = payment;
  const find = () => provider.find({ paymentId, ref, createdAt });
  if (call.action === 'look_up') return { truth: await find() };
  if (call.attempts > 1) {
    const truth = await find();
    if (truth && isDone(call, truth)) return { truth };
  }
  try {
    return { truth: await perform(provider, payment, call, refund) };
  } catch (error) {
    if (!(error instanceof ProviderRefusal)) throw error;
    return { refusal: error, truth: await find() }; // it may be refused since it has happened already
  }
}

/** Whether the provider has done that already. */
function isDone({ action, amountMinor, refundId }: PaymentCall, truth: ProviderPayment): boolean {
  if (action === 'start') return true;
  if (action === 'capture') return truth.capturedMinor > 0n;
  if (action === 'cancel') return truth.state === 'cancelled';
  if (action === 'increase') return truth.authorizedMinor >= amountMinor!;
  return action === 'refund' && truth.refunds.some((refund) => refund.refundId === refundId);
}

function perform(provider: PaymentProvider, payment: Payment, call: PaymentCall, refund: Refund | undefined): Promise<ProviderPayment> {
  const { id: paymentId, currency, method, capture, details, driverId } = payment;
  if (call.action === 'start') {
    return provider.start({
      paymentId, idempotencyKey: paymentId, method, amountMinor: payment.amountMinor, currency, capture, description: payment.reference, returnUrl: details.returnUrl,
      upiAddress: details.upiAddress, instrument: details.instrument, saves: details.saves === true, customerId: driverId ?? undefined,
      expiresAt: payment.expiresAt ?? undefined,
    });
  }
  const request = { ref: payment.providerRef!, paymentId, idempotencyKey: call.id, currency };
  if (call.action === 'cancel') return provider.cancel(request);
  const amountMinor = call.amountMinor!;
  if (call.action === 'capture') return provider.capture({ ...request, amountMinor });
  if (call.action === 'increase') return provider.increase!({ ...request, amountMinor });
  return provider.refund({ ...request, amountMinor, refundId: refund!.id, reason: refund!.reason });
}

async function settleCall(ctx: Context, call: PaymentCall, { truth, refusal }: Outcome): Promise<void> {
  const payment = (await store.lockPayment(ctx.tx, call.paymentId))!;
  if (!(await endCall(ctx.tx, call.id, refusal ? 'refused' : 'done', refusal ? `${refusal.code}: ${refusal.message}`.slice(0, 500) : null))) return;
  const known = truth ? await applyTruth(ctx, payment, truth) : payment;
  const after = refusal ? await takeRefusal(ctx, known, call, refusal) : known;
  if (after.wantsLookUp) {
    await store.updatePayment(ctx.tx, { ...after, wantsLookUp: false, told: false });
    await requestCall(ctx, after, 'look_up');
  } else if (call.action !== 'start' && after.told) {
    await store.updatePayment(ctx.tx, { ...after, told: false }); // whoever waits for the call to end goes on
  }
}

/** PAY-22: what a refusal means for what was asked. */
async function takeRefusal(ctx: Context, payment: Payment, { action, refundId }: PaymentCall, { code, message }: ProviderRefusal): Promise<Payment> {
  if (action === 'start' && payment.status === 'pending') {
    return changePayment(ctx, payment, { status: 'failed', expiresAt: null, details: { ...payment.details, failure: { code, message } } }, 'payment.failed');
  }
  if (action !== 'refund') return payment;
  const refund = (await store.findRefunds(ctx.tx, [payment.id])).find(({ id }) => id === refundId)!;
  return endRefund(ctx, payment, refund, { state: 'failed', ref: refund.providerRef ?? '' });
}
