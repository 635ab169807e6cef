/** Brings what was collected for an object to what its bill says (PAY-30, PAY-31). The object must be locked by whoever calls. */
import { isDeepStrictEqual } from 'node:util';
import { newId } from '../../platform/ids/index.ts';
import type { Context } from '../organisations/index.ts';
import { billEvent, type BillContent, type ObjectBill } from './bill.ts';
import { requestCall } from './calls.ts';
import { chargeableOf, chargeAgain } from './charge-again.ts';
import { debtOf, returnOverpaid } from './debt.ts';
import { captureLocally, releaseLocally } from './local.ts';
import { openAccount, transfer } from './ledger.ts';
import { debtAccount } from './money.ts';
import { heldMinor, isEnded, isRemote, type Payment, type Refund } from './payment.ts';
import { refundPayment, creditInstead } from './refund.ts';
import { planSettlement, type PaymentFacts, type Step } from './settlement.ts';
import * as bills from './store-bills.ts';
import { findRefused, findUnfinished } from './store-calls.ts';
import * as store from './store-payments.ts';

export interface BillInput {
  organisationId: string;
  operatorId: string;
  driverId: string | null;
  object: ObjectBill['object'];
  objectId: string;
  sessionId?: string;
  currency: string;
  content: BillContent;
}

/**
 * Writes what an object comes to in the end, divides it among whom it is owed, and settles it with what was paid: captures, releases,
 * gives back, or writes down what is still owed. Once more for the same object, it corrects the bill.
 */
export async function billObject(ctx: Context, input: BillInput): Promise<ObjectBill> {
  const payments = await store.lockPaymentsOf(ctx.tx, ctx.network.id, input.objectId);
  const old = await bills.lockBillOf(ctx.tx, input.object, input.objectId);
  if (old && isDeepStrictEqual(plain(old.content), plain(input.content))) return settle(ctx, old, payments); // nothing has changed: nobody is told of a correction
  const totalMinor = BigInt(input.content.exclTaxMinor + input.content.taxMinor);
  const base = { ...input, sessionId: input.sessionId ?? null, networkId: ctx.network.id, totalMinor, updatedAt: ctx.now };
  const bill: ObjectBill = old ? { ...old, ...base, version: old.version + 1 }
    : {
      ...base, id: newId('bill'), carriedMinor: await carriedWith(ctx, payments), outstandingMinor: 0n, invoiceId: null, invoiceProblem: null, version: 1, createdAt: ctx.now,
    };
  await (old ? bills.updateBill(ctx.tx, bill) : bills.insertBill(ctx.tx, bill));
  if (old) await bills.setInvoiced(ctx.tx, bill.id, { invoiceId: old.invoiceId, problem: null, wanted: true });
  if (old) await divide(ctx, old, 'takes back');
  await divide(ctx, bill, 'gives');
  if (!old) await payOldDebt(ctx, bill);
  await ctx.emit(billEvent(old ? 'bill.corrected' : 'bill.issued', bill));
  return settle(ctx, bill, payments);
}

/** As it is stored. */
const plain = (content: BillContent): unknown => JSON.parse(JSON.stringify(content));

/** Goes on with a settlement after something has changed; undefined when the object has no bill yet. */
export async function settleObject(ctx: Context, object: ObjectBill['object'], objectId: string): Promise<ObjectBill | undefined> {
  const payments = await store.lockPaymentsOf(ctx.tx, ctx.network.id, objectId);
  const bill = await bills.lockBillOf(ctx.tx, object, objectId);
  return bill && settle(ctx, bill, payments);
}

async function settle(ctx: Context, bill: ObjectBill, payments: readonly Payment[]): Promise<ObjectBill> {
  const ids = payments.map(({ id }) => id);
  const [refunds, busy, refused] = [await store.findRefunds(ctx.tx, ids), await findUnfinished(ctx.tx, ids), await findRefused(ctx.tx, ids)];
  const facts = payments.map((payment): PaymentFacts => ({
    ...factsOf(payment, refunds), isBusy: busy.some(({ paymentId }) => paymentId === payment.id),
    refusedTo: refused.filter(({ paymentId }) => paymentId === payment.id).map(({ action }) => action),
  }));
  let settled = bill;
  for (const step of await planFor(ctx, bill, payments, facts)) settled = await carryOut(ctx, settled, payments, step);
  await store.markTold(ctx.tx, ids);
  return settled;
}

/** What can be charged besides is looked up only where something would be owed else. */
async function planFor(ctx: Context, bill: ObjectBill, payments: readonly Payment[], facts: readonly PaymentFacts[]): Promise<Step[]> {
  const owedMinor = bill.totalMinor + bill.carriedMinor;
  const plan = planSettlement(owedMinor, bill.outstandingMinor, facts);
  if (!plan.some(({ step }) => step === 'owe')) return plan;
  const chargeable = await chargeableOf(ctx, payments, owedMinor);
  return planSettlement(owedMinor, bill.outstandingMinor, facts.map((one) => ({ ...one, chargeableMinor: chargeable.get(one.id) ?? 0n })));
}

