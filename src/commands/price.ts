/** Prices charge detail records that somebody has written down, a JSON object a line, and prints a report of each. Needs no database. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isatty } from 'node:tty';
import { DomainError } from '../platform/errors/index.ts';
import { priceReport, type PriceRequest } from '../protocols/ocpi/index.ts';
import { EXIT, type ExitCode } from './command.ts';

const STDIN = 0;

/**
 * Reads `{tariff, cdr, tz}` a line (OCPI 2.2.1) from a file, or from standard input for `-` and where something is piped in.
 * Each line gets a line of answer, in their order: the report with the line's `id`, or `error`. Ends with `partly` when some had one.
 */
export async function priceLines(path: string | undefined): Promise<ExitCode> {
  if (path === undefined && isatty(STDIN)) {
    process.stderr.write('plugtime: name a file that holds a JSON object a line, or pipe one in; docs/prices.md tells what it looks like\n');
    return EXIT.usage;
  }
  let [done, failed] = [0, 0];
  const input = path === undefined || path === '-' ? process.stdin : createReadStream(path);
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const answer = answerTo(line);
      if ('error' in answer) failed += 1;
      else done += 1;
      if (!process.stdout.write(`${JSON.stringify(answer)}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
  } catch (error) {
    process.stderr.write(`plugtime: ${path ?? 'standard input'} can't be read: ${(error as Error).message}\n`);
    return EXIT.usage;
  }
  if (failed > 0) process.stderr.write(`plugtime: ${failed} of ${done + failed} could not be priced\n`);
  return failed === 0 ? EXIT.ok : done === 0 ? EXIT.failed : EXIT.partly;
}

function answerTo(line: string): object {
  let id: unknown;
  try {
    const request = JSON.parse(line) as PriceRequest & { id?: unknown };
    if (typeof request !== 'object' || request === null) throw new DomainError('invalid_request', 'A line must be a JSON object.');
    id = request.id;
    return { ...(id === undefined ? {} : { id }), ...priceReport(request) };
  } catch (error) {
    const detail = error instanceof DomainError ? { errors: error.details.errors } : {};
    if (!(error instanceof DomainError || error instanceof SyntaxError)) throw error;
    return { ...(id === undefined ? {} : { id }), error: error.message, ...detail };
  }
}
