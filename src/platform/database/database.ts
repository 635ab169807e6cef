import type { Sql } from './sql.ts';

/** A row as the database gives it. int8 is `bigint`, timestamptz is milliseconds since 1970 (`EpochMs`), jsonb is parsed. */
export type Row = Record<string, unknown>;

export interface Queryable {
  /** stands for the open database itself, in whatever transaction */
  readonly origin: object;
  query<T extends object = Row>(statement: Sql): Promise<T[]>;
}

/**
 * One running transaction (READ COMMITTED). It is passed to whatever works inside it; nothing reaches it otherwise. Statements
 * run in the order in which they are given; those that are given without waiting for the last go to the server together.
 */
export interface Transaction extends Queryable {
  /**
   * Gives a write that nothing else depends on: it goes to the server at once, and the answer is waited for together with the
   * next one's, or the commit's. When it fails, the transaction does.
   */
  send(statement: Sql): void;
  /** Runs `work` behind a savepoint: when it throws, what it did is undone and the error goes on to the caller. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
  /** Runs once the transaction is committed; never when it is rolled back. Must not throw. */
  afterCommit(run: () => void): void;
}

export interface Database extends Queryable {
  readonly kind: 'postgres' | 'embedded';
  /**
   * Runs `work` in a transaction: committed when it returns, rolled back when it throws. A deadlock or a serialization
   * failure runs it again (three times at most), so it must have no effect outside the transaction.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Runs a script of several statements without parameters (migrations). */
  script(text: string): Promise<void>;
  /** Text with `$n` placeholders, for libraries that bring their own SQL (the job queue). */
  raw(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  listen(channel: string, onMessage: (payload: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** The raw form of a transaction, for libraries that bring their own SQL. */
export interface RawTransaction extends Transaction {
  raw(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** SQLSTATE of a database error, if it is one. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

export const SQL_STATE = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  exclusionViolation: '23P01',
  checkViolation: '23514',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  lockNotAvailable: '55P03',
  tooManyConnections: '53300',
  connectionFailure: '08006',
} as const;

export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === SQL_STATE.serializationFailure || state === SQL_STATE.deadlockDetected;
}

/** Whether it was somebody else's being in the way, so that the same may succeed at another time. */
export function isPassing(error: unknown): boolean {
  return isRetryable(error) || sqlState(error) === SQL_STATE.lockNotAvailable;
}

/** Parses the text form of timestamptz, which is always in UTC here: `2026-11-20 12:45:00.123+00`. */
export function parseTimestamptz(text: string): number {
  const ms = Date.parse(`${text.slice(0, 10)}T${text.slice(11).replace(/\+00$/, 'Z')}`);
  if (Number.isNaN(ms)) throw new RangeError(`not a timestamp in UTC: ${text}`);
  return ms;
}

export const OID = { int8: 20, timestamptz: 1184 } as const;
