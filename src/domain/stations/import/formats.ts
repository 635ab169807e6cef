/** The formats by their names. */
import { DomainError } from '../../../platform/errors/index.ts';
import type { CsvMapping } from './csv-mapping.ts';
import type { ImportDefaults } from './draft.ts';
import { readAfdc } from './reader-afdc.ts';
import { readCsv, type CsvSources } from './reader-csv.ts';
import { readNcr } from './reader-ncr.ts';
import { readOcm } from './reader-ocm.ts';
import { readOcpi } from './reader-ocpi.ts';
import type { ImportRecord } from './record.ts';

export const IMPORT_FORMATS = ['ocpi', 'ocm', 'afdc', 'ncr', 'csv'] as const;

export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export interface ReadOptions {
  defaults?: ImportDefaults;
  /** for csv, and for csv only */
  mapping?: CsvMapping;
}

/**
 * Reads locations from byte streams, one record at a time. A record that is wrong comes as refused; only a file that can't be
 * of the format, or whose stream fails, ends the reading.
 * @throws DomainError invalid_request, payload_too_large
 */
export function readStations(format: ImportFormat, sources: CsvSources, { defaults = {}, mapping }: ReadOptions = {}): AsyncGenerator<ImportRecord> {
  if (format === 'csv') {
    if (mapping === undefined) throw new DomainError('invalid_request', 'The format "csv" needs a mapping of columns.');
    return readCsv(sources, mapping, defaults);
  }
  if (mapping !== undefined || sources.points !== undefined || sources.connectors !== undefined) {
    throw new DomainError('invalid_request', `The format "${format}" takes no mapping and one file only.`);
  }
  const read = { ocpi: readOcpi, ocm: readOcm, afdc: readAfdc, ncr: readNcr }[format];
  return read(sources.locations, defaults);
}
