/** Holds a ledger against what clients were told, and against what they had meant to move. */
import { trialBalance } from '../../src/domain/payments/index.ts';
import { sql, type Database } from '../../src/platform/database/index.ts';
import type { Crew } from './crew.ts';
import { keyOf, operationsOf, partOf, type Operation } from './operations.ts';

/** Everything that is wrong; nothing when all is right. */
export async function judge(database: Database, crew: Crew): Promise<string[]> {
  return [...(crew.doubled > 0 ? [`${crew.doubled} operations that were done again became other transfers`] : []), ...await lostOrDoubled(database, crew),
    ...await wrongSums(database, crew), ...await unbalanced(database, crew), ...await everBelow(database, crew)];
}

/** Exactly what was acknowledged is there, under its key. */
async function lostOrDoubled(database: Database, { stage, known }: Crew): Promise<string[]> {
  const rows = await database.query<{ key: string; id: string }>(sql`
    SELECT idempotency_key AS key, id FROM ledger_transfers WHERE network_id = ${stage.networkId}`);
  const there = new Map(rows.map(({ key, id }) => [key, id]));
  const told = new Map(known.flatMap((one, client) => [...one].flatMap(([i, { id }]): [string, string][] => (id === undefined ? [] : [[keyOf(client, i), id]]))));
  return [
    ...[...told].filter(([key, id]) => there.get(key) !== id).map(([key]) => `${key} was acknowledged and is not there`),
    ...[...there.keys()].filter((key) => !told.has(key)).map((key) => `${key} is there and was refused, or never answered`),
  ];
}

/** What accounts have is what the operations that were acknowledged say, whatever the rows are. */
async function wrongSums(database: Database, crew: Crew): Promise<string[]> {
  const expected = new Map<string, bigint>();
  const add = (id: string, amountMinor: bigint): void => void expected.set(id, (expected.get(id) ?? 0n) + amountMinor);
  crew.known.forEach((known, client) => {
    const operations = operationsOf(crew.stage.tills, crew.seed, client, known.size);
    operations.filter((_, i) => known.get(i)?.id !== undefined).flatMap(movedBy).forEach(({ fromId, toId, amountMinor }) => {
      add(fromId, -amountMinor);
      add(toId, amountMinor);
    });
  });
  const rows = await database.query<{ id: string; posted: string }>(sql`
    SELECT a.id, coalesce(sum(CASE WHEN l.to_id = a.id THEN l.amount ELSE -l.amount END), 0)::text AS posted
    FROM ledger_accounts a LEFT JOIN ledger_legs l ON (l.to_id = a.id OR l.from_id = a.id) AND l.phase IN ('single', 'post')
    WHERE a.network_id = ${crew.stage.networkId} GROUP BY a.id`);
  return rows.filter(({ id, posted }) => BigInt(posted) !== (expected.get(id) ?? 0n)).map(({ id, posted }) => `${id} has ${posted}, and should have ${expected.get(id) ?? 0n}`);
}

function movedBy(operation: Operation): { fromId: string; toId: string; amountMinor: bigint }[] {
  if (operation.do === 'move') return operation.legs;
  return operation.do === 'capture' ? operation.legs.map((leg) => ({ ...leg, amountMinor: partOf(leg.amountMinor, operation.percent) })) : [];
}

async function unbalanced(database: Database, { stage }: Crew): Promise<string[]> {
  const { unbalanced: sums, wrong } = await trialBalance(database, stage.networkId);
  return [...sums.map(({ currency, sumMinor }) => `${currency} sums to ${sumMinor}`), ...wrong.map(({ accountId }) => `the balance of ${accountId} is wrong, or below its limit`)];
}

/** Wallets that were below nothing at any time, what was pending counted as gone. */
async function everBelow(database: Database, { stage }: Crew): Promise<string[]> {
  const rows = await database.query<{ id: string; least: string }>(sql`
    SELECT id, min(available)::text AS least FROM (
      SELECT id, sum(change) OVER (PARTITION BY id ORDER BY at, transfer_id) AS available FROM (
        SELECT a.id, l.at, l.transfer_id, sum(
          CASE WHEN l.to_id = a.id THEN CASE WHEN l.phase IN ('single', 'post') THEN l.amount ELSE 0 END
               ELSE CASE l.phase WHEN 'single' THEN -l.amount WHEN 'pending' THEN -l.amount ELSE 0 END
                 + CASE l.phase WHEN 'post' THEN p.amount - l.amount WHEN 'void' THEN p.amount ELSE 0 END END) AS change
        FROM ledger_accounts a JOIN ledger_legs l ON a.id IN (l.from_id, l.to_id) JOIN ledger_transfers t ON t.id = l.transfer_id
          LEFT JOIN ledger_legs p ON p.transfer_id = t.pending_id AND p.leg = l.leg
        WHERE a.network_id = ${stage.networkId} AND a.kind = 'wallet' GROUP BY a.id, l.at, l.transfer_id
      ) changes
    ) history GROUP BY id HAVING min(available) < 0`);
  return rows.map(({ id, least }) => `${id} once had ${least}`);
}
