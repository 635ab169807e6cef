/** The report of an import: JSON lines of what was refused or mended, and the counts. */
import { open, type FileHandle } from 'node:fs/promises';
import { DomainError } from '../../../platform/errors/index.ts';
import { type ImportRecord, REFUSALS, warningCodeOf } from './record.ts';

export interface ReportCounts {
  refused: number;
  refusedByReason: Record<string, number>;
  warnings: number;
  warningsByCode: Record<string, number>;
}

export interface Report {
  counts: ReportCounts;
  add(record: ImportRecord): void;
  /** writes what has gathered; called once per batch, so that memory stays small */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a report; without a path it only counts. One line per refused record (`index`, `line`, `file`, `ref`, `reason`, `field`,
 * `detail`, `message`) and one per kept record with warnings (`index`, `line`, `ref`, `warnings`). A file that is there is replaced.
 * @throws DomainError invalid_request where the file can't be written.
 */
export async function openReport(path: string | undefined): Promise<Report> {
  const file = path === undefined ? undefined : await openFile(path);
  const counts: ReportCounts = { refused: 0, refusedByReason: {}, warnings: 0, warningsByCode: {} };
  let lines: string[] = [];
  const flush = async (): Promise<void> => {
    if (file !== undefined && lines.length > 0) await file.appendFile(lines.join(''));
    lines = [];
  };
  return {
    counts,
    add: (record) => {
      countRecord(counts, record);
      if (file !== undefined && (record.refused !== undefined || record.warnings !== undefined)) lines.push(`${JSON.stringify(entryOf(record))}\n`);
    },
    flush,
    close: async () => {
      try {
        await flush();
      } finally {
        await file?.close();
      }
    },
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    throw new DomainError('invalid_request', `The report "${path}" can't be written: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function countRecord(counts: ReportCounts, { refused, warnings }: ImportRecord): void {
  if (refused !== undefined) {
    counts.refused++;
    counts.refusedByReason[refused.reason] = (counts.refusedByReason[refused.reason] ?? 0) + 1;
  }
  for (const warning of warnings ?? []) {
    const code = warningCodeOf(warning);
    counts.warnings++;
    counts.warningsByCode[code] = (counts.warningsByCode[code] ?? 0) + 1;
  }
}

function entryOf({ index, line, file, ref, refused, warnings }: ImportRecord): object {
  return { index, line, file, ref, ...refused, ...(refused === undefined ? {} : { message: REFUSALS[refused.reason] }), warnings };
}
