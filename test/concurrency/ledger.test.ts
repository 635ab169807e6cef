/** Clients in processes of their own move money between the same few accounts, and some are killed amid it. LEDGER_TRANSFERS prolongs it. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sql } from '../../src/platform/database/index.ts';
import { newCrew, runShift } from '../ledger/crew.ts';
import { judge } from '../ledger/judge.ts';
import { makeStage, openHand, type Hand } from '../ledger/stage.ts';
import { openTestPostgres, type TestDatabase } from '../support/databases.ts';
import { deadlocksOnceGone, PROBED } from '../support/deadlocks.ts';
import { randomFrom, report, seedOf } from '../support/random.ts';

const TRANSFERS = Number(process.env.LEDGER_TRANSFERS ?? 3_000);
const CLIENTS = 4;
const KILLS = 4;
/** Few, so that clients meet at them. */
const WALLETS = 6;

describe.runIf(inject('postgresUrl') !== '')('a ledger that several processes write to, which are killed', () => {
  let db: TestDatabase;
  let hand: Hand;
  beforeAll(async () => {
    db = await openTestPostgres();
    hand = await openHand(db.url!, 4);
  });
  afterAll(async () => {
    await hand.close();
    await db.close();
  });

  it('PAY-1 PAY-4 PAY-6: sums to zero, nothing doubled, nothing acknowledged lost, no wallet ever below nothing, no deadlock', async () => {
    const seed = seedOf('ledger');
    const url = new URL(db.url!);
    url.searchParams.set('application_name', PROBED);
    const crew = newCrew({ url: url.href, stage: await makeStage(hand, WALLETS), seed, clients: CLIENTS });
    const { seconds, kills } = await runShift(crew, TRANSFERS / CLIENTS, { kills: KILLS, random: randomFrom(seed) });
    const outcomes = crew.known.flatMap((known) => [...known.values()]);
    const made = outcomes.filter(({ id }) => id !== undefined).length;
    report(`ledger: ${TRANSFERS} operations of ${CLIENTS} processes, ${made} transfers made, ${kills} kills, ${Math.round(TRANSFERS / seconds)}/s`);
    expect([outcomes.length, kills]).toEqual([TRANSFERS, KILLS]);
    expect(new Set(outcomes.flatMap(({ refusal }) => refusal ?? []))).toEqual(new Set(['insufficient_funds', 'nothing was held']));
    expect(made).toBeGreaterThan(TRANSFERS / 4);
    expect(await judge(db.database, crew)).toEqual([]);
    expect(await deadlocksOnceGone(db.url!)).toBe(0);
  }, 600_000);

  it('the judge sees money that was moved twice, a transfer that was lost, and one that nobody was told of', async () => {
    const stage = await makeStage(hand, 2);
    const crew = newCrew({ url: db.url!, stage, seed: 1, clients: 1 });
    await runShift(crew, 20, { random: randomFrom(1) });
    expect(await judge(db.database, crew)).toEqual([]);
    const [first] = [...crew.known[0]!].find(([, { id }]) => id !== undefined)!;
    const told = crew.known[0]!.get(first)!;
    crew.known[0]!.set(first, { refusal: 'insufficient_funds' });
    expect((await judge(db.database, crew)).join('\n')).toMatch(/operation \d+ is there and was refused[^]*should have/);
    crew.known[0]!.set(first, { id: 'trf_lost' });
    expect((await judge(db.database, crew)).join('\n')).toMatch(/was acknowledged and is not there/);
    crew.known[0]!.set(first, told);
    await db.database.script('ALTER TABLE ledger_legs DISABLE TRIGGER USER');
    await db.database.query(sql`
      INSERT INTO ledger_legs (transfer_id, leg, phase, from_id, to_id, currency, amount, at)
      VALUES ('trf_forged', 1, 'single', ${stage.tills[0]!.wallets[0]}, ${stage.tills[0]!.outside}, 'EUR', 100000, now())`);
    await db.database.script('ALTER TABLE ledger_legs ENABLE TRIGGER USER');
    expect((await judge(db.database, crew)).join('\n')).toMatch(/should have[^]*is wrong, or below its limit/);
  });
});
