/** What the tests of this folder share. */
import type { EvseInput, LocationInput } from '../location.ts';
import type { CsvMapping } from './csv-mapping.ts';
import type { ImportRecord } from './record.ts';

/** A byte stream of a text, in chunks of some bytes so that every boundary is met. */
export async function* bytesOf(content: string | Uint8Array, chunkBytes = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The only record's location. */
export function onlyInput(records: readonly ImportRecord[]): LocationInput {
  const [record] = records;
  if (records.length !== 1 || record?.input === undefined) throw new Error(`one location was expected: ${JSON.stringify(records)}`);
  return record.input;
}

export function evsesOf(location: LocationInput): EvseInput[] {
  return location.stations.flatMap((station) => station.evses);
}

/** One reason or ref per record, which is what most tests look at. */
export function outcomes(records: readonly ImportRecord[]): string[] {
  return records.map((record) => record.refused?.reason ?? record.input?.ref ?? '?');
}

/** The least that a mapping can be. */
export const PLAIN_MAPPING: CsvMapping = {
  location: { ref: 'id', name: 'name', latitude: 'lat', longitude: 'lon', country: { constant: 'IN' } },
};
