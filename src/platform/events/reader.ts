import { sql, type Queryable } from '../database/index.ts';

/** How far a reader of that name has come, locked until the end of the transaction; undefined while another process is at it. */
export async function lockReader(db: Queryable, name: string): Promise<number | undefined> {
  const [row] = await db.query<{ position: number }>(sql`SELECT position::float8 AS position FROM event_readers WHERE name = ${name} FOR UPDATE SKIP LOCKED`);
  return row?.position;
}

export async function moveReader(db: Queryable, name: string, position: number): Promise<void> {
  await db.query(sql`UPDATE event_readers SET position = ${position} WHERE name = ${name}`);
}
