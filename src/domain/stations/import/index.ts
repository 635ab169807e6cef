/** The door of the station importers. */
export { contentHashOf } from './content-hash.ts';
export { type CsvMapping, parseCsvMapping } from './csv-mapping.ts';
export type { ImportDefaults } from './draft.ts';
export { IMPORT_FORMATS, type ImportFormat, type ReadOptions } from './formats.ts';
export { readEnergyMix, readTexts } from './ocpi-parts.ts';
export { asUrl } from './values.ts';
export type { CsvSources } from './reader-csv.ts';
export { type ImportRecord, type Refusal, type RefusalReason } from './record.ts';
export { type ImportIdentity, type ImportOptions, type ImportProgress, type ImportSummary, runImport, type SinkCounts } from './run.ts';
export { checkOcpiExamples, checkStationFiles, type FileCheck } from './conformance.ts';
