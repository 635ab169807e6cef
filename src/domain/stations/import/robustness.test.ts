import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.ts';
import { isTimeZone } from './time-zone.ts';
import { type CsvMapping, parseCsvMapping } from './csv-mapping.ts';
import { IMPORT_FORMATS, type ImportFormat, readStations } from './formats.ts';
import { hashOf } from './content-hash.ts';
import { type ImportRecord, REFUSALS } from './record.ts';
import { bytesOf, collect } from './samples.ts';

const MAPPING: CsvMapping = parseCsvMapping({
  location: {
    ref: 'id',
    name: 'name',
    latitude: 'lat',
    longitude: 'lon',
    country: { column: 'country', otherwise: 'IN' },
    openingTimes: 'hours',
    facilities: 'hours',
    timeZone: 'hours',
    operatorWebsite: 'hours',
    operator: 'name',
  },
  sameRef: 'merge',
  connectors: { standard: 'type', power: { column: 'kw', unit: 'kW' }, quantity: 'kw', status: 'type', format: 'type', powerType: 'type' },
});

/** The first line that makes a file of each CSV format. */
const HEADERS: Partial<Record<ImportFormat, string>> = {
  csv: 'id,name,lat,lon,country,hours,type,kw',
  afdc: 'ID,Station Name,Latitude,Longitude,State,Access Days Time,EV Connector Types,EV Level2 EVSE Num,Status Code,Facility Type',
  ncr: 'chargeDeviceID,name,latitude,longitude,countryCode,access24Hours,connector1Type,connector1RatedOutputKW,chargeDeviceStatus,locationType',
};

/** What a reader makes of bytes; undefined where it said that this is no such file. Anything but a DomainError fails the test. */
async function readAll(format: ImportFormat, content: string | Uint8Array, chunkBytes = 1_000): Promise<ImportRecord[] | undefined> {
  try {
    return await collect(readStations(format, { locations: bytesOf(content, chunkBytes) }, format === 'csv' ? { mapping: MAPPING } : {}));
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

function expectSound(records: readonly ImportRecord[]): void {
  records.forEach((record, at) => {
    expect(record.index).toBe(at + 1);
    expect((record.input === undefined) !== (record.refused === undefined)).toBe(true);
    if (record.refused !== undefined) expect(Object.keys(REFUSALS)).toContain(record.refused.reason);
    if (record.input !== undefined) expectStorable(record.input);
  });
}

function expectStorable(input: NonNullable<ImportRecord['input']>): void {
  expect(Math.abs(input.coordinates.latitude)).toBeLessThanOrEqual(90);
  expect(Math.abs(input.coordinates.longitude)).toBeLessThanOrEqual(180);
  expect(input.ref.length * input.name.length).toBeGreaterThan(0);
  expect(input.country).toMatch(/^[A-Z]{3}$/);
  expect(isTimeZone(input.timeZone)).toBe(true);
  const text = JSON.stringify(input);
  expect(text).not.toContain('\\u0000');
  expect(text).not.toMatch(/\\ud[89a-f]/);
  const evses = input.stations.flatMap((station) => station.evses);
  expect(new Set(evses.map((evse) => evse.uid)).size).toBe(evses.length);
  expect(evses.length).toBeLessThanOrEqual(1_000);
  for (const { ref, maxPowerW, maxVoltageV, maxAmperageA } of evses.flatMap((evse) => evse.connectors)) {
    expect(ref.length).toBeGreaterThan(0);
    for (const value of [maxPowerW, maxVoltageV, maxAmperageA]) expect(Number.isInteger(value) && value > 0 && value <= 4_000_000).toBe(true);
  }
}

/** Values that have broken importers before. */
const nasty = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      '0',
      '-1',
      '12.97',
      '77.59',
      '1e999',
      'NaN',
      'Infinity',
      'constructor',
      '__proto__',
      'toString',
      'IN',
      'DE',
      'CCS2',
      'Type 2',
      '"',
      '""',
      '24/7',
    ),
  },
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.double().map(String),
);
const json = fc.oneof(nasty, fc.jsonValue({ maxDepth: 3 }), fc.double({ noNaN: true }), fc.constant(null));

/** An object of known keys with anything in them, nested ones included. */
const place = (keys: readonly string[]) => fc.dictionary(fc.constantFrom(...keys), json, { maxKeys: 12 });

