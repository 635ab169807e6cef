/** How many deadlocks a PostgreSQL database has counted. The program runs what lost one again, so nothing else would show them. */
import pg from 'pg';

/** The `application_name` of connections whose deadlocks shall be seen. */
export const PROBED = 'plugtime-probed';

const PATIENCE_MS = 10_000;

/** The count since the database was made, read once the probed connections are gone: a connection tells what it has counted when it ends. */
export async function deadlocksOnceGone(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const until = performance.now() + PATIENCE_MS;
    const isGone = async (): Promise<boolean> => {
      const { rows } = await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1', [PROBED]);
      return rows.length === 0;
    };
    while (!(await isGone())) {
      if (performance.now() > until) throw new Error('connections of the processes are still there');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await client.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await client.query<{ n: number }>('SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()');
    return rows[0]!.n;
  } finally {
    await client.end();
  }
}

/** Makes two connections wait for each other, so that a test can see the count grow. */
export async function provokeDeadlock(url: string): Promise<void> {
  const clients = [1, 2].map(() => new pg.Client({ connectionString: url, application_name: PROBED }));
  const [a, b] = clients as [pg.Client, pg.Client];
  for (const client of clients) await client.connect();
  try {
    await a.query(`SET deadlock_timeout = '20ms'; BEGIN; SELECT pg_advisory_xact_lock(1)`);
    await b.query(`SET deadlock_timeout = '20ms'; BEGIN; SELECT pg_advisory_xact_lock(2)`);
    await Promise.allSettled([a.query('SELECT pg_advisory_xact_lock(2)'), b.query('SELECT pg_advisory_xact_lock(1)')]);
  } finally {
    for (const client of clients) await client.end();
  }
}
