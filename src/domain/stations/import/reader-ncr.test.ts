import { describe, expect, it } from 'vitest';
import { readNcr } from './reader-ncr.ts';
import { bytesOf, collect, evsesOf, onlyInput, outcomes } from './samples.ts';

const DEVICE: Record<string, string> = {
  chargeDeviceID: 'abc',
  name: 'Leisure Centre',
  latitude: '51.431454',
  longitude: '-0.031175',
  buildingNumber: '1',
  thoroughfare: 'High Street',
  town: 'London',
  postcode: 'SE1 1AA',
  countryCode: 'gb',
  deviceControllerName: 'Source London',
  deviceControllerWebsite: 'https://source.example.com',
  deviceOwnerName: 'Council',
  deviceManufacturer: 'ABB',
  deviceModel: 'Terra',
  chargeDeviceStatus: 'In service',
  publishStatus: 'Published',
  locationType: 'On-street',
  access24Hours: '0',
  accessMondayFrom: '08:00',
  accessMondayTo: '20:00',
  connector1ID: '901',
  connector1Type: 'JEVS G105 (CHAdeMO) DC',
  connector1RatedOutputKW: '50.0',
  connector1OutputCurrent: '125',
  connector1RatedVoltage: '400',
  connector1ChargeMethod: 'DC',
  connector1TetheredCable: '1',
  connector1Status: 'In service',
  connector2ID: '902',
  connector2Type: 'Type 2 Combo (IEC62196) DC',
  connector2RatedOutputKW: '50.0',
  connector2ChargeMethod: 'DC',
  connector2Status: 'In service',
  connector3ID: '903',
  connector3Type: 'Type 2 Mennekes (IEC62196)',
  connector3RatedOutputKW: '22.0',
  connector3RatedVoltage: '400',
  connector3ChargeMethod: 'Three Phase AC',
  connector4ID: '904',
  connector4Type: 'Type 2 Mennekes (IEC62196)',
  connector4RatedOutputKW: '7.0',
  connector4ChargeMethod: 'Single Phase AC',
  connector4Status: 'Out of service',
};
const csv = (...rows: Record<string, string>[]) => {
  const columns = Object.keys(DEVICE);
  return [columns.join(','), ...rows.map((row) => columns.map((name) => row[name] ?? '').join(','))].join('\r\n');
};
const read = (text: string) => collect(readNcr(bytesOf(text, 999)));

describe('National Chargepoint Registry', () => {
  it('IMP-9: reads a device with its connectors', async () => {
    const input = onlyInput(await read(csv(DEVICE)));
    expect(input).toMatchObject({
      ref: 'abc',
      name: 'Leisure Centre',
      address: '1, High Street',
      city: 'London',
      postalCode: 'SE1 1AA',
      country: 'GBR',
      timeZone: 'Europe/London',
      parkingType: 'ON_STREET',
      operator: { name: 'Source London', website: 'https://source.example.com/' },
      owner: { name: 'Council' },
      openingTimes: { twentyFourSeven: false, regularHours: [{ weekday: 1, periodBegin: '08:00', periodEnd: '20:00' }] },
      stations: [{ ref: 'abc', vendor: 'ABB', model: 'Terra' }],
    });
    expect(
      evsesOf(input).map((evse) => [
        evse.status,
        ...evse.connectors.map(({ ref, standard, format, powerType, maxPowerW }) => [ref, standard, format, powerType, maxPowerW].join(' ')),
      ]),
    ).toEqual([
      ['UNKNOWN', '903 IEC_62196_T2 SOCKET AC_3_PHASE 22000', '901 CHADEMO CABLE DC 50000', '902 IEC_62196_T2_COMBO CABLE DC 50000'],
      ['OUTOFORDER', '904 IEC_62196_T2 SOCKET AC_1_PHASE 7000'],
    ]);
  });

  it('IMP-11: a device out of service is out of order as a whole', async () => {
    const input = onlyInput(await read(csv({ ...DEVICE, chargeDeviceStatus: 'Out of service' })));
    expect(evsesOf(input).map((evse) => evse.status)).toEqual(['OUTOFORDER', 'OUTOFORDER']);
  });

  it('IMP-2, IMP-10: an excerpt with broken lines loses those lines only', async () => {
    const text = [
      'chargeDeviceID,reference,name,latitude,longitude,chargeDeviceStatus',
      'a1,R1,"Station,",51.5,-0.1,In service',
      ' ,,Public estate,,0,Type 2 Mennekes (IEC62196)',
      '.,,Public estate,,0,Type 2 Mennekes (IEC62196)',
      'a2,R2,"Broken,51.5,-0.1,In service',
      'a3,R3,Fine,51.6,-0.2,In service',
      'a4,R4,Short,51.6',
      'a5,R5,"He said ""hi""",51.7,-0.3,Planned',
    ].join('\r\n');
    const records = await read(text);
    expect(outcomes(records)).toEqual(['a1', 'ref_missing', 'ref_missing', 'malformed_row', 'a3', 'wrong_column_count', 'a5']);
    expect(records[5]).toMatchObject({ line: 7, ref: 'a4' });
    expect(records[0]?.input).toMatchObject({ name: 'Station,', country: 'GBR', stations: [] });
  });

  it('IMP-4: puts exchanged coordinates right, and refuses what is elsewhere', async () => {
    const at = (chargeDeviceID: string, latitude: string, longitude: string) => ({ ...DEVICE, chargeDeviceID, latitude, longitude });
    const records = await read(
      csv(at('1', '-0.197836', '51.553409'), at('2', '-25.36', '131.04'), at('3', '0.0', '0.000'), at('4', '53.7', '-999.9'), at('5', 'north', '1')),
    );
    expect(outcomes(records)).toEqual(['1', 'coordinates_outside_bounds', 'coordinates_zero', 'coordinates_invalid', 'coordinates_invalid']);
    expect(records[0]).toMatchObject({
      input: { coordinates: { latitude: 51.553409, longitude: -0.197836 } },
      warnings: [expect.stringMatching(/^coordinates_exchanged/)],
    });
  });
});
