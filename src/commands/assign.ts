/** Solves an assignment problem that somebody has written down, and prints the answer. Needs no database. */
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { isatty } from 'node:tty';
import { assign, type AssignmentProblem, type Effort } from '../domain/reservations/index.ts';
import { DomainError, type FieldError } from '../platform/errors/index.ts';
import { encodeAssignmentAnswer, parseAssignmentProblem } from '../protocols/rest/index.ts';
import { EXIT, type ExitCode } from './command.ts';

export interface AssignArgs {
  /** `-`, or nothing where something is piped in: standard input */
  path?: string;
  effort: Effort;
  seed: number;
  /** standard output, when not given */
  out?: string;
}

/** More than the largest problem that is solved needs. */
const MOST_BYTES = 100_000_000;
/** Nobody reads more; how many more there are is told. */
const MOST_ERRORS = 1_000;
const STDIN = 0;

/** Ends with `usage` for what can't be read as a problem; each thing that is wrong is told with its JSON pointer. */
export async function assignFromFile({ path, effort, seed, out }: AssignArgs): Promise<ExitCode> {
  if (path === undefined && isatty(STDIN)) return refuse('name a file that holds a problem, or pipe one in; docs/assignment.md tells what it looks like');
  const problem = await readProblem(path ?? '-');
  if (typeof problem === 'string') return refuse(problem);
  const answer = `${JSON.stringify(encodeAssignmentAnswer(problem, assign(problem, { effort, seed }), { effort, seed }), null, 2)}\n`;
  if (out !== undefined) await writeFile(out, answer);
  else await new Promise<void>((resolve) => void process.stdout.write(answer, () => resolve()));
  return EXIT.ok;
}

function refuse(message: string): ExitCode {
  process.stderr.write(`plugtime: ${message}\n`);
  return EXIT.usage;
}

/** The problem, or why there is none. */
async function readProblem(path: string): Promise<AssignmentProblem | string> {
  const name = path === '-' ? 'standard input' : path;
  try {
    return parseAssignmentProblem(JSON.parse(await readText(path)));
  } catch (error) {
    if (error instanceof DomainError) return `${error.message}\n${linesOf(error.details.errors ?? [])}`;
    return `${name} can't be read: ${(error as Error).message}`;
  }
}

async function readText(path: string): Promise<string> {
  const stream = path === '-' ? process.stdin : createReadStream(path);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}

function linesOf(errors: readonly FieldError[]): string {
  const lines = errors.slice(0, MOST_ERRORS).map(({ pointer, message }) => `  ${pointer || '/'}: ${message}`);
  return [...lines, ...(errors.length > MOST_ERRORS ? [`  and ${errors.length - MOST_ERRORS} more`] : [])].join('\n');
}
