/** What all readers have in common: they tell drafts, and every draft is checked the same way. */
import { shorten } from './values.ts';
import type { Bounds, ImportDefaults, LocationDraft } from './draft.ts';
import { finishLocation } from './finish-location.ts';
import type { ImportRecord, Refusal } from './record.ts';

/** A record as a reader saw it. */
export interface Reading {
  draft?: LocationDraft;
  refused?: Refusal;
  /** the source's id, where a refused record shows one */
  ref?: string;
  line?: number;
  file?: ImportRecord['file'];
  warnings?: string[];
}

/** Numbers the readings and turns their drafts into locations. */
export async function* finishReadings(readings: AsyncIterable<Reading>, defaults: ImportDefaults, bounds?: Bounds): AsyncGenerator<ImportRecord> {
  let index = 0;
  for await (const reading of readings) {
    index++;
    yield finishReading(reading, index, defaults, bounds);
  }
}

function finishReading(reading: Reading, index: number, defaults: ImportDefaults, bounds: Bounds | undefined): ImportRecord {
  const warnings = reading.warnings ?? [];
  const ref = reading.draft?.ref ?? reading.ref;
  const result: Pick<ImportRecord, 'input' | 'refused'> =
    reading.draft === undefined ? { refused: reading.refused } : finishLocation(reading.draft, defaults, bounds, warnings);
  return {
    index,
    ref: result.input?.ref ?? (ref === undefined ? undefined : shorten(ref.toWellFormed(), 255)),
    ...(reading.line === undefined ? {} : { line: reading.line }),
    ...(reading.file === undefined ? {} : { file: reading.file }),
    ...result,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}
