/** Many issue at the same time, in the same few series, and some are rolled back: their numbers have no gap and no double. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCreditNote, issueInvoice } from '../../src/domain/invoices/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { testDatabases } from '../support/databases.ts';
import { billOf, GERMANY, INDIA, openSeller } from '../support/invoice-bed.ts';
import { randomFrom, report, seedOf } from '../support/random.ts';
import { openWorld, type World } from '../support/world.ts';

const TRANSACTIONS = Number(process.env.INVOICES ?? 400);
const AT_A_TIME = 16;

describe.each(testDatabases())('many issuers at a time ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  it('INV-3 INV-4: number what is issued from 1 on without gap or double, whatever is rolled back or asked twice', async () => {
    const seed = seedOf('invoices');
    const random = randomFrom(seed).next;
    const sellers = [await openSeller(w, INDIA), await openSeller(w, GERMANY), await openSeller(w)].map(({ organisation: { id } }) => id);
    const issued = new Map<string, string>();
    const bills: ReturnType<typeof billOf>[] = [];
    const counts = { rolledBack: 0, undone: 0, repeated: 0, credited: 0 };
    const one = async (): Promise<void> => {
      const [fate, again] = [random(), random()];
      const isRepeated = again < 0.2 && bills.length > 0;
      const bill = isRepeated ? bills[Math.floor(random() * bills.length)]! : billOf(sellers[Math.floor(random() * sellers.length)]!, { currency: 'EUR' });
      if (!isRepeated) bills.push(bill);
      const made = await w.asSystem(async (ctx) => {
        if (fate < 0.2) await ctx.tx.savepoint(async () => {
          await issueInvoice(ctx, billOf(bill.sellerId, { currency: 'EUR' }));
          throw new Error('undone');
        }).catch(() => void (counts.undone += 1));
        const invoice = await issueInvoice(ctx, bill);
        if (fate > 0.8) await issueCreditNote(ctx, invoice.id, { reason: 'test', lines: [{ number: 2, amountMinor: 1n }], idempotencyKey: `credit ${bill.idempotencyKey}` });
        if (fate > 0.4 && fate < 0.6) throw new Error('rolled back');
        return invoice;
      }).catch((error: Error) => {
        if (error.message !== 'rolled back') throw error;
        counts.rolledBack += 1;
      });
      if (!made) return;
      counts.credited += fate > 0.8 ? 1 : 0;
      counts.repeated += issued.has(bill.idempotencyKey) ? 1 : 0;
      expect(issued.get(bill.idempotencyKey) ?? made.number).toBe(made.number);
      issued.set(bill.idempotencyKey, made.number);
    };
    let left = TRANSACTIONS;
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
      while (left-- > 0) await one();
    }));

    const series = await w.db.database.query<{ sellerId: string; stem: string; numbers: string[]; last: string }>(sql`
      SELECT i.seller_id AS "sellerId", i.stem, array_agg(i.sequence::text ORDER BY i.sequence) AS numbers, max(s.last_number)::text AS last
      FROM invoices i JOIN invoice_series s ON s.organisation_id = i.seller_id AND s.entity = i.entity AND s.stem = i.stem GROUP BY i.seller_id, i.entity, i.stem`);
    for (const { numbers, last } of series) {
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => String(i + 1)));
      expect(last).toBe(String(numbers.length));
    }
    const what = `${TRANSACTIONS} transactions (${JSON.stringify(counts)}), seed ${seed}`;
    report(`invoices, ${w.db.database.kind}: ${what}: ${series.map(({ stem, last }) => `${stem}${last}`).join(', ')}`);
    expect(new Set(series.map(({ sellerId }) => sellerId)).size).toBe(3);
    expect(series.length).toBeGreaterThan(3);
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(0);
    const [row] = await w.db.database.query<{ keys: number; invoices: number; disorder: number }>(sql`
      SELECT (SELECT count(*) FROM invoice_keys)::int AS keys, (SELECT count(*) FROM invoices)::int AS invoices,
        (SELECT count(*) FROM invoices a JOIN invoices b ON b.seller_id = a.seller_id AND b.entity = a.entity AND b.stem = a.stem AND b.sequence = a.sequence + 1
         WHERE b.issued_at < a.issued_at)::int AS disorder`);
    expect(row).toMatchObject({ keys: row!.invoices, disorder: 0 });
    expect(series.filter(({ stem }) => !/^(HCC|CN|RCRF)/.test(stem)).reduce((sum, { numbers }) => sum + numbers.length, 0)).toBe(issued.size);
  }, 120_000);
});
