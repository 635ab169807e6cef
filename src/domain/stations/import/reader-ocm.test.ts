import { describe, expect, it } from 'vitest';
import { readOcm } from './reader-ocm.ts';
import { bytesOf, collect, evsesOf, onlyInput, outcomes } from './samples.ts';

const read = (value: unknown, defaults = {}) => collect(readOcm(bytesOf(JSON.stringify(value), 999), defaults));

const ADDRESS = {
  Title: 'Main Square',
  AddressLine1: 'Square 1',
  AddressLine2: 'Centre',
  Town: 'Berlin',
  StateOrProvince: 'Berlin',
  Postcode: '10178',
  Country: { ISOCode: 'DE', Title: 'Germany' },
  Latitude: 52.52,
  Longitude: 13.4,
  AccessComments: 'Behind the house',
};
const TYPE_2 = { ID: 11, ConnectionTypeID: 25, Amps: 32, Voltage: 400, PowerKW: 22, CurrentTypeID: 20, Quantity: 2, StatusTypeID: 50 };
const CCS = { ID: 12, ConnectionTypeID: 33, PowerKW: 50, CurrentTypeID: 30, Quantity: 1 };
const CHADEMO = { ID: 13, ConnectionTypeID: 2, PowerKW: 50, CurrentTypeID: 30, Quantity: 1 };
const POINT = {
  ID: 4711,
  AddressInfo: ADDRESS,
  OperatorID: 214,
  OperatorInfo: { Title: 'be emobil', WebsiteURL: 'www.be-emobil.example.com' },
  UsageTypeID: 1,
  StatusTypeID: 50,
  NumberOfPoints: 2,
  Connections: [TYPE_2],
  MediaItems: [{ ItemURL: 'https://example.com/a.JPG', ItemThumbnailURL: 'https://example.com/t.jpg', IsEnabled: true, IsVideo: false }],
};
const shape = (records: Awaited<ReturnType<typeof read>>) =>
  evsesOf(onlyInput(records)).map((evse) => evse.connectors.map((connector) => connector.standard));

