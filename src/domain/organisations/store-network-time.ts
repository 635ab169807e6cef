import type { EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';

/** A network's mode, and its time: the database's, moved by the test clock. Undefined when no network has the id. */
export async function findNetworkTime(db: Queryable, networkId: string): Promise<{ mode: 'live' | 'sandbox'; now: EpochMs } | undefined> {
  const [row] = await db.query<{ mode: 'live' | 'sandbox'; now: bigint }>(sql`
    SELECT mode, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + clock_offset_ms AS now FROM networks WHERE id = ${networkId}`);
  return row && { mode: row.mode, now: Number(row.now) };
}
