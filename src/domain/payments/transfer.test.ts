import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyLegs, checkLegs, isSameTransfer, type Leg, type TransferDraft } from './transfer.ts';

const leg = (amountMinor: bigint, fromId = 'a', toId = 'b'): Leg => ({ fromId, toId, amountMinor });
const draft = (change: Partial<TransferDraft> = {}): TransferDraft => ({
  phase: 'single', pendingId: null, legs: [leg(5n)], reason: 'charging', object: 'session', objectId: 'ses_1', idempotencyKey: 'k', expiresAt: null, metadata: {},
  ...change,
});

describe('legs', () => {
  it.each([
    ['no legs', []], ['too many', Array.from({ length: 21 }, () => leg(1n))], ['nothing', [leg(0n)]], ['less than nothing', [leg(-1n)]],
    ['more than there is', [leg(10n ** 15n + 1n)]],
    ['beyond what a bigint of the database holds', [leg(2n ** 64n)]], ['a number', [leg(5 as unknown as bigint)]], ['half a unit', [leg(0.5 as unknown as bigint)]],
    ['from an account to itself', [leg(5n, 'a', 'a')]],
  ])('PAY-7: are refused that are %s', (_what, legs) => {
    const details = { errors: [expect.objectContaining({ pointer: expect.any(String) })] };
    expect(() => checkLegs(legs, 'single')).toThrow(expect.objectContaining({ code: 'invalid_request', details }));
  });

  it('PAY-3: may be of nothing where a part is posted', () => {
    expect(() => checkLegs([leg(0n), leg(1n)], 'post')).not.toThrow();
  });

  const has = fc.record({ postedMinor: fc.bigInt(0n, 50n), pendingOutMinor: fc.constant(0n), leastBalanceMinor: fc.bigInt(-20n, 0n) });
  const oneLeg = fc.record({ fromId: fc.constantFrom('a', 'b', 'c'), toId: fc.constantFrom('d', 'a', 'b'), amountMinor: fc.bigInt(1n, 30n) });
  const someLegs = fc.array(oneLeg, { minLength: 1, maxLength: 5 });

  it('PAY-6: leave no account below its limit, and move no more than they say', () => {
    fc.assert(fc.property(has, has, someLegs, fc.constantFrom('single' as const, 'pending' as const), (a, b, legs, phase) => {
      const before = new Map([['a', a], ['b', b]]);
      let after;
      try {
        after = applyLegs(before, { phase, legs }, []);
      } catch (error) {
        expect(error).toMatchObject({ code: 'insufficient_funds' });
        return;
      }
      for (const [id, { postedMinor, pendingOutMinor, leastBalanceMinor }] of after) {
        expect(postedMinor - pendingOutMinor).toBeGreaterThanOrEqual(leastBalanceMinor);
        const sum = (of: Leg[]) => of.reduce((total, { amountMinor }) => total + amountMinor, 0n);
        const [out, into] = [sum(legs.filter(({ fromId }) => fromId === id)), sum(legs.filter(({ toId }) => toId === id))];
        expect([postedMinor, pendingOutMinor]).toEqual(phase === 'single' ? [before.get(id)!.postedMinor - out + into, 0n] : [before.get(id)!.postedMinor, out]);
      }
    }));
  });
});

describe('two transfers under one key', () => {
  it('PAY-4: are the same when they move the same for the same, whenever they expire', () => {
    expect(isSameTransfer(draft({ metadata: { a: '1', b: '2' } }), draft({ metadata: { b: '2', a: '1' }, expiresAt: 5 }))).toBe(true);
  });

  it.each<[string, Partial<TransferDraft>]>([
    ['amount', { legs: [leg(6n)] }], ['account', { legs: [leg(5n, 'a', 'c')] }], ['phase', { phase: 'pending' }], ['reason', { reason: 'refund' }],
    ['object', { objectId: 'ses_2' }],
    ['pending transfer', { pendingId: 'trf_1' }], ['metadata', { metadata: { a: '1' } }], ['number of legs', { legs: [leg(5n), leg(5n)] }],
  ])('PAY-4: are two with another %s', (_what, change) => {
    expect(isSameTransfer(draft(), draft(change))).toBe(false);
  });
});
