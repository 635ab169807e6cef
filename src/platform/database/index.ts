export { sql, json, type Sql } from './sql.ts';
export { SQL_STATE, sqlState, type Database, type Queryable, type RawTransaction, type Row, type Transaction } from './database.ts';
export { answersWithin } from './answers-within.ts';
export { openPostgres } from './postgres.ts';
export { openEmbedded } from './embedded.ts';
export { lockFolder, type FolderLock } from './folder-lock.ts';
export { migrate } from './migrate.ts';
export { oneProcessAtATime } from './one-at-a-time.ts';
export { withPatience } from './patience.ts';
