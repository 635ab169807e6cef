import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.ts';
import { parseCsvMapping } from './csv-mapping.ts';
import { PLAIN_MAPPING } from './samples.ts';

const location = PLAIN_MAPPING.location;

function messageOf(mapping: unknown): string {
  try {
    parseCsvMapping(mapping);
    return 'no error';
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid_request') throw error;
    return error.message;
  }
}

describe('the mapping of a CSV file', () => {
  it('is taken when its shape is right', () => {
    expect(parseCsvMapping(PLAIN_MAPPING)).toBe(PLAIN_MAPPING);
    expect(messageOf({ location, connectors: [{ standard: 'type', power: { column: 'kw', unit: 'kW' } }, { standard: 'type2' }] })).toBe('no error');
  });

  it.each([
    [null, /must be object/],
    [{}, /lacks location/],
    [{ location: { ref: 'id' } }, /\/location lacks latitude, longitude/],
    [{ location, connecters: {} }, /\/connecters is not a known key/],
    [{ location: { ...location, nam: 'x' } }, /\/location\/nam is not a known key/],
    [{ location: { ...location, name: { colum: 'x' } } }, /\/location\/name\/colum is not a known key/],
    [{ location: { ...location, name: 7 } }, /\/location\/name must be/],
    [{ location: { ...location, name: {} } }, /\/location\/name needs "column" or "constant"/],
    [{ location, connectors: { standard: 'a', power: { column: 'kw', unit: 'MW' } } }, /\/connectors\/power\/unit must be one of kW, W, not "MW"/],
    [{ location, connectors: { standard: 'a', power: 'kw' } }, /\/connectors\/power needs a unit/],
    [{ location, connectors: { standard: 'a', parent: { column: 'x' } } }, /\/connectors\/parent lacks equals/],
    [
      { location, points: { parent: { column: 'a', equals: 'b' }, uid: 'c' }, connectors: { standard: 'a', evseUid: 'x' } },
      /every connector belongs to its point/,
    ],
    [{ location, connectors: [{ standard: 'a' }, { standard: 'b', parent: { column: 'a', equals: 'b' } }] }, /only one group/],
    [{ location, decimal: ';' }, /\/decimal must be one of/],
    [{ location, bounds: { south: 1, west: 2, north: 3 } }, /\/bounds lacks east/],
  ])('tells what is wrong with %j', (mapping, message) => {
    expect(messageOf(mapping)).toMatch(message);
  });

  it('is valid in every example of the guide', async () => {
    const folder = new URL('../../../../docs/examples/import/', import.meta.url);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const name of names) expect(messageOf(JSON.parse(await readFile(new URL(name, folder), 'utf8'))), name).toBe('no error');
  });
});
