/**
 * CSV as a stream of rows that survives broken lines. `csv-parse` knows the grammar; here a file is handed to it block by
 * block, and where it stops at an error, the line that began the record is refused and reading goes on with the next line.
 * So a quote that is never closed costs one line, not all that follow.
 */
import { parse } from 'csv-parse/sync';
import { DomainError } from '../../../platform/errors/index.ts';
import { type Refusal, type RefusalReason } from './record.ts';
import { utf8Chunks } from './utf8.ts';

/** A record longer than this is not a line of a station list; the limit also bounds how far an open quote can reach. */
const RECORD_BYTES_MAX = 256 * 1024;
const LF = 0x0a;
const CR = 0x0d;

export interface CsvRow {
  /** the line where it begins, from 1 */
  line: number;
  cells: string[];
  refused?: Refusal;
}

export interface CsvTable {
  /** the header's names, without surrounding space */
  columns: string[];
  rows: AsyncGenerator<CsvRow>;
}

/**
 * Reads the header of a CSV file and hands out its rows.
 * @throws DomainError invalid_request where there is no readable header.
 */
export async function openTable(source: AsyncIterable<Uint8Array>, delimiter: string): Promise<CsvTable> {
  const rows = csvRows(source, delimiter);
  const first = await rows.next();
  if (first.done === true) throw new DomainError('invalid_request', 'The file is empty: a CSV file with a header line was expected.');
  if (first.value.refused !== undefined) {
    throw new DomainError('invalid_request', 'The first line is not a CSV header: a quote in it is not closed, or it is too long.');
  }
  return { columns: first.value.cells.map((name) => name.trim()), rows };
}

interface Block {
  bytes: Buffer;
  /** the line at which the bytes begin */
  line: number;
  /** how many cells the header has; 0 until it is known */
  width: number;
}

async function* csvRows(source: AsyncIterable<Uint8Array>, delimiter: string): AsyncGenerator<CsvRow> {
  const block: Block = { bytes: Buffer.alloc(0), line: 1, width: 0 };
  let skipsToLineEnd = false;
  for await (const chunk of utf8Chunks(source)) {
    let fresh = chunk;
    if (skipsToLineEnd) {
      const end = lineEnd(fresh, 0);
      if (end === -1) continue;
      fresh = fresh.subarray(end);
      skipsToLineEnd = false;
      block.line++;
    }
    block.bytes = block.bytes.length === 0 ? fresh : Buffer.concat([block.bytes, fresh]);
    yield* takeRows(block, delimiter, false);
    if (block.bytes.length > RECORD_BYTES_MAX && lineEnd(block.bytes, 0) === -1) {
      yield refusedRow(block.line, 'record_too_large');
      block.bytes = Buffer.alloc(0);
      skipsToLineEnd = true;
    }
  }
  yield* takeRows(block, delimiter, true);
}

/** The rows that are complete, taken off the block. Without `last`, what follows the last line end waits for more bytes. */
function* takeRows(block: Block, delimiter: string, last: boolean): Generator<CsvRow> {
  for (;;) {
    const whole = last ? block.bytes.length : lastLineEnd(block.bytes);
    if (whole === 0) return;
    const parsed = parseRows(block.bytes.subarray(0, whole), delimiter);
    let start = 0;
    let resync = false;
    for (const { cells, end } of parsed.rows) {
      start = skipBlankLines(block, start);
      const row = checkedRow(block, cells, start, end);
      if (row === 'broken') {
        resync = true;
        break;
      }
      if (row !== undefined) yield row;
      block.line += countLines(block.bytes, start, end);
      start = end;
    }
    if (!resync && !parsed.failed) {
      block.line += countLines(block.bytes, start, whole);
      block.bytes = block.bytes.subarray(whole);
      return;
    }
    start = skipBlankLines(block, start);
    block.bytes = block.bytes.subarray(start);
    if (parsed.unclosed && !resync && !last && block.bytes.length < RECORD_BYTES_MAX) return;
    yield refusedRow(block.line, 'malformed_row');
    block.bytes = block.bytes.subarray(lineLength(block.bytes, 0));
    block.line++;
  }
}

/** 'broken' says: this record took in lines that are not its own, read them again one by one. */
function checkedRow(block: Block, cells: string[], start: number, end: number): CsvRow | 'broken' | undefined {
  const { line } = block;
  const severalLines = end - start > lineLength(block.bytes, start);
  if (end - start > RECORD_BYTES_MAX) return severalLines ? 'broken' : refusedRow(line, 'record_too_large');
  if (cells.every((cell) => cell.trim() === '')) return undefined;
  if (block.width === 0) block.width = cells.length;
  const surplus = cells.slice(block.width);
  if (cells.length >= block.width && surplus.every((cell) => cell.trim() === '')) return { line, cells };
  if (severalLines) return 'broken';
  return refusedRow(line, 'wrong_column_count', `${cells.length} columns instead of ${block.width}`, cells);
}

function refusedRow(line: number, reason: RefusalReason, detail?: string, cells: string[] = []): CsvRow {
  return { line, cells, refused: { reason, detail } };
}

interface ParsedRows {
  rows: { cells: string[]; end: number }[];
  failed: boolean;
  /** it failed because the text ends within quotes */
  unclosed: boolean;
}

function parseRows(bytes: Buffer, delimiter: string): ParsedRows {
  const rows: ParsedRows['rows'] = [];
  try {
    parse(bytes, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: string[], info) => {
        rows.push({ cells, end: info.bytes });
        return null;
      },
    });
    return { rows, failed: false, unclosed: false };
  } catch (error) {
    return { rows, failed: true, unclosed: error instanceof Error && 'code' in error && error.code === 'CSV_QUOTE_NOT_CLOSED' };
  }
}

/** The offset behind the next line end, or -1. */
function lineEnd(bytes: Buffer, from: number): number {
  const feed = bytes.indexOf(LF, from);
  if (feed !== -1) return feed + 1;
  const carriage = bytes.indexOf(CR, from);
  // A CR at the very end may be half of a CR LF.
  return carriage === -1 || carriage === bytes.length - 1 ? -1 : carriage + 1;
}

function lastLineEnd(bytes: Buffer): number {
  const feed = bytes.lastIndexOf(LF);
  if (feed !== -1) return feed + 1;
  return bytes.length < 2 ? 0 : bytes.lastIndexOf(CR, bytes.length - 2) + 1;
}

function lineLength(bytes: Buffer, start: number): number {
  const end = lineEnd(bytes, start);
  return (end === -1 ? bytes.length : end) - start;
}

function skipBlankLines(block: Block, start: number): number {
  let at = start;
  while (block.bytes[at] === LF || block.bytes[at] === CR) {
    at += block.bytes[at] === CR && block.bytes[at + 1] === LF ? 2 : 1;
    block.line++;
  }
  return at;
}

function countLines(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; count++) {
    const next = lineEnd(bytes, at);
    if (next === -1 || next > end) break;
    at = next;
  }
  return count;
}
