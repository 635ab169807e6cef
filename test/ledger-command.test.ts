/** `plugtime ledger trial-balance`, on ledgers that are right and on such as somebody has laid hands on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../src/commands/registry.ts';
import { pend } from '../src/domain/payments/index.ts';
import { readConfig } from '../src/platform/config/index.ts';
import { testDatabases } from './support/databases.ts';
import { about, openTill, type Till } from './support/ledger-bed.ts';
import { openWorld, type World } from './support/world.ts';

describe.each(testDatabases())('the trial balance ($kind)', ({ open }) => {
  let w: World;
  let till: Till;
  beforeAll(async () => {
    w = await openWorld(open);
    till = await openTill(w, 1_000n);
    await w.asSystem((ctx) => pend(ctx, about([{ fromId: till.wallet.id, toId: till.settlement.id, amountMinor: 300n }])));
    await openTill(w, 7n, 'INR');
  });
  afterAll(() => w.close());

  async function trialBalance(mode?: 'live' | 'sandbox'): Promise<{ code: number; lines: string[]; notes: string[] }> {
    const [lines, notes]: [string[], string[]] = [[], []];
    const io = { out: (line: string) => void lines.push(line), note: (line: string) => void notes.push(line), progress: () => undefined };
    return { code: await runCommand('ledger', w.app.runtime, { do: 'trial-balance', mode }, io, readConfig({})), lines, notes };
  }
  const behindItsBack = (table: string, statement: string) =>
    w.db.database.script(`ALTER TABLE ${table} DISABLE TRIGGER USER; ${statement}; ALTER TABLE ${table} ENABLE TRIGGER USER`);

  it('PAY-9: sums all accounts of a network by currency and kind', async () => {
    const { code, lines, notes } = await trialBalance();
    expect([code, notes]).toEqual([0, ['The ledger balances.']]);
    expect(lines.map((line) => line.split('\t'))).toEqual([
      ['sandbox', 'EUR', 'outside', '1', '-1000', '0'], ['sandbox', 'EUR', 'promotions', '1', '0', '0'], ['sandbox', 'EUR', 'settlement', '1', '0', '0'],
      ['sandbox', 'EUR', 'tax', '1', '0', '0'], ['sandbox', 'EUR', 'wallet', '1', '1000', '300'], ['sandbox', 'INR', 'outside', '1', '-7', '0'],
      ['sandbox', 'INR', 'promotions', '1', '0', '0'], ['sandbox', 'INR', 'settlement', '1', '0', '0'], ['sandbox', 'INR', 'tax', '1', '0', '0'],
      ['sandbox', 'INR', 'wallet', '1', '7', '0'],
    ]);
    expect(await trialBalance('live')).toEqual({ code: 0, lines: [], notes: ['The ledger balances.'] });
  });

  it.each([['posted = posted + 1'], ['pending_out = pending_out - 1']])('PAY-9: fails where a balance was changed: %s', async (change) => {
    const back = change.replace(/[+-](?= 1)/, (sign) => (sign === '+' ? '-' : '+'));
    await behindItsBack('ledger_balances', `UPDATE ledger_balances SET ${change} WHERE account_id = '${till.wallet.id}'`);
    const { code, lines, notes } = await trialBalance();
    expect([code, notes]).toEqual([1, ['The ledger does NOT balance.']]);
    expect(lines.at(-1)).toContain(till.wallet.id);
    await behindItsBack('ledger_balances', `UPDATE ledger_balances SET ${back} WHERE account_id = '${till.wallet.id}'`);
    expect((await trialBalance()).code).toBe(0);
  });

  it('PAY-9: fails where money has come from nowhere', async () => {
    await behindItsBack('ledger_legs', `
      INSERT INTO ledger_legs (transfer_id, leg, phase, from_id, to_id, currency, amount, at)
      VALUES ('trf_forged', 1, 'single', 'acc_nobody', '${till.settlement.id}', 'EUR', 42, now())`);
    const { code, lines } = await trialBalance('sandbox');
    expect([code, lines.at(-1)]).toEqual([1, 'sandbox\tEUR\tUNBALANCED\t\t42']);
  });
});
