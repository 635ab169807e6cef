import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { StatementLine } from './bank-statement.ts';

const LINE = sql`id, network_id AS "networkId", organisation_id AS "organisationId", account, line_id AS "lineId", booked_at AS "bookedAt", currency, amount AS "amountMinor", text,
  payment_id AS "paymentId", note, created_at AS "createdAt", matched_at AS "matchedAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/** Adds those that are not there yet, all of one organisation and account; gives their ids. Waits for another transaction that adds the same. */
export async function insertLines(db: Queryable, lines: readonly StatementLine[]): Promise<string[]> {
  const [first] = lines;
  if (!first) return [];
  const column = (of: (line: StatementLine) => string): string[] => lines.map(of);
  const rows = await db.query<{ id: string }>(sql`
    INSERT INTO bank_statement_lines (id, network_id, organisation_id, account, line_id, booked_at, currency, amount, text, created_at)
    SELECT l.id, ${first.networkId}, ${first.organisationId}, ${first.account}, l.line_id, l.booked_at::timestamptz, l.currency, l.amount::bigint, l.text,
      ${instant(first.createdAt)}
    FROM unnest(${column(({ id }) => id)}::text[], ${column(({ lineId }) => lineId)}::text[], ${column(({ bookedAt }) => toRfc3339(bookedAt))}::text[],
      ${column(({ currency }) => currency)}::text[], ${column(({ amountMinor }) => String(amountMinor))}::text[], ${column(({ text }) => text)}::text[])
      AS l(id, line_id, booked_at, currency, amount, text)
    ORDER BY l.line_id, l.id
    ON CONFLICT (organisation_id, account, line_id) DO NOTHING RETURNING id`);
  return rows.map(({ id }) => id);
}

export async function findLines(db: Queryable, organisationId: string, account: string, lineIds: readonly string[]): Promise<StatementLine[]> {
  return db.query<StatementLine>(sql`
    SELECT ${LINE} FROM bank_statement_lines WHERE organisation_id = ${organisationId} AND account = ${account} AND line_id = ANY(${[...lineIds]}::text[])`);
}

export async function lockLine(db: Queryable, id: string): Promise<StatementLine | undefined> {
  return (await db.query<StatementLine>(sql`SELECT ${LINE} FROM bank_statement_lines WHERE id = ${id} FOR UPDATE`))[0];
}

export async function updateLine(db: Queryable, { id, paymentId, note, matchedAt }: StatementLine): Promise<void> {
  await db.query(sql`UPDATE bank_statement_lines SET payment_id = ${paymentId}, note = ${note}, matched_at = ${instant(matchedAt)} WHERE id = ${id}`);
}

export interface LineListing {
  organisationId: string;
  isMatched?: boolean;
  after?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listLines(db: Queryable, q: LineListing): Promise<StatementLine[]> {
  const matched = q.isMatched === undefined ? sql`` : q.isMatched ? sql`AND payment_id IS NOT NULL` : sql`AND payment_id IS NULL`;
  const where = sql`organisation_id = ${q.organisationId} ${matched}`;
  if (q.before !== undefined) {
    return (await db.query<StatementLine>(sql`SELECT ${LINE} FROM bank_statement_lines WHERE ${where} AND id > ${q.before} ORDER BY id LIMIT ${q.limit}`)).reverse();
  }
  return db.query<StatementLine>(sql`
    SELECT ${LINE} FROM bank_statement_lines WHERE ${where} ${q.after === undefined ? sql`` : sql`AND id < ${q.after}`} ORDER BY id DESC LIMIT ${q.limit}`);
}
