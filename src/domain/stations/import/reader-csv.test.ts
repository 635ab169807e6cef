import { describe, expect, it } from 'vitest';
import { type CsvMapping, parseCsvMapping } from './csv-mapping.ts';
import { readCsv } from './reader-csv.ts';
import { bytesOf, collect, evsesOf, onlyInput, outcomes, PLAIN_MAPPING } from './samples.ts';

interface Files {
  points?: string;
  connectors?: string;
}

function read(locations: string, mapping: CsvMapping = PLAIN_MAPPING, files: Files = {}) {
  const stream = (text: string | undefined) => (text === undefined ? undefined : bytesOf(text, 999));
  return collect(
    readCsv({ locations: bytesOf(locations, 999), points: stream(files.points), connectors: stream(files.connectors) }, parseCsvMapping(mapping)),
  );
}

const plugs = (records: Awaited<ReturnType<typeof read>>) =>
  evsesOf(onlyInput(records)).map(
    (evse) => `${evse.uid}: ${evse.connectors.map((connector) => `${connector.ref} ${connector.standard} ${connector.maxPowerW}`).join(', ')}`,
  );

const ROW = 'id,name,lat,lon\n1,Plaza,12.97,77.59\n';

describe('CSV with a mapping', () => {
  it('IMP-7, IMP-10: reads places; country from the mapping, zone from the coordinates', async () => {
    expect(onlyInput(await read(ROW))).toMatchObject({
      ref: '1',
      name: 'Plaza',
      address: '',
      country: 'IND',
      timeZone: 'Asia/Kolkata',
      stations: [],
    });
  });

  it('reads all that a location can have', async () => {
    const columns = 'id,name,nick,lat,lon,street,no,zip,brand,web,hours,shop,pub,way,tz\n';
    const row = '1,,Plaza,"12,97","77,59",Ring Road,5,560001,Ather,ather.example.com,Mo-Fr 06:00-22:00,cafe;fuel;casino,no,Left,Asia/Kolkata\n';
    const [record] = await read(columns + row, {
      decimal: ',',
      language: 'kn',
      location: {
        ref: 'id',
        name: { column: ['name', 'nick'] },
        latitude: 'lat',
        longitude: 'lon',
        address: { column: ['street', 'no'], join: ' ' },
        postalCode: 'zip',
        country: { constant: 'India' },
        operator: 'brand',
        operatorWebsite: 'web',
        owner: { constant: 'City' },
        openingTimes: 'hours',
        timeZone: 'tz',
        publish: 'pub',
        facilities: { column: 'shop', values: { cafe: 'CAFE', fuel: 'FUEL_STATION' } },
        directions: 'way',
        parkingType: { constant: 'on street' },
      },
    });
    expect(record?.input).toMatchObject({
      name: 'Plaza',
      address: 'Ring Road 5',
      postalCode: '560001',
      country: 'IND',
      coordinates: { latitude: 12.97, longitude: 77.59 },
      timeZone: 'Asia/Kolkata',
      publish: false,
      operator: { name: 'Ather', website: 'https://ather.example.com/' },
      owner: { name: 'City' },
      facilities: ['CAFE', 'FUEL_STATION'],
      parkingType: 'ON_STREET',
      directions: [{ language: 'kn', text: 'Left' }],
      openingTimes: { twentyFourSeven: false },
    });
    expect(record?.input?.openingTimes.regularHours).toHaveLength(5);
    expect(record?.warnings).toEqual([expect.stringMatching(/^value_unknown: .*casino/)]);
  });

  it('IMP-14: joins a file of connectors, each plug an EVSE; rows without parent are refused', async () => {
    const mapping: CsvMapping = {
      ...PLAIN_MAPPING,
      connectors: {
        parent: { column: 'station', equals: 'id' },
        evseUid: 'socket',
        standard: { column: 'type', values: { DC_CCS: 'IEC_62196_T2_COMBO', AC_TYPE2: 'IEC_62196_T2' } },
        power: { column: 'kw', unit: 'kW' },
      },
    };
    const connectors = 'station,socket,type,kw\n9,S9,DC_CCS,60\n1,S1,DC_CCS,60\n1,S2,AC_TYPE2,7.4\n1,S2,DC_CCS,30\n1,S3,WHAT,1\n';
    const records = await read(ROW, mapping, { connectors });
    expect(records.map((record) => [record.index, record.file, record.line, record.refused?.reason])).toEqual([
      [1, undefined, 2, undefined],
      [2, 'connectors', 2, 'parent_missing'],
    ]);
    expect(plugs(records.slice(0, 1))).toEqual(['S1: 1 IEC_62196_T2_COMBO 60000', 'S2: 1 IEC_62196_T2 7400, 2 IEC_62196_T2_COMBO 30000']);
    expect(records[0]?.warnings?.[0]).toMatch(/^connector_standard_unknown: .*"WHAT"/);
  });

  it('IMP-14: joins points and connectors', async () => {
    const mapping: CsvMapping = {
      ...PLAIN_MAPPING,
      delimiter: ';',
      points: {
        parent: { column: 'station', equals: 'id' },
        uid: 'uid',
        emi3Id: 'emi3',
        status: { column: 'state', values: { busy: 'CHARGING' }, otherwise: 'UNKNOWN' },
      },
      connectors: { parent: { column: 'point', equals: 'emi3' }, ref: 'id', standard: 'std', powerType: 'pt', voltage: 'v', amperage: 'a' },
    };
    const files = {
      points: 'station;uid;emi3;state\n1;p1;IN*A;busy\n1;p2;IN*B;-\n7;p3;IN*C;-\n',
      connectors:
        'point;id;std;pt;v;a\nIN*A;77;Type 2;AC_3_PHASE;400;32\nIN*B;78;ccs2;DC;500;100\nIN*B;79;CHAdeMO;DC;500;100\n' +
        'IN*C;80;CCS;DC;500;100\nIN*D;81;CCS;DC;500;100\n',
    };
    const records = await read(ROW.replaceAll(',', ';'), mapping, files);
    expect(plugs(records.slice(0, 1))).toEqual(['p1: 77 IEC_62196_T2 22176', 'p2: 78 IEC_62196_T2_COMBO 50000, 79 CHADEMO 50000']);
    expect(evsesOf(records[0]!.input!).map((evse) => [evse.emi3Id, evse.status])).toEqual([
      ['IN*A', 'CHARGING'],
      ['IN*B', 'UNKNOWN'],
    ]);
    expect(records.slice(1).map((record) => [record.file, record.line, record.ref])).toEqual([
      ['points', 4, '7'],
      ['connectors', 5, 'IN*C'],
      ['connectors', 6, 'IN*D'],
    ]);
  });

  it("reads plugs from the location's own row: one group of columns or several, with a quantity", async () => {
    const text = 'id,name,lat,lon,t1,kw1,n,t2\n1,Plaza,12.97,77.59,ccs2,60,2,type 2\n2,Other,12.98,77.59,,,,\n';
    const connectors = [{ standard: 't1', power: { column: 'kw1', unit: 'kW' as const }, quantity: 'n' }, { standard: 't2' }];
    const records = await read(text, { ...PLAIN_MAPPING, connectors });
    expect(plugs(records.slice(0, 1))).toEqual(['1-1: 1 IEC_62196_T2_COMBO 60000', '1-2: 1 IEC_62196_T2_COMBO 60000', '1-3: 1 IEC_62196_T2 7360']);
    expect(records[1]?.input?.stations).toEqual([]);
    const shared = await read(text, { ...PLAIN_MAPPING, connectors: connectors.map((group) => ({ ...group, evses: 'shared' as const })) });
    expect(plugs(shared.slice(0, 1))).toEqual(['1-1: 1 IEC_62196_T2_COMBO 60000, 2 IEC_62196_T2 7360', '1-2: 1 IEC_62196_T2_COMBO 60000']);
  });

  it('merges neighbours with the same ref where the mapping says so', async () => {
    const text =
      'id,name,lat,lon,type\n1,Plaza,12.97,77.59,ccs2\n1,Plaza,12.97,77.59,chademo\n2,Other,12.98,77.59,type2\n1,Plaza,12.97,77.59,type2\n';
    const mapping: CsvMapping = { ...PLAIN_MAPPING, sameRef: 'merge', connectors: { standard: 'type', evses: 'shared' } };
    const records = await read(text, mapping);
    expect(records.map((record) => [record.ref, record.line, evsesOf(record.input!)[0]?.connectors.length])).toEqual([
      ['1', 2, 2],
      ['2', 4, 1],
      ['1', 5, 1],
    ]);
  });

  it('merges EVSEs of the same name', async () => {
    const text = 'id,name,lat,lon,type,evse\n1,Plaza,12.97,77.59,ccs2,A\n1,Plaza,12.97,77.59,chademo,A\n1,Plaza,12.97,77.59,chademo,B\n';
    const records = await read(text, { ...PLAIN_MAPPING, sameRef: 'merge', connectors: { standard: 'type', evseUid: 'evse' } });
    expect(evsesOf(onlyInput(records)).map((evse) => [evse.uid, evse.connectors.length])).toEqual([
      ['A', 2],
      ['B', 1],
    ]);
  });

  it('IMP-4: refuses rows that are no location', async () => {
    const rows = ['1,A,91,0.5', '2,B,,5', '3,C,0,0', '4,,1,1', ',D,1,1', '5,E,abc,1', '6,F,1', '7,G,1,1e999', `${'x'.repeat(300)},H,1,1`];
    expect(outcomes(await read(`id,name,lat,lon\n${rows.join('\n')}\n`))).toEqual([
      'coordinates_invalid',
      'coordinates_missing',
      'coordinates_zero',
      'name_missing',
      'ref_missing',
      'coordinates_invalid',
      'wrong_column_count',
      'coordinates_invalid',
      'ref_too_long',
    ]);
    const abroad: CsvMapping = { location: { ...PLAIN_MAPPING.location, country: 'name' } };
    expect(outcomes(await read('id,name,lat,lon\n1,Atlantis,1,1\n2,constructor,1,1\n3,in,1,1\n', abroad))).toEqual([
      'country_unknown',
      'country_unknown',
      '3',
    ]);
  });

  it('cuts long text with a warning and takes out what a database refuses', async () => {
    const [record] = await read(`id,name,lat,lon\n1,"${'é'.repeat(254)}😀😀",1,1\n`);
    expect(record?.input?.name).toBe('é'.repeat(254));
    expect(record?.warnings).toEqual([expect.stringMatching(/^text_truncated: name/)]);
    expect(onlyInput(await read('id,name,lat,lon\n1,"a\u0000b\n c",1,1\n')).name).toBe('a b c');
  });

  it('IMP-1: names columns and files that are missing', async () => {
    await expect(read('id,title,lat,lon\n')).rejects.toThrow(/does not have: "name". It has: id, title, lat, lon/);
    const joined: CsvMapping = { ...PLAIN_MAPPING, connectors: { parent: { column: 'station', equals: 'nr' }, standard: 'type' } };
    await expect(read(ROW, joined)).rejects.toThrow(/needs a file of connectors/);
    await expect(read(ROW, joined, { connectors: 'a,b\n1,2\n' })).rejects.toThrow(/no column "station"/);
    await expect(read(ROW, joined, { connectors: 'station,type\n1,CCS\n' })).rejects.toThrow(/"nr"/);
    await expect(read(ROW, PLAIN_MAPPING, { connectors: 'a\n' })).rejects.toThrow(/does not say where its rows belong/);
  });
});
