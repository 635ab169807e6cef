/** Cells of a table by the names of their columns. */
import { DomainError } from '../../../platform/errors/index.ts';

/** The cell of a column in a row, without surrounding space; undefined where it is empty or the column isn't there. */
export type CellOf = (cells: readonly string[], column: string) => string | undefined;

/** Names are compared without case: exports of one registry differ in that. */
export function cellReader(columns: readonly string[]): CellOf {
  const positions = new Map<string, number>();
  columns.forEach((name, at) => {
    const key = name.toLowerCase();
    if (!positions.has(key)) positions.set(key, at);
  });
  return (cells, column) => {
    const at = positions.get(column.toLowerCase());
    const text = at === undefined ? undefined : cells[at]?.trim();
    return text === '' ? undefined : text;
  };
}

/** @throws DomainError invalid_request naming the columns that a format can't do without. */
export function requireColumns(columns: readonly string[], required: readonly string[], format: string): void {
  const present = new Set(columns.map((name) => name.toLowerCase()));
  const missing = required.filter((name) => !present.has(name.toLowerCase()));
  if (missing.length === 0) return;
  throw new DomainError('invalid_request', `This is no ${format} file: the header has no column ${missing.map((name) => `"${name}"`).join(', ')}.`);
}
