import { readFile } from 'node:fs/promises';
import { createOrganisation, findOrganisationBySlug, inContext, type Context } from '../domain/organisations/index.ts';
import { importLocations } from '../domain/calendar/index.ts';
import { analyseTables, findImportRun, saveImportRun } from '../domain/stations/index.ts';
import { parseCsvMapping, runImport, type ImportDefaults, type ImportFormat, type ImportSummary } from '../domain/stations/import/index.ts';
import { ensureNetwork } from '../app/networks.ts';
import { EXIT, type Command, type CommandIo } from './command.ts';

export interface ImportArgs {
  format: ImportFormat;
  path: string;
  mode: 'live' | 'sandbox';
  /** slug of the operator that the locations belong to; made when there is none */
  operator: string;
  mappingPath?: string;
  pointsPath?: string;
  connectorsPath?: string;
  reportPath?: string;
  defaults: ImportDefaults;
  batchSize?: number;
}

/** So many changed locations are worth new figures for the query planner. */
const ANALYSE_FROM = 500;

/** Loads stations from a file. Run again with the same file, it goes on where it stopped, or finds nothing to change. */
export const importStations: Command = async (runtime, args, io) => {
  const { format, path, mode, operator: slug, mappingPath, pointsPath, connectorsPath, reportPath, defaults, batchSize } = args as ImportArgs;
  const network = await ensureNetwork(runtime.database, mode);
  const asSystem = <T>(work: (ctx: Context) => Promise<T>) => inContext(runtime, { networkId: network.id, actor: { kind: 'system' } }, work);
  const operator = await asSystem(async (ctx) =>
    (await findOrganisationBySlug(ctx.tx, network.id, slug)) ?? createOrganisation(ctx, { slug, name: defaults.operator ?? slug, roles: ['operator'] }));
  const mapping = mappingPath === undefined ? undefined : parseCsvMapping(JSON.parse(await readFile(mappingPath, 'utf8')));
  const given = Object.fromEntries(Object.entries(defaults).filter(([, value]) => value !== undefined)); // a reader's own defaults stay
  const started = performance.now();
  const summary = await runImport({
    format, path, mapping, pointsPath, connectorsPath, reportPath, defaults: given, batchSize,
    sink: (batch, { recordsDone, identity }) => asSystem(async (ctx) => {
      const counts = await importLocations(ctx, operator.id, batch);
      await saveImportRun(ctx.tx, operator.id, identity.key, recordsDone, false, ctx.now);
      return counts;
    }),
    loadCheckpoint: (identity) => findImportRun(runtime.database, operator.id, identity.key),
    onProgress: ({ bytesRead, bytesTotal, created, updated, unchanged, refused }) => {
      io.progress(bytesRead, bytesTotal, `${created} new, ${updated} changed, ${unchanged} as they were, ${refused} refused`);
    },
  });
  await asSystem((ctx) => saveImportRun(ctx.tx, operator.id, summary.identity.key, 0, true, ctx.now));
  if (summary.created + summary.updated >= ANALYSE_FROM) await analyseTables(runtime.database);
  report(io, summary, performance.now() - started);
  return summary.refused > 0 ? EXIT.partly : EXIT.ok;
};

function report(io: CommandIo, summary: ImportSummary, ms: number): void {
  const { records, created, updated, unchanged, resumed, refused, refusedByReason, warnings, warningsByCode } = summary;
  io.out(JSON.stringify({
    records, created, updated, unchanged, resumed, refused, refused_by_reason: refusedByReason, warnings, warnings_by_code: warningsByCode,
    seconds: Math.round(ms / 100) / 10,
  }));
}