function factsOf(payment: Payment, refunds: readonly Refund[]): Omit<PaymentFacts, 'isBusy' | 'refusedTo'> {
  const own = refunds.filter(({ paymentId, status, isGoodwill }) => paymentId === payment.id && status !== 'failed' && !isGoodwill);
  return {
    id: payment.id, status: isEnded(payment.status) ? 'ended' : payment.status as 'pending', heldMinor: heldMinor(payment), capturedMinor: payment.capturedMinor,
    refundedMinor: own.reduce((sum, { amountMinor }) => sum + amountMinor, 0n), chargeableMinor: 0n, isFurther: payment.details.furtherTo !== undefined,
  };
}

async function carryOut(ctx: Context, bill: ObjectBill, payments: readonly Payment[], step: Step): Promise<ObjectBill> {
  if (!('paymentId' in step)) return owe(ctx, bill, step.step === 'owe' ? step.amountMinor : -step.amountMinor);
  const payment = payments.find(({ id }) => id === step.paymentId)!;
  if (step.step === 'charge') return (await chargeAgain(ctx, payment, step.amountMinor)) ? bill : owe(ctx, bill, step.amountMinor);
  if (step.step === 'refund' && payment.method !== 'bank_transfer') await refundPayment(ctx, payment, step.amountMinor, 'unused');
  else if (step.step === 'refund' || step.step === 'credit') await creditInstead(ctx, payment, step.amountMinor);
  else if (isRemote(payment.method)) await requestCall(ctx, payment, step.step === 'release' ? 'cancel' : 'capture',
    'amountMinor' in step ? { amountMinor: step.amountMinor } : {});
  else await (step.step === 'release' ? releaseLocally(ctx, payment) : captureLocally(ctx, payment, step.amountMinor));
  return bill;
}

/** PAY-32: what nobody has paid is owed by the driver from now on; below zero, it is not owed any more. */
async function owe(ctx: Context, bill: ObjectBill, amountMinor: bigint): Promise<ObjectBill> {
  const changed: ObjectBill = { ...bill, outstandingMinor: bill.outstandingMinor + amountMinor, version: bill.version + 1, updatedAt: ctx.now };
  const [debt, settlement] = [await debtAccount(ctx, bill), await settlementOf(ctx, bill)];
  const leg = amountMinor > 0n ? { fromId: debt.id, toId: settlement.id, amountMinor } : { fromId: settlement.id, toId: debt.id, amountMinor: -amountMinor };
  await transfer(ctx, { legs: [leg], reason: 'outstanding', object: 'bill', objectId: bill.id, idempotencyKey: `${bill.id} owed, version ${changed.version}` });
  if (amountMinor < 0n) await returnOverpaid(ctx, bill, { object: 'bill', objectId: bill.id });
  await bills.updateBill(ctx.tx, changed);
  await ctx.emit(billEvent('bill.updated', changed));
  return changed;
}

/** PAY-31: the operator has earned it, without the tax. */
async function divide(ctx: Context, bill: ObjectBill, way: 'gives' | 'takes back'): Promise<void> {
  const { currency, operatorId, content } = bill;
  const settlement = await settlementOf(ctx, bill);
  const parts = [['revenue', content.exclTaxMinor], ['tax', content.taxMinor]] as const;
  const legs = [];
  for (const [kind, amount] of parts) {
    if (amount === 0) continue;
    const { id } = await openAccount(ctx, { kind, currency, organisationId: operatorId });
    const forwards = (way === 'gives') === (amount > 0);
    legs.push({ fromId: forwards ? settlement.id : id, toId: forwards ? id : settlement.id, amountMinor: BigInt(Math.abs(amount)) });
  }
  if (legs.length === 0) return;
  await transfer(ctx, { legs, reason: 'division', object: 'bill', objectId: bill.id, idempotencyKey: `${bill.id} ${way} version ${bill.version}` });
}

/** PAY-33: how much of what the driver owed before is collected now: as far as the payments were made for it. */
async function carriedWith(ctx: Context, payments: readonly Payment[]): Promise<bigint> {
  const agreed = payments.filter(({ capturedMinor, holds }) => capturedMinor > 0n || holds.length > 0).reduce((sum, { carriedMinor }) => sum + carriedMinor, 0n);
  if (agreed === 0n) return 0n;
  const owed = await debtOf(ctx, payments[0]!);
  return agreed < owed ? agreed : owed;
}

async function payOldDebt(ctx: Context, bill: ObjectBill): Promise<void> {
  if (bill.carriedMinor === 0n) return;
  const legs = [{ fromId: (await settlementOf(ctx, bill)).id, toId: (await debtAccount(ctx, bill)).id, amountMinor: bill.carriedMinor }];
  await transfer(ctx, { legs, reason: 'outstanding', object: 'bill', objectId: bill.id, idempotencyKey: `${bill.id} carried` });
}

function settlementOf(ctx: Context, { organisationId, currency }: Pick<ObjectBill, 'organisationId' | 'currency'>) {
  return openAccount(ctx, { kind: 'settlement', currency, organisationId });
}
