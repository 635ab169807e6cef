/**
 * Imports a folder of real station files and checks that what comes out is what is in them. The files are not part of the
 * project; their names and figures are (counted by other means than these readers), so that who has them can check again.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processNow } from '../../../platform/clock/index.ts';
import type { LocationInput } from '../location.ts';
import { type CsvMapping, parseCsvMapping } from './csv-mapping.ts';
import type { ImportFormat } from './formats.ts';
import type { RefusalReason, WarningCode } from './record.ts';
import { type ImportSummary, runImport } from './run.ts';
import { asObject, asObjects } from './values.ts';

export interface FileCheck {
  name: string;
  passed: boolean;
  /** figures, or what went wrong */
  detail: string;
}

interface Figures {
  locations: number;
  evses: number;
  connectors: number;
}

interface StationFile {
  path: string;
  format: ImportFormat;
  /** name of an example mapping */
  mapping?: string;
  pointsPath?: string;
  connectorsPath?: string;
  /** exact figures; what is left out may be anything */
  expect: Partial<Figures> & { refused: Partial<Record<RefusalReason, number>>; warnings?: Partial<Record<WarningCode, number>> };
}

const NOTHING_TO_BOOK = { evses: 0, connectors: 0 };

const FILES: readonly StationFile[] = [
  {
    path: 'tr_stations_2025.csv', connectorsPath: 'tr_sockets_2025.csv', format: 'csv', mapping: 'turkey-national-list',
    expect: { locations: 11_325, evses: 28_947, connectors: 28_947, refused: { coordinates_missing: 3, coordinates_zero: 3, parent_missing: 46 } },
  },
  {
    path: 'de_chargecloud_stations_2022.csv', pointsPath: 'de_chargecloud_points_2022.csv', connectorsPath: 'de_chargecloud_connectors_2022.csv',
    format: 'csv', mapping: 'germany-chargecloud',
    expect: { locations: 1_162, evses: 2_428, connectors: 2_811, refused: {}, warnings: { opening_hours_unknown: 37 } },
  },
  { path: 'in_osm_2026.csv', format: 'csv', mapping: 'india-openstreetmap', expect: { locations: 526, evses: 368, connectors: 435, refused: {} } },
  {
    path: 'in_stations_kaggle.csv', format: 'csv', mapping: 'india-station-list',
    expect: {
      ...NOTHING_TO_BOOK, locations: 1_260,
      refused: { coordinates_missing: 6, coordinates_invalid: 2, coordinates_outside_bounds: 1, ref_duplicate: 278 },
      warnings: { coordinates_exchanged: 3 },
    },
  },
  {
    path: 'uk_ncr_points_2020.csv', format: 'ncr',
    expect: {
      ...NOTHING_TO_BOOK, locations: 12_290, refused: { ref_missing: 2, coordinates_zero: 1, coordinates_invalid: 1, coordinates_outside_bounds: 12 },
      warnings: { coordinates_exchanged: 175 },
    },
  },
  { path: 'us_afdc_points_2022.csv', format: 'afdc', expect: { ...NOTHING_TO_BOOK, locations: 50_270, refused: {} } },
  {
    path: 'de_berlin_ocm_2018.json', format: 'ocm',
    expect: { locations: 486, connectors: 1_114, refused: {}, warnings: { connector_standard_unknown: 8 } },
  },
];

/** Imports the station files of a folder. A file that is missing is a check that fails. */
export async function checkStationFiles(folder: string): Promise<FileCheck[]> {
  const checks: FileCheck[] = [];
  for (const file of FILES) checks.push(await guarded(`stations/${file.path}`, () => checkFile(folder, file)));
  return checks;
}

