import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSettlement, type PaymentFacts, type Step } from './settlement.ts';

const payment = (more: Partial<PaymentFacts> = {}): PaymentFacts => ({
  id: 'pay_1', status: 'ended', heldMinor: 0n, capturedMinor: 0n, refundedMinor: 0n, isBusy: false, refusedTo: [], chargeableMinor: 0n, isFurther: false, ...more,
});

/** A world in which every step does at once what it says, or is refused. */
function carryOut(steps: readonly Step[], payments: PaymentFacts[], refuses: (step: Step) => boolean): bigint {
  let outstandingMinor = 0n;
  for (const step of steps) {
    if (!('paymentId' in step)) outstandingMinor += step.step === 'owe' ? step.amountMinor : -step.amountMinor;
    else {
      const p = payments.find(({ id }) => id === step.paymentId)!;
      const isRefused = step.step !== 'credit' && refuses(step);
      if (step.step === 'charge') payments.push(payment({ id: `further_${payments.length}`, isFurther: true, capturedMinor: isRefused ? 0n : step.amountMinor }));
      else if (isRefused) p.refusedTo = [...p.refusedTo, step.step === 'release' ? 'cancel' : step.step as 'capture'];
      else if (step.step === 'capture') Object.assign(p, { capturedMinor: p.capturedMinor + step.amountMinor, heldMinor: 0n, status: 'ended' });
      else if (step.step === 'release') Object.assign(p, { heldMinor: 0n, status: 'ended' });
      else Object.assign(p, { refundedMinor: p.refundedMinor + step.amountMinor });
    }
  }
  return outstandingMinor;
}

describe('the plan of a settlement', () => {
  it('PAY-30: captures what is owed of what is held, and releases the rest: ₹550 held, ₹520 captured', () => {
    expect(planSettlement(52_000n, 0n, [payment({ status: 'authorized', heldMinor: 55_000n })])).toEqual([{ step: 'capture', paymentId: 'pay_1', amountMinor: 52_000n }]);
  });

  it('PAY-30: gives back what was paid too much: ₹100 paid, ₹76.60 owed, ₹23.40 back', () => {
    expect(planSettlement(7_660n, 0n, [payment({ capturedMinor: 10_000n })])).toEqual([{ step: 'refund', paymentId: 'pay_1', amountMinor: 2_340n }]);
  });

  it('PAY-30: owes what nobody has paid, and nothing twice', () => {
    expect(planSettlement(52_000n, 0n, [payment({ capturedMinor: 50_000n })])).toEqual([{ step: 'owe', amountMinor: 2_000n }]);
    expect(planSettlement(52_000n, 2_000n, [payment({ capturedMinor: 50_000n })])).toEqual([]);
    expect(planSettlement(51_000n, 2_000n, [payment({ capturedMinor: 50_000n })])).toEqual([{ step: 'forgive', amountMinor: 1_000n }]);
  });

  it('PAY-46: charges what is missing to the newest instrument that can be, once, and owes what that has not', () => {
    const [card, wallet] = [payment({ capturedMinor: 50_000n, chargeableMinor: 52_000n }), payment({ id: 'pay_2', capturedMinor: 10n, chargeableMinor: 500n })];
    expect(planSettlement(52_000n, 0n, [card])).toEqual([{ step: 'charge', paymentId: 'pay_1', amountMinor: 2_000n }]);
    expect(planSettlement(52_010n, 0n, [card, wallet])).toEqual([{ step: 'charge', paymentId: 'pay_2', amountMinor: 500n }, { step: 'owe', amountMinor: 1_500n }]);
    expect(planSettlement(52_000n, 0n, [card, payment({ id: 'pay_3', isFurther: true })])).toEqual([{ step: 'owe', amountMinor: 2_000n }]);
  });

  it('PAY-30: waits while a provider is being asked, and puts into the wallet what it would not give back', () => {
    expect(planSettlement(0n, 0n, [payment({ capturedMinor: 100n, isBusy: true })])).toEqual([]);
    expect(planSettlement(0n, 0n, [payment({ capturedMinor: 100n, refusedTo: ['refund'] })])).toEqual([{ step: 'credit', paymentId: 'pay_1', amountMinor: 100n }]);
  });

  it('PAY-30: ends, whatever is refused, with exactly what is owed collected or written down, and nothing held that could be released', () => {
    const amount = fc.bigInt({ min: 0n, max: 100_000n });
    const facts = fc.array(fc.record({ heldMinor: amount, capturedMinor: amount, chargeableMinor: fc.oneof(fc.constant(0n), amount) }), { maxLength: 4 });
    const refusals = fc.array(fc.boolean(), { minLength: 30, maxLength: 30 });
    fc.assert(fc.property(amount, facts, refusals, (owedMinor, given, refused) => {
      const payments = given.map((one, i) => payment({ ...one, id: `pay_${i}`, status: one.heldMinor > 0n ? 'authorized' : 'ended' }));
      let outstanding = 0n;
      let asked = 0;
      for (let round = 0; ; round++) {
        expect(round).toBeLessThan(30);
        const steps = planSettlement(owedMinor, outstanding, payments);
        if (steps.length === 0) break;
        outstanding += carryOut(steps, payments, () => refused[asked++ % refused.length]!);
      }
      const collected = payments.reduce((sum, { capturedMinor, refundedMinor }) => sum + capturedMinor - refundedMinor, 0n);
      expect(collected + outstanding).toBe(owedMinor);
      expect(payments.filter(({ isFurther }) => isFurther).length).toBeLessThanOrEqual(1);
      for (const { heldMinor, refusedTo } of payments) expect(heldMinor === 0n || refusedTo.includes('cancel')).toBe(true);
    }));
  });
});
