/** How much processor time processes have had, as Linux tells. */
import { readFileSync } from 'node:fs';
import { onServer } from './database.ts';

const TICKS_PER_SECOND = 100;

/** User and system time of a process since it began, in seconds; 0 when it is not on this machine. */
export function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** The processes of a PostgreSQL server that serve connections to this database. */
export async function backendsOf(databaseUrl: string): Promise<number[]> {
  return onServer(databaseUrl, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
    return rows.map(({ pid }) => pid);
  });
}
