/** Bank statements, and statements of wallets on paper, over HTTP and on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { payingIn } from '../support/paying.ts';
import { HOUR, openWorld, outcome, type World } from '../support/world.ts';

describe.each(testDatabases())('bank statements ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());
  const { call, credit, walletOf, balanced } = payingIn(() => w);
  const transferOf = async (driver: string, amount: number): Promise<Json> => call('post', '/v1/top_ups', { driver, currency: 'inr', amount, method: 'bank_transfer' });
  const line = (id: string, text: string, more: object = {}) => ({ id, booked_at: '2026-11-20T08:00:00Z', amount: 1_000, currency: 'inr', text, ...more });
  const outcomes = ({ lines }: Json) => lines.map((taken: Json) => `${taken.line.line} ${taken.outcome}${taken.line.note === null ? '' : `: ${taken.line.note}`}`);

  it('PAY-50: takes each line once, finds references however they are written, and pays what came in', async () => {
    const { id: driver } = await w.driver();
    const [plain, spaced, more, euros] = [await transferOf(driver, 1_000), await transferOf(driver, 1_000), await transferOf(driver, 900), await transferOf(driver, 1_000)];
    const refOf = ({ payment }: Json): string => payment.reference;
    const lines = [
      line('1', `Invoice ${refOf(plain)} thank you`), line('2', `ref: ${refOf(spaced).toLowerCase().replaceAll(/(...)/g, '$1 ')}`), line('3', `X${refOf(more)}`),
      line('4', refOf(plain)), line('5', refOf(euros), { currency: 'eur' }), line('6', 'rent for November'), line('7', `${refOf(plain)} and ${refOf(euros)}`),
    ];
    const taken = await call('post', '/v1/bank_statements', { account: 'DE02', lines: [...lines, lines[0]] });
    expect(taken).toMatchObject({ object: 'bank_statement', account: 'DE02', matched: 3, unmatched: 4, known: 1 });
    expect(outcomes(taken)).toEqual([
      '1 matched', '2 matched', '3 matched', '4 unmatched: what it names is paid already', '5 unmatched: what it names is paid in INR', '6 unmatched: it names no payment',
      '7 unmatched: it names several payments', '1 known',
    ]);
    expect(await walletOf(driver)).toEqual({ balance: 3_000, held: 0 });
    expect(await call('get', `/v1/top_ups/${more.id}`)).toMatchObject({ status: 'completed', credited: 1_000 });
    expect(await call('post', '/v1/bank_statements', { account: 'DE02', lines })).toMatchObject({ matched: 0, unmatched: 0, known: 7 });
    expect(await walletOf(driver)).toEqual({ balance: 3_000, held: 0 });
    const other = await w.otherProvider.api.post('/v1/bank_statements', { account: 'DE02', lines: [line('1', refOf(euros))] });
    expect(outcomes(other.body)).toEqual(['1 unmatched: it names no payment']);
    expect(outcome(await w.provider.api.post('/v1/bank_statements', { lines: [line('1', '', { currency: 'xyz' })] }))).toBe('invalid_request');
    await balanced();
  });

  it('PAY-50: two that take the same statement at a time pay once', async () => {
    const { id: driver } = await w.driver();
    const made = await Promise.all(Array.from({ length: 4 }, () => transferOf(driver, 1_000)));
    const lines = made.map(({ payment }, i) => line(`twice ${i}`, payment.reference));
    const answers = await Promise.all([lines, lines.toReversed(), lines].map((some) => call('post', '/v1/bank_statements', { lines: some })));
    expect(answers.reduce((sum, { matched }) => sum + matched, 0)).toBe(4);
    expect(await walletOf(driver)).toEqual({ balance: 4_000, held: 0 });
    await balanced();
  });

  it('PAY-51: lines that were not matched are listed, and assigned by hand, once', async () => {
    const { id: driver, api } = await w.driver();
    const { id, payment } = await transferOf(driver, 1_000);
    const { lines: [{ line: lost }] } = await call('post', '/v1/bank_statements', { lines: [line('lost', 'my top up')] });
    const ids = async (status: string) => (await call('get', `/v1/bank_statement_lines?limit=100&status=${status}`)).data.map((found: Json) => found.id);
    expect(await ids('unmatched')).toContain(lost.id);
    const assign = (to: string, of = w.provider.api) => of.post(`/v1/bank_statement_lines/${lost.id}/assign`, { payment: to, note: 'told by phone' });
    expect(outcome(await assign(payment.id, w.otherProvider.api))).toBe('not_found');
    expect(outcome(await assign(payment.id, api))).toBe('forbidden');
    const inEuros = await call('post', '/v1/top_ups', { driver, currency: 'eur', amount: 1_000, method: 'bank_transfer' });
    expect(outcome(await assign(inEuros.payment.id))).toBe('currency_mismatch');
    expect((await assign(payment.id)).body).toMatchObject({ payment: payment.id, note: 'told by phone', matched_at: expect.any(String) });
    expect(outcome(await assign(payment.id))).toBe('invalid_state');
    expect(await ids('unmatched')).not.toContain(lost.id);
    expect(await ids('matched')).toContain(lost.id);
    expect((await call('get', `/v1/top_ups/${id}`)).status).toBe('completed');
  });

  it('PAY-52: a statement of a wallet on paper is a PDF, the same every time', async () => {
    const { id: driver, api } = await w.driver();
    await credit(driver, 2_000);
    const to = new Date((await w.now()) + HOUR).toISOString();
    const [first, again] = [await api.get(`/v1/drivers/${driver}/wallets/inr/statement.pdf?to=${to}`), await api.get(`/v1/drivers/${driver}/wallets/inr/statement.pdf?to=${to}`)];
    expect({ status: first.status, type: first.headers.get('content-type'), begins: first.body.slice(0, 5) }).toEqual({ status: 200, type: 'application/pdf', begins: '%PDF-' });
    expect(first.body).toBe(again.body);
  });
});
