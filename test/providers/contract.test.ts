/** What every payment provider must do, through the real worker, against local servers that speak their providers' APIs. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelPayment, captureByHand, lookUpPayment, refundByHand, startPaymentWorker, type Payment, type PaymentProvider } from '../../src/domain/payments/index.ts';
import { testDatabases } from '../support/databases.ts';
import { openPaymentBed, type PaymentBed } from './payment-bed.ts';
import type { FaultKind } from './simulator.ts';
import { openSubject, type Subject } from './subjects.ts';

const CASES = testDatabases().flatMap(({ kind, open }) => Object.keys(openSubject).map((id) => ({ kind, open, id })));
const FAULTS: FaultKind[] = ['lost', 'gone', 'broken', 'half_broken', 'busy', 'slow'];

describe.each(CASES)('$id on $kind', ({ open, id }) => {
  let bed: PaymentBed;
  let subject: Subject;
  beforeAll(async () => {
    subject = await openSubject[id]!();
    bed = await openPaymentBed(open, new Map([[id, subject.provider]]));
  });
  afterAll(async () => {
    await bed.close();
    await subject.server.close();
  });

  const begun = async (draft = subject.held): Promise<Payment> => {
    const { id: paymentId } = await bed.begin(draft);
    await bed.finish();
    return bed.read(paymentId);
  };
  /** The driver has agreed, and we know. */
  const agreed = async (draft = subject.held): Promise<Payment> => {
    const payment = await begun(draft);
    subject.agree(payment);
    await tell();
    return bed.read(payment.id);
  };
  let told = 0;
  /** Takes all notices that are new. */
  const tell = async (): Promise<void> => {
    const notices = subject.notices();
    await bed.notify(id, ...notices.slice(told));
    told = notices.length;
    await bed.finish();
  };
  const capture = (paymentId: string, amountMinor?: bigint) => bed.run((ctx) => captureByHand(ctx, paymentId, { amountMinor }));
  const refund = (paymentId: string, amountMinor?: bigint) => bed.run((ctx) => refundByHand(ctx, paymentId, { amountMinor, reason: 'by_hand' }));
  const cancel = (paymentId: string) => bed.run((ctx) => cancelPayment(ctx, paymentId));
  const agreesWithLedger = async (): Promise<void> => {
    const { takenMinor, isBalanced } = await bed.taken(subject.currency);
    expect({ takenMinor, isBalanced }).toEqual({ takenMinor: subject.totals().takenMinor, isBalanced: true });
  };

  it('holds an amount, captures less, and the rest is released', async () => {
    const before = subject.totals();
    const pending = await begun();
    expect(pending).toMatchObject({ status: 'pending', capturedMinor: 0n, providerRef: expect.any(String) });
    subject.agree(pending);
    await tell();
    expect(await bed.read(pending.id)).toMatchObject({ status: 'authorized', authorizedMinor: 55_000n, capturedMinor: 0n, holds: [expect.anything()] });
    await capture(pending.id, 52_000n);
    await bed.finish();
    expect(await bed.read(pending.id)).toMatchObject({ status: 'succeeded', authorizedMinor: 55_000n, capturedMinor: 52_000n, holds: [], isBusy: false });
    expect(subject.totals()).toMatchObject({ takenMinor: before.takenMinor + 52_000n, heldMinor: before.heldMinor });
    await agreesWithLedger();
  });

  it('takes an amount at once, and says how it was paid', async () => {
    const payment = await agreed(subject.direct);
    expect(payment).toMatchObject({ status: 'succeeded', capturedMinor: 55_000n, details: { label: expect.any(String) } });
    expect(payment.details).not.toHaveProperty('url');
    await agreesWithLedger();
  });

  it('tells of a decline, and why', async () => {
    const { draft, decline } = subject.declined();
    const { id: paymentId } = await bed.begin(draft);
    await bed.finish();
    decline?.(await bed.read(paymentId));
    await tell();
    expect(await bed.read(paymentId)).toMatchObject({ status: 'failed', capturedMinor: 0n, details: { failure: { code: expect.any(String), message: expect.any(String) } } });
  });

  it('takes notices twice, late and out of order, and believes none of them', async () => {
    const payment = await begun();
    const from = subject.notices().length;
    subject.agree(payment);
    const early = subject.notices().slice(from);
    await bed.notify(id, ...early);
    await bed.finish();
    await capture(payment.id, 100n);
    await bed.finish();
    const all = subject.notices().slice(from);
    expect(await bed.notify(id, ...[...all].reverse(), ...all, ...early)).not.toContain(undefined);
    await bed.finish();
    expect(await bed.read(payment.id)).toMatchObject({ status: 'succeeded', capturedMinor: 100n, refundedMinor: 0n });
    told = subject.notices().length;
    await agreesWithLedger();
  });

  it('takes money that comes after it was withdrawn', async () => {
    const payment = await begun(subject.direct);
    subject.agree(payment);
    await cancel(payment.id);
    await bed.finish();
    expect(await bed.read(payment.id)).toMatchObject({ status: 'succeeded', capturedMinor: 55_000n });
    await tell();
    await agreesWithLedger();
  });

  it('withdraws what nobody has paid, and releases what is held', async () => {
    const before = subject.totals();
    const [pending, held] = [await begun(), await agreed()];
    for (const { id: paymentId } of [pending, held]) await cancel(paymentId);
    await bed.finish();
    expect(await bed.read(pending.id)).toMatchObject({ status: 'cancelled' });
    expect(await bed.read(held.id)).toMatchObject({ status: 'cancelled', holds: [] });
    expect(subject.totals()).toEqual({ ...before, payments: expect.any(Number) });
    await tell();
    expect(await bed.read(held.id)).toMatchObject({ status: 'cancelled' });
    await agreesWithLedger();
  });

  it('gives back, at once or later, or fails to', async () => {
    const payment = await agreed(subject.direct);
    subject.refundsShall('succeed', payment);
    await refund(payment.id, 1_000n);
    await bed.finish();
    expect(await bed.read(payment.id)).toMatchObject({ refundedMinor: 1_000n, refunds: [{ status: 'succeeded', amountMinor: 1_000n }] });
    subject.refundsShall('wait', payment);
    await refund(payment.id, 2_000n);
    await bed.finish();
    expect(await bed.read(payment.id)).toMatchObject({ refundedMinor: 1_000n, refunds: [{ status: 'succeeded' }, { status: 'pending', amountMinor: 2_000n }] });
    subject.settleRefunds('succeed');
    await tell();
    expect(await bed.read(payment.id)).toMatchObject({ refundedMinor: 3_000n });
    await refund(payment.id, 3_000n);
    await bed.finish();
    subject.settleRefunds('fail');
    await tell();
    expect((await bed.read(payment.id)).refunds.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'failed']);
    subject.refundsShall('fail', payment);
    await refund(payment.id, 4_000n);
    await bed.finish();
    expect(await bed.read(payment.id)).toMatchObject({ refundedMinor: 3_000n });
    subject.refundsShall('succeed', payment);
    await refund(payment.id);
    await bed.finish();
    expect(await bed.read(payment.id)).toMatchObject({ refundedMinor: 55_000n });
    await agreesWithLedger();
  });

  it('hears of what somebody else gave back', async () => {
    const payment = await agreed(subject.direct);
    subject.refundsShall('succeed', payment);
    subject.refundByHand(payment, 700n);
    await tell();
    await tell();
    expect(await bed.read(payment.id)).toMatchObject({ refundedMinor: 700n, refunds: [{ reason: 'by_provider', status: 'succeeded', amountMinor: 700n }] });
    await refund(payment.id);
    await bed.finish();
    expect(await bed.read(payment.id)).toMatchObject({ refundedMinor: 55_000n });
    await agreesWithLedger();
  });

  it.each(FAULTS)('does nothing twice when a call is %s', async (kind) => {
    const before = subject.totals();
    const { faults } = subject.server;
    const fail = (): void => void faults.push({ kind, times: 2 });
    fail();
    const payment = await agreed();
    fail();
    await capture(payment.id, 40_000n);
    await bed.finish();
    fail();
    await refund(payment.id, 15_000n);
    await bed.finish();
    expect(await bed.read(payment.id)).toMatchObject({ status: 'succeeded', capturedMinor: 40_000n, refundedMinor: 15_000n, refunds: [{ status: 'succeeded' }] });
    fail();
    const other = await agreed();
    fail();
    await cancel(other.id);
    await bed.finish();
    faults.splice(0);
    expect(await bed.read(other.id)).toMatchObject({ status: 'cancelled' });
    expect(subject.totals()).toMatchObject({ takenMinor: before.takenMinor + 25_000n, heldMinor: before.heldMinor });
    await tell();
    await agreesWithLedger();
  });

  it.each(['before', 'after'] as const)('finds the truth when the process dies %s each call', async (when) => {
    const dying = (): ReadonlyMap<string, PaymentProvider> => new Map([[id, dyingProvider(subject.provider, when)]]);
    const { id: paymentId } = await bed.begin(subject.held);
    expect(await bed.work(dying())).toHaveLength(1);
    await bed.finish();
    subject.agree(await bed.read(paymentId));
    await tell();
    await capture(paymentId, 30_000n);
    expect(await bed.work(dying())).toHaveLength(1);
    expect(await bed.read(paymentId)).toMatchObject({ status: 'authorized', isBusy: true });
    await bed.finish();
    await refund(paymentId, 10_000n);
    expect(await bed.work(dying())).toHaveLength(1);
    await bed.finish();
    expect(await bed.read(paymentId)).toMatchObject({ capturedMinor: 30_000n, refundedMinor: 10_000n, refunds: [{ status: 'succeeded' }] });
    expect(subject.server.calls.filter((call) => subject.captures.test(call)).length).toBeGreaterThan(0);
    await tell();
    await agreesWithLedger();
  });

  it('finds its payments again, and those of a time', async () => {
    const payment = await agreed();
    await capture(payment.id, 12_345n);
    await bed.finish();
    await refund(payment.id, 345n);
    await bed.finish();
    const found = await subject.provider.find({ paymentId: payment.id, ref: null, createdAt: payment.createdAt });
    expect(found).toMatchObject({ paymentId: payment.id, state: 'captured', capturedMinor: 12_345n, refunds: [{ amountMinor: 345n, state: 'succeeded' }] });
    expect(await subject.provider.find({ paymentId: 'pay_unknown', ref: null, createdAt: payment.createdAt })).toBeUndefined();
    const listed = [];
    for await (const one of subject.provider.list({ from: payment.createdAt - 60_000, to: Date.now() + 60_000 })) if (one.paymentId === payment.id) listed.push(one);
    expect(listed).toMatchObject([{ state: 'captured', currency: subject.currency, capturedMinor: 12_345n, refunds: [{ amountMinor: 345n }] }]);
    expect(await Array.fromAsync(subject.provider.list({ from: 0, to: 1_000_000_000_000 }))).toEqual([]);
  });

  it('refuses notices that are not signed, and minds none about what is not ours', async () => {
    const [notice] = subject.notices();
    const forged = { body: notice!.body.replace('event', 'event '), headers: notice!.headers };
    await expect(bed.notify(id, forged)).rejects.toMatchObject({ name: 'NoticeRefused' });
    await expect(bed.notify(id, { body: notice!.body, headers: {} })).rejects.toMatchObject({ name: 'NoticeRefused' });
  });

  it('says nothing of its secrets when it is refused or not reached', async () => {
    const secrets = /sk_test_simulated|whsec_|simulatedKeySecret|simulatedWebhookSecret|Basic /;
    const payment = await begun();
    subject.server.faults.push({ kind: 'broken', on: /GET/ }, { kind: 'busy', on: /GET/ }, { kind: 'gone', on: /GET/, times: 2 });
    await bed.run((ctx) => lookUpPayment(ctx, payment.id));
    const errors = [...await bed.work(), ...await bed.work(), ...await bed.work()];
    expect(errors).toHaveLength(3);
    for (const error of errors) expect(`${error.stack} ${JSON.stringify(error)} ${JSON.stringify(Object.entries(error))}`).not.toMatch(secrets);
    await bed.finish();
  });

  it('ends all right whatever goes wrong, in whatever order', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('fault' as const), kind: fc.constantFrom(...FAULTS), times: fc.integer({ min: 1, max: 3 }) }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('agree' as const, 'work' as const, 'tell' as const, 'tell_reversed' as const) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'look_up' as const, 'by_hand' as const) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('capture' as const, 'refund' as const), amount: fc.integer({ min: 100, max: 55_000 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('refunds_shall' as const), way: fc.constantFrom('succeed' as const, 'fail' as const, 'wait' as const) }) },
    );
    const ends = new Set<string>();
    await fc.assert(fc.asyncProperty(fc.boolean(), fc.array(step, { minLength: 4, maxLength: 20 }), async (isHeld, steps) => {
      const { id: paymentId } = await bed.begin(isHeld ? subject.held : subject.direct);
      const attempt = (work: () => unknown): Promise<unknown> => Promise.resolve().then(work).catch(() => undefined);
      for (const one of steps) {
        const payment = await bed.read(paymentId);
        if (one.do === 'fault') subject.server.faults.push({ kind: one.kind, times: one.times });
        else if (one.do === 'agree') await attempt(() => subject.agree(payment));
        else if (one.do === 'work') await bed.work();
        else if (one.do === 'tell') await bed.notify(id, ...subject.notices().slice(told));
        else if (one.do === 'tell_reversed') await bed.notify(id, ...subject.notices().slice(told).reverse());
        else if (one.do === 'cancel') await attempt(() => cancel(paymentId));
        else if (one.do === 'look_up') await attempt(() => bed.run((ctx) => lookUpPayment(ctx, paymentId)));
        else if (one.do === 'by_hand') await attempt(() => subject.refundByHand(payment, 100n));
        else if (one.do === 'refunds_shall') await attempt(() => subject.refundsShall(one.way, payment));
        else if ('amount' in one) await attempt(() => (one.do === 'capture' ? capture : refund)(paymentId, BigInt(one.amount)));
      }
      subject.server.faults.splice(0);
      subject.settleRefunds('succeed');
      await bed.finish();
      await tell();
      await agreesWithLedger();
      ends.add((await bed.read(paymentId)).status);
    }), { numRuns: Number(process.env.FAULT_RUNS ?? 25), ...(process.env.TEST_SEED ? { seed: Number(process.env.TEST_SEED) } : {}) });
    expect(ends.size).toBeGreaterThan(1);
  }, 240_000);

  it('is worked through by the jobs themselves', async () => {
    await startPaymentWorker(bed.runtime, bed.providers);
    const { id: paymentId } = await bed.begin(subject.held);
    const until = async (status: string): Promise<void> => {
      await expect.poll(() => bed.read(paymentId), { timeout: 30_000 }).toMatchObject({ status, isBusy: false });
    };
    await expect.poll(async () => (await bed.read(paymentId)).providerRef, { timeout: 30_000 }).not.toBeNull();
    const from = subject.notices().length;
    subject.agree(await bed.read(paymentId));
    await bed.notify(id, ...subject.notices().slice(from));
    await until('authorized');
    subject.server.faults.push({ kind: 'lost' });
    await capture(paymentId, 1_500n);
    await until('succeeded');
    await agreesWithLedger();
  });
});

/** A process that is killed before a call, or before it could write down what came of it. */
function dyingProvider(provider: PaymentProvider, when: 'before' | 'after'): PaymentProvider {
  const dies = <A extends unknown[], R>(method: (...given: A) => Promise<R>) => async (...given: A): Promise<R> => {
    if (when === 'after') await method(...given);
    throw new Error('killed');
  };
  const { start, capture, cancel, refund } = provider;
  return { ...provider, start: dies(start), capture: dies(capture), cancel: dies(cancel), refund: dies(refund) };
}
