import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.ts';
import { readAfdc } from './reader-afdc.ts';
import { bytesOf, collect, evsesOf, onlyInput, outcomes } from './samples.ts';

const COLUMNS = [
  'Fuel Type Code',
  'Station Name',
  'Street Address',
  'City',
  'State',
  'ZIP',
  'Status Code',
  'Access Days Time',
  'EV Level1 EVSE Num',
  'EV Level2 EVSE Num',
  'EV DC Fast Count',
  'EV Network',
  'Latitude',
  'Longitude',
  'ID',
  'EV Connector Types',
  'Country',
  'Access Code',
  'Facility Type',
];
const STATION: Record<string, string> = {
  'Fuel Type Code': 'ELEC',
  'Station Name': 'City Hall',
  'Street Address': '1 Main St',
  City: 'Denver',
  State: 'CO',
  ZIP: '80202',
  'Status Code': 'E',
  'Access Days Time': '24 hours daily',
  'EV Level2 EVSE Num': '2',
  'EV DC Fast Count': '1',
  'EV Network': 'ChargePoint Network',
  Latitude: '39.74',
  Longitude: '-104.99',
  ID: '101',
  'EV Connector Types': 'CHADEMO J1772 J1772COMBO',
  Country: 'US',
  'Access Code': 'public',
  'Facility Type': 'HOTEL',
};
const csv = (...rows: Record<string, string>[]) =>
  [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name] ?? ''))].map((cells) => cells.join(',')).join('\n');
const read = (text: string) => collect(readAfdc(bytesOf(text, 999)));

describe('AFDC', () => {
  it('reads a station with the levels of its EVSEs', async () => {
    const input = onlyInput(await read(csv(STATION)));
    expect(input).toMatchObject({
      ref: '101',
      name: 'City Hall',
      address: '1 Main St',
      city: 'Denver',
      state: 'CO',
      postalCode: '80202',
      country: 'USA',
      timeZone: 'America/Denver',
      operator: { name: 'ChargePoint Network' },
      facilities: ['HOTEL'],
      openingTimes: { twentyFourSeven: true },
      publish: true,
    });
    expect(
      evsesOf(input).map((evse) => [evse.uid, evse.status, ...evse.connectors.map(({ standard, maxPowerW }) => `${standard} ${maxPowerW}`)]),
    ).toEqual([
      ['101-1', 'UNKNOWN', 'IEC_62196_T1 7200'],
      ['101-2', 'UNKNOWN', 'IEC_62196_T1 7200'],
      ['101-3', 'UNKNOWN', 'IEC_62196_T1_COMBO 50000', 'CHADEMO 50000'],
    ]);
  });

  it('IMP-10: an excerpt without connectors gives locations without EVSEs', async () => {
    const text = 'Station Name,ZIP,Latitude,Longitude,ID\nLADWP,91352,34.248,-118.388,1517\nParking,K1A 0B1,45.42,-75.69,2\n';
    const records = await read(text);
    expect(records.map(({ input }) => [input?.ref, input?.country, input?.stations.length])).toEqual([
      ['1517', 'USA', 0],
      ['2', 'CAN', 0],
    ]);
  });

  it('tells Canada from the United States, planned from private', async () => {
    const stations: Record<string, string>[] = [
      { ID: '1', State: 'ON', Country: '' },
      { ID: '2', Country: 'CA' },
      { ID: '3', 'Status Code': 'P' },
      { ID: '4', 'Access Code': 'private' },
    ];
    const records = await read(csv(...stations.map((change) => ({ ...STATION, ...change }))));
    expect(records.map(({ input }) => [input?.country, evsesOf(input!)[0]?.status, input?.publish])).toEqual([
      ['CAN', 'UNKNOWN', true],
      ['CAN', 'UNKNOWN', true],
      ['USA', 'PLANNED', true],
      ['USA', 'UNKNOWN', false],
    ]);
  });

  it('IMP-1: refuses other fuels and absurd counts, and warns of plugs and hours it does not know', async () => {
    const records = await read(
      csv(
        { ...STATION, 'Fuel Type Code': 'CNG' },
        { ...STATION, ID: '2', 'EV DC Fast Count': '99999999' },
        { ...STATION, ID: '3', 'EV Connector Types': 'J1772 J3271', 'Access Days Time': 'Dealership business hours' },
      ),
    );
    expect(outcomes(records)).toEqual(['not_electric', 'too_many_evses', '3']);
    expect(records[2]?.warnings?.map((text) => text.split(':')[0]).sort()).toEqual(['connector_standard_unknown', 'opening_hours_unknown']);
  });

  it('IMP-1: a file of another kind is an error that names the columns', async () => {
    await expect(read('a,b\n1,2\n')).rejects.toThrow(/"Station Name", "Latitude", "Longitude", "ID"/);
    await expect(read('')).rejects.toBeInstanceOf(DomainError);
  });
});