describe('Open Charge Map', () => {
  it('reads a point of interest', async () => {
    const input = onlyInput(await read([POINT]));
    expect(input).toMatchObject({
      ref: '4711',
      publish: true,
      name: 'Main Square',
      address: 'Square 1, Centre',
      city: 'Berlin',
      postalCode: '10178',
      country: 'DEU',
      timeZone: 'Europe/Berlin',
      operator: { name: 'be emobil', website: 'https://www.be-emobil.example.com/' },
      directions: [{ language: 'en', text: 'Behind the house' }],
      images: [{ url: 'https://example.com/a.JPG', thumbnail: 'https://example.com/t.jpg', category: 'LOCATION', type: 'jpeg' }],
    });
    expect(evsesOf(input).map(({ uid, status, connectors }) => [uid, status, connectors])).toEqual(
      ['1', '2'].map((number, at) => [
        `4711-${number}`,
        'UNKNOWN',
        [
          {
            ref: at === 0 ? '11' : '1',
            standard: 'IEC_62196_T2',
            format: 'SOCKET',
            powerType: 'AC_3_PHASE',
            maxVoltageV: 231,
            maxAmperageA: 32,
            maxPowerW: 22_000,
            tariffIds: [],
          },
        ],
      ]),
    );
  });

  it('IMP-9: plugs of one kind are EVSEs of their own, others may share', async () => {
    expect(shape(await read([{ ...POINT, NumberOfPoints: 1 }]))).toEqual([['IEC_62196_T2'], ['IEC_62196_T2']]);
    expect(shape(await read([{ ...POINT, NumberOfPoints: 1, Connections: [CCS, CHADEMO] }]))).toEqual([['IEC_62196_T2_COMBO', 'CHADEMO']]);
    expect(shape(await read([{ ...POINT, NumberOfPoints: 2, Connections: [CCS, CHADEMO] }]))).toEqual([['IEC_62196_T2_COMBO'], ['CHADEMO']]);
    expect(shape(await read([{ ...POINT, NumberOfPoints: 2, Connections: [CCS, TYPE_2] }]))).toEqual([
      ['IEC_62196_T2', 'IEC_62196_T2_COMBO'],
      ['IEC_62196_T2'],
    ]);
    expect(shape(await read([{ ...POINT, NumberOfPoints: 3, Connections: [TYPE_2, CCS, CHADEMO] }]))).toEqual([
      ['IEC_62196_T2'],
      ['IEC_62196_T2'],
      ['IEC_62196_T2_COMBO', 'CHADEMO'],
    ]);
    expect(shape(await read([{ ...POINT, NumberOfPoints: 9, Connections: [TYPE_2] }]))).toHaveLength(2);
    expect(shape(await read([{ ...POINT, NumberOfPoints: null, Connections: [{ ...TYPE_2, Quantity: 0 }] }]))).toEqual([['IEC_62196_T2']]);
  });

  it('completes what a connection leaves out, and warns where it had to guess', async () => {
    const [record] = await read([
      {
        ...POINT,
        Connections: [
          { ConnectionTypeID: 25, PowerKW: 43 },
          { ConnectionTypeID: 33, PowerKW: 0 },
        ],
      },
    ]);
    const connectors = evsesOf(record!.input!).flatMap((evse) => evse.connectors);
    expect(connectors.map(({ powerType, maxPowerW, maxAmperageA }) => [powerType, maxPowerW, maxAmperageA])).toEqual([
      ['AC_3_PHASE', 43_000, 62],
      ['DC', 50_000, 125],
    ]);
    expect(record?.warnings).toEqual([expect.stringMatching(/^power_assumed: /)]);
  });

  it('IMP-11: knows the states of places and plugs', async () => {
    const statuses = async (point: number | null, plug: number | null) =>
      evsesOf(onlyInput(await read([{ ...POINT, StatusTypeID: point, Connections: [{ ...CCS, StatusTypeID: plug }] }]))).map((evse) => evse.status);
    expect(await statuses(50, null)).toEqual(['UNKNOWN']);
    expect(await statuses(10, null)).toEqual(['AVAILABLE']);
    expect(await statuses(50, 100)).toEqual(['OUTOFORDER']);
    expect(await statuses(150, 50)).toEqual(['PLANNED']);
  });

  it('does not publish what is removed, delisted or private', async () => {
    const publish = async (extra: object) => onlyInput(await read([{ ...POINT, ...extra }])).publish;
    expect([
      await publish({ StatusTypeID: 200 }),
      await publish({ SubmissionStatus: { IsLive: false } }),
      await publish({ UsageTypeID: 2 }),
      await publish({ UsageTypeID: 6 }),
    ]).toEqual([false, false, false, true]);
    expect(evsesOf(onlyInput(await read([{ ...POINT, UsageTypeID: 6 }])))[0]?.parkingRestrictions).toEqual(['CUSTOMERS']);
  });

  it('reads the compact form with a default country', async () => {
    const { Country: _, ...address } = ADDRESS;
    const compact = [{ ...POINT, OperatorInfo: null, AddressInfo: { ...address, CountryID: 87 } }];
    expect(outcomes(await read(compact))).toEqual(['country_unknown']);
    expect(onlyInput(await read(compact, { country: 'DE', operator: 'Somebody' }))).toMatchObject({ country: 'DEU', operator: { name: 'Somebody' } });
  });

  it('IMP-4, IMP-5: refuses thousands of plugs and leaves out unknown ones', async () => {
    expect(outcomes(await read([{ ...POINT, Connections: [{ ...TYPE_2, Quantity: 1e12 }] }]))).toEqual(['too_many_evses']);
    const [record] = await read([{ ...POINT, Connections: [{ ConnectionTypeID: 0, ConnectionType: { Title: 'Unknown' } }, CCS] }]);
    expect(evsesOf(record!.input!)).toHaveLength(1);
    expect(record?.warnings?.[0]).toMatch(/^connector_standard_unknown: .*"Unknown"/);
  });

  it('IMP-1: says so when it is an OCPI file', async () => {
    await expect(read([{ id: 'L1', coordinates: {} }])).rejects.toThrow(/"ocpi"/);
  });
});
