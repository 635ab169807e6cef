/** Drivers' wallets, over HTTP where there are calls, and on both databases. */
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureNetwork } from '../../src/app/networks.ts';
import { createOrganisation, inContext, issueKey } from '../../src/domain/organisations/index.ts';
import { captureHold, creditWallet, holdFromWallet, releaseHold, trialBalance, type WalletHold } from '../../src/domain/payments/index.ts';
import { apiOf } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { ledgerRows } from '../support/ledger-bed.ts';
import { HOUR, iso, must, openWorld, outcome, type World } from '../support/world.ts';

describe.each(testDatabases())('a wallet ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const pathOf = (driver: string, currency = 'eur') => `/v1/drivers/${driver}/wallets/${currency}`;
  const credit = async (driver: string, body: object, currency?: string) => must(await w.provider.api.post(`${pathOf(driver, currency)}/credits`, body));
  const read = async (driver: string, currency?: string) => must(await w.provider.api.get(pathOf(driver, currency)));
  const hold = (driverId: string, amountMinor: bigint, key: string, more: Partial<WalletHold> = {}) => w.asSystem((ctx) => holdFromWallet(ctx, {
    driverId, currency: 'EUR', amountMinor, reason: 'charging', object: 'session', objectId: 'ses_test', idempotencyKey: `${key} ${driverId}`, ...more,
  }));

  it('PAY-10: is empty before anything was in it, and reading it makes none', async () => {
    const { id } = await w.driver();
    const before = await ledgerRows(w);
    expect(await read(id)).toEqual({ id: null, object: 'wallet', driver: id, currency: 'eur', balance: 0, held: 0, available: 0, version: 0, created: null, updated: null });
    expect(must(await w.provider.api.get(`/v1/drivers/${id}/wallets`)).data).toEqual([]);
    expect(must(await w.provider.api.get(`${pathOf(id)}/entries`)).data).toEqual([]);
    expect((await w.provider.api.get(`${pathOf(id)}/statement.csv`)).body).toContain('closing_balance,,,,0.00,EUR');
    await expect(hold(id, 1n, 'empty')).rejects.toMatchObject({ code: 'insufficient_funds', details: { available: 0 } });
    expect(await ledgerRows(w)).toEqual(before);
  });

  it('PAY-10 PAY-11: gets what was paid and a bonus from the promotions, in each currency by itself', async () => {
    const { id, api } = await w.driver();
    const wallet = await credit(id, { amount: 2000, wallet_amount: 2200, metadata: { till: '4' } });
    expect(wallet).toMatchObject({ id: expect.stringMatching(/^acc_/), balance: 2200, held: 0, available: 2200, version: 1 });
    await credit(id, { amount: 500 }, 'INR');
    const wallets = must(await api.get(`/v1/drivers/${id}/wallets`)).data as Record<string, unknown>[];
    expect(wallets.map(({ currency, balance }) => [currency, balance])).toEqual([['eur', 2200], ['inr', 500]]);
    const [entry, ...others] = must(await api.get(`${pathOf(id, 'EUR')}/entries`)).data;
    expect([entry, others]).toEqual([{
      id: expect.stringMatching(/^trf_/), object: 'wallet_entry', type: 'moved', reason: 'test_credit', amount: 2200, held: 0, hold: null, about: { object: 'driver', id },
      metadata: { till: '4' }, expires: null, created: expect.any(String),
    }, []]);
    const { rows } = await trialBalance(w.db.database, w.network.id);
    expect(rows.find(({ kind, currency }) => kind === 'promotions' && currency === 'EUR')!.postedMinor).toBe(-200n);
  });

  it('PAY-12: holds, captures a part and releases the rest; each change is told, in the order of its versions', async () => {
    const { id, api } = await w.driver();
    const { id: walletId } = await credit(id, { amount: 600 });
    const expiresAt = (await w.now()) + HOUR;
    const held = await hold(id, 550n, 'hold', { expiresAt });
    expect(await read(id)).toMatchObject({ balance: 600, held: 550, available: 50 });
    await expect(hold(id, 51n, 'more')).rejects.toMatchObject({ code: 'insufficient_funds', details: { available: 50 } });
    await w.asSystem((ctx) => captureHold(ctx, { pendingId: held.id, amountMinor: 520n, idempotencyKey: `capture ${held.id}` }));
    expect(await read(id)).toMatchObject({ balance: 80, held: 0, available: 80, version: 3 });
    const other = await hold(id, 80n, 'other');
    await w.asSystem((ctx) => releaseHold(ctx, { pendingId: other.id, idempotencyKey: `release ${other.id}` }));
    const last = await hold(id, 80n, 'last');
    await w.asSystem((ctx) => captureHold(ctx, { pendingId: last.id, amountMinor: 0n, idempotencyKey: `capture ${last.id}` }));
    const entries = must(await api.get(`${pathOf(id)}/entries`)).data as Record<string, unknown>[];
    expect(entries.map((entry) => [entry.type, entry.amount, entry.held])).toEqual([
      ['released', 0, -80], ['held', 0, 80], ['released', 0, -80], ['held', 0, 80], ['captured', -520, -550], ['held', 0, 550], ['moved', 600, 0],
    ]);
    expect(entries[4]!.hold).toBe(held.id);
    expect(entries[5]!.expires).toBe(iso(expiresAt));
    const events = await w.eventsOf(walletId);
    expect(events.map(({ type, object_version: version, data: { object } }) => [type, version, object.balance, object.held])).toEqual([
      [600, 0], [600, 550], [80, 0], [80, 80], [80, 0], [80, 80], [80, 0],
    ].map(([balance, nowHeld], i) => ['wallet.updated', i + 1, balance, nowHeld]));
    expect(events.at(-1)!.data.object).toEqual(await read(id));
    expect(must(await api.get(`/v1/events?object_id=${walletId}&since=0`)).data).toHaveLength(7);
    expect(await w.eventsOf(walletId, w.otherProvider)).toEqual([]);
    expect(await w.eventsOf(walletId, w.operator)).toEqual([]);
  });

  it('PAY-13: has a statement that adds up, also of a part of its time', async () => {
    const { id } = await w.driver();
    await credit(id, { amount: 10_000 });
    const held = await hold(id, 2_500n, 'statement');
    await w.advance(HOUR);
    const middle = iso(await w.now());
    await w.advance(HOUR);
    await w.asSystem((ctx) => captureHold(ctx, { pendingId: held.id, amountMinor: 1_234n, idempotencyKey: `capture ${held.id}` }));
    const rowsOf = async (query: string): Promise<string[][]> => {
      const { headers, body, status } = await w.provider.api.get(`${pathOf(id)}/statement.csv${query}`);
      expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
      return parse(body as string, { from: 2 });
    };
    const figures = (rows: string[][]) => rows.map(([, , reason, , about, amount, balance]) => [reason, about, amount, balance]);
    const [opening, paid, used, closing] = [
      ['opening_balance', '', '', '0.00'], ['test_credit', id, '100.00', '100.00'], ['charging', 'ses_test', '-12.34', '87.66'], ['closing_balance', '', '', '87.66'],
    ];
    expect(figures(await rowsOf(''))).toEqual([opening, paid, used, closing]);
    expect(figures(await rowsOf(`?to=${middle}`))).toEqual([opening, paid, ['closing_balance', '', '', '100.00']]);
    expect(figures(await rowsOf(`?from=${middle}`))).toEqual([['opening_balance', '', '', '100.00'], used, closing]);
    expect(outcome(await w.provider.api.get(`${pathOf(id)}/statement.csv?from=${middle}&to=${middle}`))).toBe('invalid_time_range');
    await credit(id, { amount: 1500 }, 'JPY');
    expect((await w.provider.api.get(`${pathOf(id, 'JPY')}/statement.csv`)).body).toContain(',1500,1500,JPY');
  });

  it('PAY-14: is given what nobody paid in a sandbox only', async () => {
    const live = await ensureNetwork(w.db.database, 'live');
    const secret = await inContext(w.app.runtime, { networkId: live.id, actor: { kind: 'system' } }, async (ctx) => {
      const { id } = await createOrganisation(ctx, { slug: `live-${live.id}`, name: 'Live', roles: ['provider'] });
      return (await issueKey(ctx, id, { name: 'test', kind: 'secret' })).secret;
    });
    const api = apiOf(w.app.url, secret);
    const { id } = must(await api.post('/v1/drivers', {}));
    const before = await ledgerRows(w);
    expect(outcome(await api.post(`${pathOf(id)}/credits`, { amount: 100 }))).toBe('test_mode_only');
    expect(await ledgerRows(w)).toEqual(before);
    expect(must(await api.get(pathOf(id))).balance).toBe(0);
  });

  it('PAY-4: is credited once by requests with one Idempotency-Key', async () => {
    const { id } = await w.driver();
    const send = () => w.provider.api.post(`${pathOf(id)}/credits`, { amount: 700 }, { 'idempotency-key': `credit ${id}` });
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    expect(new Set(answers.map(({ body }) => body.balance))).toEqual(new Set([700]));
    expect((await read(id)).balance).toBe(700);
  });

  it.each([
    ['half a unit', 'eur', { amount: 1.5 }, '/amount'], ['a text', 'eur', { amount: '100' }, '/amount'], ['less than nothing', 'eur', { amount: -1 }, '/amount'],
    ['nothing', 'eur', { amount: 0 }, '/amount'], ['too much', 'eur', { amount: 2 ** 60 }, '/amount'], ['more than a bigint', 'eur', '{"amount": 1e40}', '/amount'],
    ['less than was paid', 'eur', { amount: 100, wallet_amount: 99 }, '/wallet_amount'], ['of no currency', 'zzz', { amount: 100 }, '{currency}'],
    ['without an amount', 'eur', {}, '/amount'],
  ])('PAY-7: refuses a credit that is %s, and leaves nothing of it', async (_what, currency, body, pointer) => {
    const { id } = await w.driver();
    const before = await ledgerRows(w);
    const answer = await w.provider.api.post(`${pathOf(id, currency)}/credits`, body);
    expect([answer.status, answer.body.code, answer.body.errors?.[0]?.pointer]).toEqual([400, 'invalid_request', pointer]);
    expect(await ledgerRows(w)).toEqual(before);
    expect(outcome(await w.provider.api.get(pathOf(id, 'zzz')))).toBe('invalid_request');
  });

  it('PAY-11: takes no credit of less than was paid, whoever asks', async () => {
    const { id } = await w.driver();
    const input = { currency: 'EUR', paidMinor: 5n, creditedMinor: 4n, reason: 'top_up' as const, object: 'driver', objectId: id, idempotencyKey: `less ${id}` };
    await expect(w.asSystem((ctx) => creditWallet(ctx, { id, organisationId: w.provider.organisation.id }, input))).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