/** Imports the location examples of OCPI 2.2.1 in a folder of them. */
export async function checkOcpiExamples(folder: string): Promise<FileCheck[]> {
  const names = (await readdir(folder)).filter((name) => /^location_example.*\.json$/.test(name)).sort();
  if (names.length === 0) return [{ name: 'ocpi/location_example*.json', passed: false, detail: 'There is no such file.' }];
  const checks: FileCheck[] = [];
  for (const name of names) checks.push(await guarded(`ocpi/${name}`, () => checkOcpiExample(join(folder, name))));
  return checks;
}

async function guarded(name: string, check: () => Promise<Omit<FileCheck, 'name'>>): Promise<FileCheck> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, passed: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

async function checkFile(folder: string, file: StationFile): Promise<Omit<FileCheck, 'name'>> {
  const { expect, format } = file;
  const startedAt = processNow();
  const inFolder = (path: string | undefined): string | undefined => (path === undefined ? undefined : join(folder, path));
  const mapping = file.mapping === undefined ? undefined : await exampleMapping(file.mapping);
  const paths = { path: join(folder, file.path), pointsPath: inFolder(file.pointsPath), connectorsPath: inFolder(file.connectorsPath) };
  const { figures, summary } = await count({ ...paths, format, mapping });
  const differences = [
    ...differencesOf(figures, expect),
    ...differencesOf(summary.refusedByReason, { ...zeros(summary.refusedByReason), ...expect.refused }),
    ...differencesOf(summary.warningsByCode, expect.warnings ?? {}),
  ];
  const seconds = ((processNow() - startedAt) / 1_000).toFixed(1);
  const told = `${figures.locations} locations, ${figures.evses} EVSEs, ${figures.connectors} connectors, ${summary.refused} refused, ${seconds} s`;
  return { passed: differences.length === 0, detail: [told, ...differences].join('; ') };
}

/** One location must come out of an example, with as many EVSEs and connectors as it names. */
async function checkOcpiExample(path: string): Promise<Omit<FileCheck, 'name'>> {
  const evses = asObjects(asObject(JSON.parse(await readFile(path, 'utf8')))?.['evses']);
  const expect: Figures = { locations: 1, evses: evses.length, connectors: evses.flatMap((evse) => asObjects(evse['connectors'])).length };
  const { figures, summary } = await count({ path, format: 'ocpi' });
  const differences = [...differencesOf(figures, expect), ...differencesOf(summary, { refused: 0, warnings: 0 })];
  return { passed: differences.length === 0, detail: [`${figures.evses} EVSEs, ${figures.connectors} connectors`, ...differences].join('; ') };
}

type CountOptions = Pick<Parameters<typeof runImport>[0], 'path' | 'pointsPath' | 'connectorsPath' | 'format' | 'mapping'>;

async function count(options: CountOptions): Promise<{ figures: Figures; summary: ImportSummary }> {
  const figures: Figures = { locations: 0, evses: 0, connectors: 0 };
  const sink = async (batch: LocationInput[]) => {
    for (const evses of batch.flatMap((location) => location.stations.map((station) => station.evses))) {
      figures.evses += evses.length;
      figures.connectors += evses.reduce((sum, evse) => sum + evse.connectors.length, 0);
    }
    figures.locations += batch.length;
    return { created: batch.length, updated: 0, unchanged: 0 };
  };
  return { figures, summary: await runImport({ ...options, sink }) };
}

async function exampleMapping(name: string): Promise<CsvMapping> {
  const url = new URL(`../../../../docs/examples/import/${name}.json`, import.meta.url);
  return parseCsvMapping(JSON.parse(await readFile(url, 'utf8')));
}

function zeros(counts: object): Record<string, number> {
  return Object.fromEntries(Object.keys(counts).map((key) => [key, 0]));
}

function differencesOf(found: object, expected: object): string[] {
  const foundByKey = new Map<string, unknown>(Object.entries(found));
  return Object.entries(expected).flatMap(([key, value]) => {
    const actual = foundByKey.get(key) ?? 0;
    return typeof value !== 'number' || actual === value ? [] : [`${key}: ${JSON.stringify(actual)} instead of ${value}`];
  });
}
