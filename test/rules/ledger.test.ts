/** The ledger, on both databases: what it does, and what the database refuses whoever writes. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  balanceOf, correct, entriesOf, openAccount, pend, post, transfer, transfersAbout, trialBalance, voidPending, type Account, type Entry,
} from '../../src/domain/payments/index.ts';
import { createNetwork, type Context } from '../../src/domain/organisations/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { testDatabases } from '../support/databases.ts';
import { about, ledgerRows, openTill } from '../support/ledger-bed.ts';
import { openWorld, type World } from '../support/world.ts';

describe.each(testDatabases())('the ledger ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const balance = (id: string, at?: number) => w.asSystem((ctx) => balanceOf(ctx, id, at));
  const posted = async ({ id }: Account) => (await balance(id)).postedMinor;
  /** Refused with that code, and nothing is there that was not before. */
  const refused = async (code: string, work: (ctx: Context) => Promise<unknown>): Promise<void> => {
    const before = await ledgerRows(w);
    await expect(w.asSystem(work)).rejects.toMatchObject({ code });
    expect(await ledgerRows(w)).toEqual(before);
  };

  it('PAY-1 PAY-5: moves money in legs, of several currencies at once', async () => {
    const [eur, inr] = [await openTill(w, 1000n), await openTill(w, 0n, 'INR')];
    const before = await w.now();
    const made = await w.asSystem((ctx) => transfer(ctx, about([
      { fromId: eur.wallet.id, toId: eur.settlement.id, amountMinor: 300n }, { fromId: eur.wallet.id, toId: eur.tax.id, amountMinor: 57n },
      { fromId: inr.outside.id, toId: inr.wallet.id, amountMinor: 5n },
    ], { objectId: 'ses_legs', metadata: { note: 'a' } })));
    expect([await posted(eur.wallet), await posted(inr.wallet), await posted(inr.outside)]).toEqual([643n, 5n, -5n]);
    expect((await balance(eur.wallet.id, before - 1000)).postedMinor).toBe(0n);
    const [entry] = await w.asSystem((ctx) => entriesOf(ctx, eur.wallet.id, { limit: 1 }));
    expect(entry).toMatchObject({ id: made.id, phase: 'single', reason: 'charging', amountMinor: -357n, heldMinor: 0n, metadata: { note: 'a' } });
    expect(await w.asSystem((ctx) => transfersAbout(ctx, 'session', 'ses_legs'))).toEqual([made]);
  });

  it('PAY-3: holds, takes a part and releases the rest, once', async () => {
    const { wallet, settlement } = await openTill(w, 600n);
    const hold = await w.asSystem((ctx) => pend(ctx, about([{ fromId: wallet.id, toId: settlement.id, amountMinor: 550n }], { idempotencyKey: `hold ${wallet.id}` })));
    expect(await balance(wallet.id)).toEqual({ postedMinor: 600n, pendingOutMinor: 550n });
    await refused('insufficient_funds', (ctx) => transfer(ctx, about([{ fromId: wallet.id, toId: settlement.id, amountMinor: 51n }])));
    await refused('amount_out_of_range', (ctx) => post(ctx, { pendingId: hold.id, amountsMinor: [551n], idempotencyKey: `more ${hold.id}` }));
    const taken = await w.asSystem((ctx) => post(ctx, { pendingId: hold.id, amountsMinor: [520n], idempotencyKey: `take ${hold.id}` }));
    expect(taken).toMatchObject({ phase: 'post', pendingId: hold.id, reason: 'charging', legs: [expect.objectContaining({ amountMinor: 520n })] });
    expect([await balance(wallet.id), await posted(settlement)]).toEqual([{ postedMinor: 80n, pendingOutMinor: 0n }, 520n]);
    await refused('invalid_state', (ctx) => voidPending(ctx, { pendingId: hold.id, idempotencyKey: `void ${hold.id}` }));
    await refused('invalid_state', (ctx) => post(ctx, { pendingId: hold.id, amountsMinor: [1n], idempotencyKey: `again ${hold.id}` }));
    await refused('invalid_state', (ctx) => voidPending(ctx, { pendingId: taken.id, idempotencyKey: `odd ${hold.id}` }));
    const entries = await w.asSystem((ctx) => entriesOf(ctx, wallet.id, { limit: 10 }));
    expect(entries.map(({ phase, amountMinor, heldMinor }) => [phase, amountMinor, heldMinor])).toEqual([['post', -520n, -550n], ['pending', 0n, 550n], ['single', 600n, 0n]]);
  });

  it('PAY-3: voids, and then nothing is held', async () => {
    const { wallet, settlement } = await openTill(w, 100n);
    const expiresAt = (await w.now()) + 60_000;
    const hold = await w.asSystem((ctx) => pend(ctx, { ...about([{ fromId: wallet.id, toId: settlement.id, amountMinor: 100n }]), expiresAt }));
    expect(hold.expiresAt).toBe(expiresAt);
    await w.asSystem((ctx) => voidPending(ctx, { pendingId: hold.id, idempotencyKey: `void ${hold.id}` }));
    expect([await balance(wallet.id), await posted(settlement)]).toEqual([{ postedMinor: 100n, pendingOutMinor: 0n }, 0n]);
    await refused('not_found', (ctx) => post(ctx, { pendingId: 'trf_none', idempotencyKey: 'none' }));
  });

  it('PAY-4: answers the same again with the first, and refuses another under its key', async () => {
    const { wallet, outside, settlement } = await openTill(w);
    const input = about([{ fromId: outside.id, toId: wallet.id, amountMinor: 40n }]);
    const first = await w.asSystem((ctx) => transfer(ctx, input));
    const rows = await ledgerRows(w);
    expect(await w.asSystem((ctx) => transfer(ctx, input))).toEqual(first);
    const hold = { ...about([{ fromId: wallet.id, toId: settlement.id, amountMinor: 30n }]), expiresAt: 5 };
    const pending = await w.asSystem((ctx) => pend(ctx, hold));
    expect(await w.asSystem((ctx) => pend(ctx, { ...hold, expiresAt: 6 }))).toEqual(pending);
    const take = { pendingId: pending.id, amountsMinor: [10n], idempotencyKey: `take ${pending.id}` };
    const taken = await w.asSystem((ctx) => post(ctx, take));
    expect(await w.asSystem((ctx) => post(ctx, take))).toEqual(taken);
    expect(await ledgerRows(w)).toEqual({ ...rows, transfers: rows.transfers! + 2, legs: rows.legs! + 2 });
    await refused('idempotency_key_reused', (ctx) => transfer(ctx, { ...input, reason: 'refund' }));
    await refused('idempotency_key_reused', (ctx) => post(ctx, { ...take, amountsMinor: [9n] }));
  });

  it('PAY-7: refuses what can not be, and leaves nothing of it', async () => {
    const [{ wallet, outside }, inr] = [await openTill(w), await openTill(w, 0n, 'INR')];
    const foreign = await w.db.database.transaction((tx) => createNetwork(tx, 'Elsewhere', 'sandbox'));
    const odd = (toId: string, amountMinor: bigint) => (ctx: Context) => transfer(ctx, about([{ fromId: outside.id, toId, amountMinor }]));
    await refused('currency_mismatch', odd(inr.wallet.id, 5n));
    await refused('not_found', odd('acc_none', 5n));
    await refused('invalid_request', odd(wallet.id, -5n));
    await refused('invalid_request', odd(wallet.id, 10n ** 30n));
    await refused('invalid_request', (ctx) => openAccount(ctx, { kind: 'outside', currency: 'EUX' }));
    await refused('not_found', async (ctx) => transfer({ ...ctx, network: foreign }, about([{ fromId: outside.id, toId: wallet.id, amountMinor: 5n }])));
    await w.asSystem(async (ctx) => {
      for (let i = 0; i < 9; i++) await odd(wallet.id, 10n ** 15n)(ctx);
    });
    await refused('amount_out_of_range', odd(wallet.id, 1n));
  });

  it('PAY-8: puts right by a transfer the other way', async () => {
    const { wallet, settlement } = await openTill(w, 100n);
    const wrong = await w.asSystem((ctx) => transfer(ctx, about([{ fromId: wallet.id, toId: settlement.id, amountMinor: 70n }])));
    const right = await w.asSystem((ctx) => correct(ctx, wrong.id));
    expect(right).toMatchObject({ reason: 'correction', object: 'ledger_transfer', objectId: wrong.id, legs: [{ fromId: settlement.id, toId: wallet.id, amountMinor: 70n }] });
    expect(await w.asSystem((ctx) => correct(ctx, wrong.id))).toEqual(right);
    expect([await posted(wallet), await posted(settlement)]).toEqual([100n, 0n]);
    const hold = await w.asSystem((ctx) => pend(ctx, about([{ fromId: wallet.id, toId: settlement.id, amountMinor: 70n }])));
    await refused('invalid_state', (ctx) => correct(ctx, hold.id));
  });

  it('PAY-6: keeps an account at its limit, whatever that is, and lets others have anything', async () => {
    const organisationId = w.provider.organisation.id;
    const { outside } = await openTill(w);
    const credit = await w.asSystem((ctx) => openAccount(ctx, { kind: 'outstanding', currency: 'EUR', organisationId }, -500n));
    const take = (amountMinor: bigint) => (ctx: Context) => transfer(ctx, about([{ fromId: credit.id, toId: outside.id, amountMinor }]));
    await w.asSystem(take(500n));
    await refused('insufficient_funds', take(1n));
    expect(await posted(credit)).toBe(-500n);
  });

  describe('whoever writes', () => {
    let ids: Record<'wallet' | 'outside' | 'settlement' | 'inr' | 'pending' | 'single', string>;
    let foreign: string;
    beforeAll(async () => {
      const [{ wallet, outside, settlement }, inr] = [await openTill(w, 100n), await openTill(w, 0n, 'INR')];
      const [pending, single] = await w.asSystem(async (ctx) => [
        await pend(ctx, about([{ fromId: wallet.id, toId: settlement.id, amountMinor: 60n }, { fromId: wallet.id, toId: outside.id, amountMinor: 10n }])),
        await transfer(ctx, about([{ fromId: outside.id, toId: settlement.id, amountMinor: 5n }])),
      ]);
      ids = { wallet: wallet.id, outside: outside.id, settlement: settlement.id, inr: inr.outside.id, pending: pending.id, single: single.id };
      foreign = 'acc_foreign';
      const other = await w.db.database.transaction((tx) => createNetwork(tx, 'Elsewhere', 'sandbox'));
      await w.db.database.query(sql`
        INSERT INTO ledger_accounts (id, network_id, kind, currency, created_at) VALUES (${foreign}, ${other.id}, 'outside', 'EUR', now())`);
    });

    let n = 0;
    interface Rows {
      phase?: string;
      pendingId?: string | null;
      count?: number;
      legs: { from: string; to: string; amount: number; currency?: string; phase?: string }[];
    }
    /** As somebody would who knows nothing of the program. */
    const write = ({ phase = 'single', pendingId = null, count, legs }: Rows): Promise<void> => w.db.database.transaction(async (tx) => {
      const id = `trf_raw_${++n}`;
      await tx.query(sql`
        INSERT INTO ledger_transfers (id, network_id, phase, pending_id, leg_count, reason, object, object_id, idempotency_key, metadata, at)
        VALUES (${id}, ${w.network.id}, ${phase}, ${pendingId}, ${count ?? legs.length}, 'charging', 'session', 'x', ${id}, '{}', '2100-01-01T00:00:00Z')`);
      for (const [i, leg] of legs.entries()) {
        await tx.query(sql`
          INSERT INTO ledger_legs (transfer_id, leg, phase, from_id, to_id, currency, amount, at)
          VALUES (${id}, ${i + 1}, ${leg.phase ?? phase}, ${leg.from}, ${leg.to}, ${leg.currency ?? 'EUR'}, ${leg.amount}, '2100-01-01T00:00:00Z')`);
      }
    });

    it.each<[string, string, () => Rows]>([
      ['PAY-1', 'into another currency', () => ({ legs: [{ from: ids.outside, to: ids.inr, amount: 5 }] })],
      ['PAY-1', 'of a currency that neither account has', () => ({ legs: [{ from: ids.outside, to: ids.settlement, amount: 5, currency: 'USD' }] })],
      ['PAY-1', 'into another network', () => ({ legs: [{ from: ids.outside, to: foreign, amount: 5 }] })],
      ['PAY-1', 'to nobody', () => ({ legs: [{ from: ids.outside, to: 'acc_none', amount: 5 }] })],
      ['PAY-1', 'below nothing', () => ({ legs: [{ from: ids.outside, to: ids.settlement, amount: -5 }] })],
      ['PAY-1', 'without legs', () => ({ legs: [], count: 1 })],
      ['PAY-2', 'with a leg too few', () => ({ legs: [{ from: ids.outside, to: ids.settlement, amount: 5 }], count: 2 })],
      ['PAY-2', 'with a leg too many', () => ({ legs: [{ from: ids.outside, to: ids.settlement, amount: 5 }, { from: ids.outside, to: ids.settlement, amount: 5 }], count: 1 })],
      ['PAY-3', 'with a leg of another phase', () => ({ legs: [{ from: ids.outside, to: ids.settlement, amount: 5, phase: 'pending' }] })],
      ['PAY-3', 'that is an outcome of nothing', () => ({ phase: 'post', pendingId: 'trf_none', legs: [{ from: ids.wallet, to: ids.settlement, amount: 5 }] })],
      ['PAY-3', 'that is an outcome of what was not pending', () => ({ phase: 'post', pendingId: ids.single, legs: [{ from: ids.outside, to: ids.settlement, amount: 5 }] })],
      ['PAY-3', 'that posts more than was pending', () => ({
        phase: 'post', pendingId: ids.pending, legs: [{ from: ids.wallet, to: ids.settlement, amount: 61 }, { from: ids.wallet, to: ids.outside, amount: 10 }],
      })],
      ['PAY-3', 'that posts to another', () => ({
        phase: 'post', pendingId: ids.pending, legs: [{ from: ids.wallet, to: ids.outside, amount: 60 }, { from: ids.wallet, to: ids.outside, amount: 10 }],
      })],
      ['PAY-3', 'that posts one leg of two', () => ({ phase: 'post', pendingId: ids.pending, legs: [{ from: ids.wallet, to: ids.settlement, amount: 60 }] })],
      ['PAY-3', 'that voids a part', () => ({
        phase: 'void', pendingId: ids.pending, legs: [{ from: ids.wallet, to: ids.settlement, amount: 59 }, { from: ids.wallet, to: ids.outside, amount: 10 }],
      })],
      ['PAY-6', 'that takes what is not there', () => ({ legs: [{ from: ids.wallet, to: ids.outside, amount: 31 }] })],
      ['PAY-6', 'that promises what is not there', () => ({ phase: 'pending', legs: [{ from: ids.wallet, to: ids.outside, amount: 31 }] })],
    ])('%s: the database refuses a transfer %s', async (_rule, _what, rows) => {
      const before = await ledgerRows(w);
      await expect(write(rows())).rejects.toMatchObject({ code: expect.stringMatching(/^23/) }); // integrity constraint violation
      expect(await ledgerRows(w)).toEqual(before);
    });

    it.each([
      ['UPDATE ledger_transfers SET reason = reason'], ['DELETE FROM ledger_transfers'], ['TRUNCATE ledger_transfers'], ['UPDATE ledger_legs SET amount = 1'],
      ['DELETE FROM ledger_legs'], ['TRUNCATE ledger_legs'], ['UPDATE ledger_accounts SET currency = currency'], ['DELETE FROM ledger_accounts'],
      ['UPDATE ledger_balances SET posted = 1'], ['DELETE FROM ledger_balances'], ["INSERT INTO ledger_balances (account_id, least_balance) VALUES ('acc_foreign', 0)"],
    ])('PAY-2: the database refuses %s', async (statement) => {
      await expect(w.db.database.script(statement)).rejects.toThrow('append-only');
    });

    it('PAY-2: the database refuses a leg that comes later', async () => {
      await expect(w.db.database.query(sql`
        INSERT INTO ledger_legs SELECT transfer_id, 2, phase, from_id, to_id, currency, amount, at
        FROM ledger_legs WHERE transfer_id = ${ids.single}`)).rejects.toThrow('does not belong');
    });

    it('PAY-1: and takes what is right', async () => {
      await write({ legs: [{ from: ids.outside, to: ids.settlement, amount: 5 }] });
    });
  });

  type Step =
    | { do: 'move'; isPending: boolean; from: number; to: number; amount: number } | { do: 'end'; isVoid: boolean; of: number; share: number } | { do: 'wait'; ms: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('move' as const), isPending: fc.boolean(), from: fc.nat(4), to: fc.nat(4), amount: fc.integer({ min: 1, max: 60 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), isVoid: fc.boolean(), of: fc.nat(8), share: fc.integer({ min: 0, max: 100 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1000 }) }) },
  );

  it('PAY-1 PAY-5 PAY-6: whatever is moved, all sums to zero, no limit is passed, and the past stays as it was', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const [one, other] = [await openTill(w, 100n), await openTill(w, 50n)];
      const accounts = [one.wallet, other.wallet, one.settlement, one.tax, one.promotions];
      const pendings: { id: string; amount: bigint }[] = [];
      const seen: { at: number; balances: unknown }[] = [];
      const read = (at?: number) => w.asSystem((ctx) => Promise.all(accounts.map(({ id }) => balanceOf(ctx, id, at))));
      let now = await w.now();
      for (const [i, next] of steps.entries()) {
        if (next.do === 'wait') {
          now += 10;
          seen.push({ at: now, balances: await read() });
          now += next.ms;
          continue;
        }
        await w.asSystem(async (system) => {
          const ctx = system.as({ now });
          if (next.do === 'end') {
            const [pending] = pendings.splice(next.of % Math.max(pendings.length, 1), 1);
            if (!pending) return;
            const input = { pendingId: pending.id, idempotencyKey: `${pending.id} ${i}` };
            if (next.isVoid) await voidPending(ctx, input);
            else await post(ctx, { ...input, amountsMinor: [(pending.amount * BigInt(next.share)) / 100n] });
            return;
          }
          const [from, to, amountMinor] = [accounts[next.from]!, accounts[next.to]!, BigInt(next.amount)];
          const input = about([{ fromId: from.id, toId: to.id, amountMinor }]);
          if (!next.isPending) await transfer(ctx, input);
          else pendings.push({ id: (await pend(ctx, input)).id, amount: amountMinor });
        }).catch((error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^(insufficient_funds|invalid_request)$/) }));
      }
      for (const { at, balances } of seen) expect(await read(at)).toEqual(balances);
      for (const { postedMinor, pendingOutMinor } of (await read()).slice(0, 2)) expect(postedMinor - pendingOutMinor).toBeGreaterThanOrEqual(0n);
      for (const account of accounts) await pagesAgree(account.id);
      const { unbalanced, wrong } = await trialBalance(w.db.database, w.network.id);
      expect({ unbalanced, wrong }).toEqual({ unbalanced: [], wrong: [] });
    }), { numRuns: 12 });
  });

  /** Pages of two, forwards and back, are the whole list, and its amounts sum to the balance. */
  async function pagesAgree(accountId: string): Promise<void> {
    await w.asSystem(async (ctx) => {
      const all = await entriesOf(ctx, accountId, { limit: 1_000 });
      const forwards: Entry[] = [];
      const next = () => entriesOf(ctx, accountId, { after: forwards.at(-1)?.id, limit: 2 });
      for (let page = await next(); page.length > 0; page = await next()) forwards.push(...page);
      expect(forwards).toEqual(all);
      if (all.length > 2) expect(await entriesOf(ctx, accountId, { before: all[2]!.id, limit: 2 })).toEqual(all.slice(0, 2));
      const sum = (of: (entry: (typeof all)[number]) => bigint) => all.reduce((total, entry) => total + of(entry), 0n);
      expect(await balanceOf(ctx, accountId)).toEqual({ postedMinor: sum((entry) => entry.amountMinor), pendingOutMinor: sum((entry) => entry.heldMinor) });
    });
  }
});
