/** The second and third file of a CSV import: rows that belong to rows of the first. */
import { DomainError } from '../../../platform/errors/index.ts';
import { openTable } from './csv-rows.ts';
import type { Reading } from './reader.ts';
import { asText } from './values.ts';

const ROWS_MAX = 2_000_000;

/** Which of the further files it is. */
export type ChildFile = 'points' | 'connectors';

export interface ChildRow {
  cells: string[];
  line: number;
}

export interface ChildTable {
  columns: readonly string[];
  /** the rows of a parent, in the order of the file */
  of(key: string | undefined): readonly ChildRow[];
  /** the rows that could not be read, and those whose parent nobody asked for */
  leftovers(): Generator<Reading>;
}

/**
 * Reads the whole file, since its rows may come in any order; about 200 bytes of memory a row.
 * @throws DomainError invalid_request where the column of the key is missing, payload_too_large beyond two million rows
 */
export async function readChildren(source: AsyncIterable<Uint8Array>, delimiter: string, keyColumn: string, file: ChildFile): Promise<ChildTable> {
  const { columns, rows } = await openTable(source, delimiter);
  const at = columns.indexOf(keyColumn);
  if (at === -1) {
    const known = columns.slice(0, 50).join(', ');
    throw new DomainError('invalid_request', `The file of ${file} has no column "${keyColumn}" to tell where its rows belong. It has: ${known}.`);
  }
  const groups = new Map<string, ChildRow[]>();
  const broken: Reading[] = [];
  let count = 0;
  for await (const { cells, line, refused } of rows) {
    if (++count > ROWS_MAX) throw new DomainError('payload_too_large', `The file of ${file} has more than ${ROWS_MAX} rows; import it in parts.`);
    const key = asText(cells[at]);
    if (refused !== undefined) broken.push({ refused, line, file, ref: key });
    else addTo(groups, key ?? '', { cells, line });
  }
  return childTable(columns, groups, broken, file, keyColumn);
}

function addTo(groups: Map<string, ChildRow[]>, key: string, row: ChildRow): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [row]);
  else group.push(row);
}

function childTable(columns: readonly string[], groups: Map<string, ChildRow[]>, broken: Reading[], file: ChildFile, field: string): ChildTable {
  const asked = new Set<string>();
  return {
    columns,
    of: (key) => {
      if (key === undefined) return [];
      asked.add(key);
      return groups.get(key) ?? [];
    },
    *leftovers() {
      yield* broken;
      for (const [key, rows] of groups) {
        if (asked.has(key)) continue;
        for (const { line } of rows) yield { refused: { reason: 'parent_missing', field, detail: key.slice(0, 100) }, line, file, ref: key };
      }
    },
  };
}
