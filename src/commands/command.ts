/** A command that works on the database: it runs in this process, or in the server that holds the embedded database. */
import type { Runtime } from '../domain/organisations/index.ts';
import type { Config } from '../platform/config/index.ts';

export interface CommandIo {
  /** a line of the result, on standard output */
  out(line: string): void;
  /** a line for people, on standard error */
  note(line: string): void;
  /** how far a long work is; `total` is 0 while it is not known */
  progress(done: number, total: number, label: string): void;
}

/** Exit codes that scripts can rely on. */
export const EXIT = { ok: 0, failed: 1, usage: 2, partly: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type Command = (runtime: Runtime, args: unknown, io: CommandIo, config: Config) => Promise<ExitCode>;
