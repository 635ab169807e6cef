/**
 * What a reader makes of a file: records that are either locations or refusals. A bad record is data, never an
 * exception, so that one broken line can't stop an import of fifty thousand.
 */
import type { LocationInput } from '../location.ts';

/** The closed list of reasons for which a record is refused; reports count by them. */
export const REFUSALS = {
  malformed_row: 'The line is not valid CSV: a quote stands in the wrong place or is never closed.',
  wrong_column_count: 'The line does not have as many columns as the header.',
  malformed_json: 'The text is not valid JSON.',
  not_an_object: 'A location must be a JSON object.',
  record_too_large: 'The record is larger than a location can be.',
  ref_missing: 'The record has no id.',
  ref_too_long: 'The id is longer than 255 characters.',
  ref_duplicate: 'Another record of this file has the same id; the first one counts.',
  coordinates_missing: 'The record has no coordinates.',
  coordinates_invalid: 'The coordinates are no numbers, or not on Earth.',
  coordinates_zero: 'The coordinates are 0, 0, which stands for "unknown".',
  coordinates_outside_bounds: 'The coordinates lie outside the area that this source covers.',
  name_missing: 'The record has neither a name nor an address.',
  country_unknown: 'The country is missing or unknown.',
  too_many_evses: 'A location has at most 1000 EVSEs.',
  not_electric: 'The station sells other fuels than electricity.',
  parent_missing: 'The row belongs to a location or point that is not in the file.',
} as const;

export type RefusalReason = keyof typeof REFUSALS;

export interface Refusal {
  reason: RefusalReason;
  /** the field of the source or of the location that is wrong */
  field?: string;
  /** what was found there */
  detail?: string;
}

/** Things that were mended or left out while the location was kept; each warning text begins with its code and a colon. */
export type WarningCode =
  | 'connector_standard_unknown'
  | 'connector_power_invalid'
  | 'connector_duplicate'
  | 'power_assumed'
  | 'evse_without_connectors'
  | 'evse_duplicate'
  | 'value_unknown'
  | 'value_invalid'
  | 'text_truncated'
  | 'time_zone_unknown'
  | 'opening_hours_unknown'
  | 'coordinates_exchanged'
  | 'more_warnings';

export interface ImportRecord {
  /** the record's number in the file, from 1 */
  index: number;
  /** the source's id, where there is one */
  ref: string | undefined;
  /** the line where it begins, in files that have lines */
  line?: number;
  /** which file of the set it stands in; the file of locations unless told */
  file?: 'points' | 'connectors';
  input?: LocationInput;
  refused?: Refusal;
  warnings?: string[];
}

const MAX_WARNINGS = 50;

/** Adds a warning, unless the record has so many that one more helps nobody. */
export function warn(warnings: string[], code: WarningCode, text: string): void {
  if (warnings.length < MAX_WARNINGS) warnings.push(`${code}: ${text}`);
  else if (warnings.length === MAX_WARNINGS) warnings.push('more_warnings: this record has more of them');
}

/** The code that a warning begins with. */
export function warningCodeOf(warning: string): string {
  return warning.slice(0, warning.indexOf(':'));
}