describe('readers', () => {
  it.each(IMPORT_FORMATS)('IMP-1: %s survives any bytes', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 50 }), async (bytes, chunkBytes) => {
        const header = HEADERS[format];
        const content = header === undefined ? bytes : Buffer.concat([Buffer.from(`${header}\n`), bytes]);
        expectSound((await readAll(format, content, chunkBytes)) ?? []);
        expectSound((await readAll(format, bytes, chunkBytes)) ?? []);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['csv', 'afdc', 'ncr'] as const)('IMP-1: %s survives any cells, and gives the same whatever the chunks', async (format) => {
    const header = HEADERS[format] ?? '';
    const row = fc
      .array(nasty, { minLength: 7, maxLength: 11 })
      .map((cells) => cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), fc.integer({ min: 1, max: 60 }), async (rows, chunkBytes) => {
        const text = [header, ...rows].join('\n').toWellFormed();
        const records = await readAll(format, text);
        expectSound(records ?? []);
        expect(records).toBeDefined();
        expect(hashOf(await readAll(format, text, chunkBytes))).toBe(hashOf(records));
      }),
      { numRuns: 200 },
    );
  });

  it('IMP-2: one broken line costs at most itself', async () => {
    const junk = fc
      .array(fc.constantFrom('"', '""', ',', '",', ',"', 'a', ' ', '1,Plaza,12.97,77.59,IN,,,'), { maxLength: 9 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { minLength: 1, maxLength: 6 }), async (lines) => {
        const good = (at: number): string => `good-${at},"Plaza, ""${at}""",12.97,77.59,IN,24/7,CCS2,60`;
        const text = [HEADERS.csv, good(0), ...lines.flatMap((line, at) => [line, good(at + 1)])].join('\n');
        const refs = ((await readAll('csv', text)) ?? []).flatMap((record) => record.input?.ref ?? []);
        expect(refs.filter((ref) => ref.startsWith('good-'))).toEqual(Array.from({ length: lines.length + 1 }, (_, at) => `good-${at}`));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['ocpi', 'ocm'] as const)('IMP-1: %s survives any values in any known field', async (format) => {
    const keys = {
      ocpi: [
        'id',
        'name',
        'address',
        'country',
        'coordinates',
        'evses',
        'opening_times',
        'images',
        'energy_mix',
        'operator',
        'facilities',
        'directions',
        'time_zone',
        'publish',
      ],
      ocm: ['ID', 'OperatorInfo', 'UsageTypeID', 'StatusTypeID', 'NumberOfPoints', 'MediaItems', 'Connections'],
    }[format];
    const connector = place([
      'id',
      'standard',
      'max_voltage',
      'max_amperage',
      'max_electric_power',
      'power_type',
      'tariff_ids',
      'ID',
      'ConnectionTypeID',
      'Quantity',
      'PowerKW',
      'Amps',
      'Voltage',
      'CurrentTypeID',
    ]);
    const evse = fc
      .tuple(place(['uid', 'evse_id', 'status', 'capabilities', 'coordinates', 'images', 'directions']), fc.array(connector, { maxLength: 3 }))
      .map(([fields, connectors]) => ({ ...fields, connectors }));
    const sound = { ocpi: { coordinates: { latitude: '12.9', longitude: '77.5' }, country: 'IN' }, ocm: {} }[format];
    const address = { Title: 'x', Latitude: 12.9, Longitude: 77.5, Country: { ISOCode: 'IN' } };
    const location = fc
      .tuple(place(keys), fc.array(evse, { maxLength: 3 }), fc.array(connector, { maxLength: 3 }), fc.boolean())
      .map(([fields, evses, Connections, whole]) =>
        whole ? { id: 'L', ID: 7, name: 'x', ...fields, ...sound, evses, Connections, AddressInfo: address } : fields,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(location, { maxLength: 4 }), async (locations) => {
        const forFormat = locations.map(({ AddressInfo, ...rest }: Record<string, unknown>) =>
          format === 'ocm' ? { ...rest, AddressInfo, coordinates: undefined } : rest,
        );
        expectSound((await readAll(format, JSON.stringify(forFormat))) ?? []);
      }),
      { numRuns: 300 },
    );
  });
});
