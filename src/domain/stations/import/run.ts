/**
 * An import from files to a sink. It reads the files from the beginning whenever it runs; what a checkpoint says is done is
 * read and counted again, but not handed to the sink. So the report of a resumed run is whole, ids that occur twice are noticed
 * across the interruption, and nothing but one number has to be remembered.
 */
import { resolve } from 'node:path';
import { DomainError } from '../../../platform/errors/index.ts';
import type { LocationInput } from '../location.ts';
import { hashOf } from './content-hash.ts';
import { type ImportPaths, hashFiles, readFile, totalBytes } from './files.ts';
import { type ImportFormat, readStations, type ReadOptions } from './formats.ts';
import { openReport, type Report, type ReportCounts } from './report.ts';
import type { ImportRecord } from './record.ts';

export interface SinkCounts {
  created: number;
  updated: number;
  unchanged: number;
}

/** What makes two runs the same import. */
export interface ImportIdentity {
  /** SHA-256 (hex) of all of it; the key of the checkpoint */
  key: string;
  format: ImportFormat;
  /** SHA-256 (hex) of the content of the files, whatever their names */
  filesHash: string;
  /** SHA-256 (hex) of the mapping and the defaults */
  mappingHash: string;
}

export interface ImportProgress {
  bytesRead: number;
  bytesTotal: number;
  records: number;
  refused: number;
  created: number;
  updated: number;
  unchanged: number;
}

export interface ImportOptions extends ImportPaths, ReadOptions {
  format: ImportFormat;
  /**
   * Stores a batch; refs are unique in it. `recordsDone` is what a checkpoint should say once the batch is stored, for a sink
   * that saves it in its own transaction.
   */
  sink: (batch: LocationInput[], at: { recordsDone: number; identity: ImportIdentity }) => Promise<SinkCounts>;
  /** locations per batch, 1 or more; 500 unless told */
  batchSize?: number;
  /** how many records of this import are done already; none unless given */
  loadCheckpoint?: (identity: ImportIdentity) => Promise<number>;
  /** called after each batch, and at the end */
  saveCheckpoint?: (recordsDone: number, identity: ImportIdentity) => Promise<void>;
  /** called after each batch and each piece of a file that was read */
  onProgress?: (progress: ImportProgress) => void;
  /** where to write what was refused, as JSON lines */
  reportPath?: string;
  /** ends the import after the running batch; what is stored stays, and the checkpoint tells where to go on */
  signal?: AbortSignal;
}

export interface ImportSummary extends SinkCounts, ReportCounts {
  identity: ImportIdentity;
  /** all records read, refused ones too; also rows of further files that belong nowhere */
  records: number;
  /** locations that an earlier run had stored */
  resumed: number;
}

const BATCH_SIZE = 500;

/**
 * Imports one set of files.
 * @throws DomainError invalid_request where a file can't be read as this format; whatever the sink or the checkpoint throws
 */
export async function runImport(options: ImportOptions): Promise<ImportSummary> {
  requireOwnReport(options);
  const bytesTotal = await totalBytes(options);
  const identity = await identify(options);
  const recordsDone = (await options.loadCheckpoint?.(identity)) ?? 0;
  const report = await openReport(options.reportPath);
  try {
    const run = startRun(options, identity, report, bytesTotal);
    await feed(run, recordsDone);
    const { created, updated, unchanged, records } = run.progress;
    return { identity, records, resumed: run.resumed, created, updated, unchanged, ...report.counts };
  } finally {
    await report.close();
  }
}

/** A report in place of a source would destroy what was to be imported. */
function requireOwnReport({ reportPath, path, pointsPath, connectorsPath }: ImportOptions): void {
  const sources = [path, pointsPath, connectorsPath].flatMap((source) => (source === undefined ? [] : resolve(source)));
  if (reportPath !== undefined && sources.includes(resolve(reportPath))) {
    throw new DomainError('invalid_request', 'The report would replace a file that is to be imported.');
  }
}

/** The hash of what is imported and how it is read. */
async function identify({ format, mapping, defaults, signal, ...paths }: ImportOptions): Promise<ImportIdentity> {
  const filesHash = await hashFiles(paths, signal);
  const mappingHash = hashOf({ mapping, defaults });
  return { key: hashOf({ format, filesHash, mappingHash }), format, filesHash, mappingHash };
}

interface Run {
  options: ImportOptions;
  identity: ImportIdentity;
  report: Report;
  progress: ImportProgress;
  resumed: number;
  batch: LocationInput[];
}

function startRun(options: ImportOptions, identity: ImportIdentity, report: Report, bytesTotal: number): Run {
  const progress: ImportProgress = { bytesRead: 0, bytesTotal, records: 0, refused: 0, created: 0, updated: 0, unchanged: 0 };
  return { options, identity, report, progress, resumed: 0, batch: [] };
}

async function feed(run: Run, recordsDone: number): Promise<void> {
  const { options, report, progress } = run;
  const batchSize = Math.max(1, options.batchSize ?? BATCH_SIZE);
  const seen = new Set<string>();
  for await (const read of openRecords(run)) {
    options.signal?.throwIfAborted();
    const record = refuseRepeated(read, seen);
    progress.records = record.index;
    report.add(record);
    progress.refused = report.counts.refused;
    if (record.input === undefined) continue;
    if (record.index <= recordsDone) run.resumed++;
    else run.batch.push(record.input);
    if (run.batch.length >= batchSize) await store(run, record.index);
  }
  await store(run, Math.max(recordsDone, progress.records));
}

function openRecords({ options, progress }: Run): AsyncGenerator<ImportRecord> {
  const { path, pointsPath, connectorsPath, format, signal } = options;
  const read = (file: string) => readFile(file, (count) => {
    progress.bytesRead += count;
    options.onProgress?.({ ...progress });
  }, signal);
  const readFurther = (file: string | undefined) => (file === undefined ? undefined : read(file));
  return readStations(format, { locations: read(path), points: readFurther(pointsPath), connectors: readFurther(connectorsPath) }, options);
}

/** The first record of a ref counts: taking the last would need the whole file before the first could be stored. */
function refuseRepeated(record: ImportRecord, seen: Set<string>): ImportRecord {
  if (record.input === undefined) return record;
  if (!seen.has(record.input.ref)) {
    seen.add(record.input.ref);
    return record;
  }
  return { ...record, input: undefined, refused: { reason: 'ref_duplicate', field: 'ref', detail: record.input.ref } };
}

async function store(run: Run, recordsDone: number): Promise<void> {
  const { options, identity, report, progress } = run;
  // The report first: once the checkpoint is saved, nobody writes of these records again unless from the beginning.
  await report.flush();
  if (run.batch.length > 0) {
    const { created, updated, unchanged } = await options.sink(run.batch, { recordsDone, identity });
    progress.created += created;
    progress.updated += updated;
    progress.unchanged += unchanged;
    run.batch = [];
  }
  await options.saveCheckpoint?.(recordsDone, identity);
  options.onProgress?.({ ...progress });
}
