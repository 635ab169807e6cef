import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.ts';
import type { LocationInput } from '../location.ts';
import { type ImportOptions, type ImportProgress, runImport } from './run.ts';
import { PLAIN_MAPPING } from './samples.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugtime-import-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Ten records: 3 has no coordinates, 6 is 2 again, the others are good. */
async function tenRows(name = 'ten.csv'): Promise<string> {
  const rows = Array.from({ length: 10 }, (_, at) => `${at + 1 === 6 ? 2 : at + 1},Plaza ${at + 1},${at + 1 === 3 ? '' : 12.9},77.5`);
  const path = join(folder, name);
  await writeFile(path, `id,name,lat,lon\n${rows.join('\n')}\n`);
  return path;
}

/** A sink that remembers, and dies at the batch that it is told to. */
function memory(diesAt = Number.POSITIVE_INFINITY) {
  const stored: string[] = [];
  const done = new Map<string, number>();
  let batches = 0;
  const options = {
    sink: async (batch: LocationInput[]) => {
      if (++batches >= diesAt) throw new Error('killed');
      stored.push(...batch.map((location) => location.ref));
      return { created: batch.length, updated: 0, unchanged: 0 };
    },
    loadCheckpoint: async ({ key }: { key: string }) => done.get(key) ?? 0,
    saveCheckpoint: async (records: number, { key }: { key: string }) => void done.set(key, records),
  } satisfies Partial<ImportOptions>;
  return { stored, done, options, revive: () => (batches = Number.NEGATIVE_INFINITY) };
}

const CSV = { format: 'csv', mapping: PLAIN_MAPPING, batchSize: 3 } as const;

describe('an import', () => {
  it('IMP-6: feeds the sink in batches and tells what came of it', async () => {
    const { stored, options } = memory();
    const progress: ImportProgress[] = [];
    const path = await tenRows();
    const summary = await runImport({ ...CSV, ...options, path, onProgress: (now) => progress.push(now) });
    expect(stored).toEqual(['1', '2', '4', '5', '7', '8', '9', '10']);
    expect(summary).toMatchObject({
      records: 10,
      created: 8,
      updated: 0,
      unchanged: 0,
      resumed: 0,
      refused: 2,
      refusedByReason: { coordinates_missing: 1, ref_duplicate: 1 },
      warnings: 0,
    });
    expect(progress.at(-1)).toMatchObject({ records: 10, refused: 2, created: 8, bytesRead: progress[0]?.bytesTotal });
  });

  it('writes a report that says which record was refused and why', async () => {
    const reportPath = join(folder, 'report.jsonl');
    await runImport({ ...CSV, ...memory().options, path: await tenRows(), reportPath });
    const lines = (await readFile(reportPath, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { index: 3, line: 4, ref: '3', reason: 'coordinates_missing', field: 'latitude', message: 'The record has no coordinates.' },
      {
        index: 6,
        line: 7,
        ref: '2',
        reason: 'ref_duplicate',
        field: 'ref',
        detail: '2',
        message: 'Another record of this file has the same id; the first one counts.',
      },
    ]);
  });

  it('IMP-12: goes on behind the last checkpoint after it died, whichever batch it died at', async () => {
    const path = await tenRows();
    const reportPath = join(folder, 'resumed.jsonl');
    for (const diesAt of [1, 2, 3]) {
      const { stored, options, revive } = memory(diesAt);
      await expect(runImport({ ...CSV, ...options, path, reportPath })).rejects.toThrow('killed');
      expect(stored).toHaveLength((diesAt - 1) * 3);
      revive();
      const summary = await runImport({ ...CSV, ...options, path, reportPath });
      expect(stored).toEqual(['1', '2', '4', '5', '7', '8', '9', '10']);
      expect(summary).toMatchObject({ records: 10, resumed: (diesAt - 1) * 3, created: 8 - (diesAt - 1) * 3, refused: 2 });
      expect((await readFile(reportPath, 'utf8')).trimEnd().split('\n')).toHaveLength(2);
    }
  });

  it('IMP-12: run again after its end, it stores nothing again', async () => {
    const path = await tenRows();
    const { stored, options } = memory();
    await runImport({ ...CSV, ...options, path });
    expect(await runImport({ ...CSV, ...options, path })).toMatchObject({ resumed: 8, created: 0 });
    expect(stored).toHaveLength(8);
  });

  it('hands the sink the checkpoint that covers its batch', async () => {
    const seen: number[] = [];
    const saved: number[] = [];
    const sink: ImportOptions['sink'] = async (batch, { recordsDone }) => {
      seen.push(recordsDone);
      return { created: 0, updated: batch.length - 1, unchanged: 1 };
    };
    const summary = await runImport({ ...CSV, path: await tenRows(), sink, saveCheckpoint: async (records) => void saved.push(records) });
    expect(seen).toEqual([4, 8, 10]);
    expect(saved).toEqual([4, 8, 10]);
    expect(summary).toMatchObject({ created: 0, updated: 5, unchanged: 3 });
  });

  it('is another import when the content or the mapping differs, the same when only the name does', async () => {
    const path = await tenRows();
    const changed = join(folder, 'changed.csv');
    await writeFile(changed, `${await readFile(path, 'utf8')}11,New,1,1\n`);
    const keyOf = async (options: Partial<ImportOptions>) => (await runImport({ ...CSV, ...memory().options, path, ...options })).identity.key;
    const key = await keyOf({});
    expect(await keyOf({ path: await tenRows('copy.csv') })).toBe(key);
    expect(await keyOf({ path: changed })).not.toBe(key);
    expect(await keyOf({ mapping: { ...PLAIN_MAPPING, language: 'kn' } })).not.toBe(key);
    expect(await keyOf({ defaults: { operator: 'Somebody' } })).not.toBe(key);
  });

  it('IMP-1: files that are missing, of another kind or given in vain are errors of the caller', async () => {
    const path = await tenRows();
    const run = (options: Partial<ImportOptions>) => runImport({ ...CSV, ...memory().options, path, ...options });
    await expect(run({ path: join(folder, 'nowhere.csv') })).rejects.toThrow(/There is no file/);
    await expect(run({ path: folder })).rejects.toThrow(/There is no file/);
    await expect(run({ mapping: undefined })).rejects.toThrow(/needs a mapping/);
    await expect(run({ format: 'ocpi' })).rejects.toThrow(/takes no mapping/);
    await expect(run({ format: 'ocpi', mapping: undefined })).rejects.toBeInstanceOf(DomainError);
    await expect(run({ reportPath: path })).rejects.toThrow(/would replace/);
    await expect(run({ reportPath: join(folder, 'no', 'such', 'folder') })).rejects.toBeInstanceOf(DomainError);
    expect(await readFile(path, 'utf8')).toContain('Plaza 10');
  });

  it('stops when it is told to, and what is stored stays', async () => {
    const path = await tenRows();
    const { stored, options } = memory();
    const stop = new AbortController();
    const sink: ImportOptions['sink'] = async (batch) => {
      const counts = await options.sink(batch);
      stop.abort();
      return counts;
    };
    await expect(runImport({ ...CSV, ...options, path, sink, signal: stop.signal })).rejects.toThrow(/abort/i);
    expect(stored).toEqual(['1', '2', '4']);
    await runImport({ ...CSV, ...options, path });
    expect(stored).toEqual(['1', '2', '4', '5', '7', '8', '9', '10']);
  });
});
