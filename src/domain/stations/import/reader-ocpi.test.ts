import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.ts';
import { readOcpi } from './reader-ocpi.ts';
import { bytesOf, collect, evsesOf, onlyInput, outcomes } from './samples.ts';

const read = (value: unknown) => collect(readOcpi(bytesOf(typeof value === 'string' ? value : JSON.stringify(value), 999)));

const PLACE = {
  country_code: 'IN',
  party_id: 'PTM',
  id: 'L1',
  publish: true,
  name: 'Food Court',
  address: 'Mysore Road 1',
  city: 'Ramanagara',
  postal_code: '562159',
  state: 'Karnataka',
  country: 'IND',
  coordinates: { latitude: '12.7209', longitude: '77.2799' },
  time_zone: 'Asia/Kolkata',
  last_updated: '2026-01-01T00:00:00',
};
const CONNECTOR = {
  id: '1',
  standard: 'IEC_62196_T2_COMBO',
  format: 'CABLE',
  power_type: 'DC',
  max_voltage: 500,
  max_amperage: 120,
  max_electric_power: 60_000,
  tariff_ids: ['T1'],
  terms_and_conditions: 'https://example.com/terms',
  last_updated: '2026-01-01T00:00:00Z',
};
const EVSE = {
  uid: 'E1',
  evse_id: 'IN*PTM*E1',
  status: 'CHARGING',
  capabilities: ['RESERVABLE', 'RFID_READER'],
  floor_level: '-1',
  physical_reference: 'A1',
  coordinates: { latitude: '12.7210', longitude: '77.2800' },
  directions: [{ language: 'en', text: 'Left ramp' }],
  parking_restrictions: ['EV_ONLY'],
  images: [{ url: 'https://example.com/e.png', category: 'CHARGER', type: 'png' }],
  connectors: [CONNECTOR],
  status_schedule: [],
  last_updated: 'x',
};
const DETAILS = {
  parking_type: 'PARKING_LOT',
  facilities: ['RESTAURANT', 'FUEL_STATION'],
  charging_when_closed: false,
  directions: [{ language: 'kn', text: 'ಎಡಕ್ಕೆ' }],
  operator: {
    name: 'Plug Co',
    website: 'https://plug.example.com',
    logo: { url: 'https://plug.example.com/logo.png', category: 'OPERATOR', type: 'png' },
  },
  suboperator: { name: 'Sub' },
  owner: { name: 'Owner' },
  related_locations: [{ latitude: '1', longitude: '2', name: { language: 'en', text: 'x' } }],
  opening_times: {
    twentyfourseven: false,
    regular_hours: [
      { weekday: 1, period_begin: '08:00', period_end: '20:00' },
      { weekday: 7, period_begin: '22:00', period_end: '02:00' },
    ],
    exceptional_openings: [{ period_begin: '2026-01-26T06:00:00', period_end: '2026-01-26T09:00:00Z' }],
    exceptional_closings: [{ period_begin: '2026-08-15T00:00:00Z', period_end: '2026-08-16T00:00:00Z' }],
  },
  images: [{ url: 'https://example.com/l.jpg', thumbnail: 'https://example.com/t.jpg', category: 'ENTRANCE', type: 'jpeg', width: 512, height: 340 }],
  energy_mix: {
    is_green_energy: true,
    energy_sources: [
      { source: 'SOLAR', percentage: 80 },
      { source: 'WIND', percentage: 20 },
    ],
    environ_impact: [{ category: 'CARBON_DIOXIDE', amount: 12.5 }],
    supplier_name: 'BESCOM',
    energy_product_name: 'Green',
  },
};

describe('OCPI locations', () => {
  it('reads every field of the standard that a location here has', async () => {
    const input = onlyInput(await read({ ...PLACE, ...DETAILS, evses: [EVSE], unknown_field: { a: 1 } }));
    expect(input).toEqual({
      ref: 'IN*PTM*L1',
      publish: true,
      name: 'Food Court',
      address: 'Mysore Road 1',
      city: 'Ramanagara',
      postalCode: '562159',
      state: 'Karnataka',
      country: 'IND',
      coordinates: { latitude: 12.7209, longitude: 77.2799 },
      timeZone: 'Asia/Kolkata',
      parkingType: 'PARKING_LOT',
      facilities: ['RESTAURANT', 'FUEL_STATION'],
      chargingWhenClosed: false,
      directions: [{ language: 'kn', text: 'ಎಡಕ್ಕೆ' }],
      operator: {
        name: 'Plug Co',
        website: 'https://plug.example.com/',
        logo: { url: 'https://plug.example.com/logo.png', category: 'OPERATOR', type: 'png' },
      },
      suboperator: { name: 'Sub' },
      owner: { name: 'Owner' },
      openingTimes: {
        twentyFourSeven: false,
        regularHours: [
          { weekday: 1, periodBegin: '00:00', periodEnd: '02:00' },
          { weekday: 1, periodBegin: '08:00', periodEnd: '20:00' },
          { weekday: 7, periodBegin: '22:00', periodEnd: '24:00' },
        ],
        exceptionalOpenings: [{ periodBegin: Date.UTC(2026, 0, 26, 6), periodEnd: Date.UTC(2026, 0, 26, 9) }],
        exceptionalClosings: [{ periodBegin: Date.UTC(2026, 7, 15), periodEnd: Date.UTC(2026, 7, 16) }],
      },
      images: [
        { url: 'https://example.com/l.jpg', thumbnail: 'https://example.com/t.jpg', category: 'ENTRANCE', type: 'jpeg', width: 512, height: 340 },
      ],
      energyMix: {
        isGreenEnergy: true,
        energySources: [
          { source: 'SOLAR', percentage: 80 },
          { source: 'WIND', percentage: 20 },
        ],
        environImpact: [{ category: 'CARBON_DIOXIDE', amount: 12.5 }],
        supplierName: 'BESCOM',
        energyProductName: 'Green',
      },
      stations: [
        {
          ref: 'L1',
          evses: [
            {
              uid: 'E1',
              emi3Id: 'IN*PTM*E1',
              status: 'CHARGING',
              capabilities: ['RESERVABLE', 'RFID_READER'],
              floorLevel: '-1',
              physicalReference: 'A1',
              coordinates: { latitude: 12.721, longitude: 77.28 },
              directions: [{ language: 'en', text: 'Left ramp' }],
              parkingRestrictions: ['EV_ONLY'],
              images: [{ url: 'https://example.com/e.png', category: 'CHARGER', type: 'png' }],
              connectors: [
                {
                  ref: '1',
                  standard: 'IEC_62196_T2_COMBO',
                  format: 'CABLE',
                  powerType: 'DC',
                  maxVoltageV: 500,
                  maxAmperageA: 120,
                  maxPowerW: 60_000,
                  tariffIds: ['T1'],
                  termsAndConditions: 'https://example.com/terms',
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('IMP-8: the ref tells the party where the file does; all EVSEs stand in one station', async () => {
    const { party_id: _, ...noParty } = PLACE;
    const input = onlyInput(await read({ data: [{ ...noParty, evses: [EVSE, { ...EVSE, uid: 'E2' }] }], status_code: 1000 }));
    expect(input.ref).toBe('L1');
    expect(input.stations.map((station) => [station.ref, station.evses.map((evse) => evse.uid)])).toEqual([['L1', ['E1', 'E2']]]);
  });

  it('reads arrays and JSON lines, and numbers the records', async () => {
    const places = [
      { ...PLACE, id: 'A' },
      { ...PLACE, id: 'B' },
    ];
    expect((await read(places)).map((record) => [record.index, record.ref])).toEqual([
      [1, 'IN*PTM*A'],
      [2, 'IN*PTM*B'],
    ]);
    expect((await read(places.map((place) => JSON.stringify(place)).join('\n'))).map((record) => record.line)).toEqual([1, 2]);
  });

  it('IMP-16: completes power from voltage, current and phases, also where 400 V stand for three phases', async () => {
    const connector = { id: '1', standard: 'IEC_62196_T2', format: 'SOCKET', power_type: 'AC_3_PHASE', max_amperage: 32 };
    const connectors = [
      { ...connector, max_voltage: 230 },
      { ...connector, id: '2', max_voltage: 400 },
    ];
    const [evse] = evsesOf(onlyInput(await read({ ...PLACE, evses: [{ ...EVSE, connectors }] })));
    expect(evse?.connectors.map(({ maxVoltageV, maxPowerW }) => [maxVoltageV, maxPowerW])).toEqual([
      [230, 22_080],
      [400, 22_176],
    ]);
  });

  it('IMP-5: leaves out connectors of unknown standards and EVSEs without connectors, with a warning', async () => {
    const connectors = [CONNECTOR, { ...CONNECTOR, id: '2', standard: 'MEGA_PLUG' }, { ...CONNECTOR, id: '3', max_electric_power: 5_000_000 }];
    const [record] = await read({
      ...PLACE,
      evses: [
        { ...EVSE, connectors },
        { ...EVSE, uid: 'E2', connectors: [{ ...CONNECTOR, standard: undefined }] },
        { ...EVSE, uid: 'E3', connectors: [] },
      ],
    });
    expect(evsesOf(record!.input!).map((evse) => [evse.uid, evse.connectors.length])).toEqual([['E1', 1]]);
    expect(record?.warnings?.map((text) => text.split(':')[0])).toEqual([
      'connector_standard_unknown',
      'connector_power_invalid',
      'connector_standard_unknown',
      'evse_without_connectors',
      'evse_without_connectors',
    ]);
    expect(record?.warnings?.[0]).toContain('MEGA_PLUG');
  });

  it('IMP-5: names no EVSE and no connector twice', async () => {
    const [record] = await read({ ...PLACE, evses: [{ ...EVSE, connectors: [CONNECTOR, CONNECTOR] }, EVSE] });
    expect(evsesOf(record!.input!)).toHaveLength(1);
    expect(record?.warnings?.map((text) => text.split(':')[0])).toEqual(['connector_duplicate', 'evse_duplicate']);
  });

  it('IMP-15: hours without any hours close nothing', async () => {
    const [record] = await read({
      ...PLACE,
      opening_times: { twentyfourseven: false, regular_hours: [{ weekday: 9, period_begin: 'noon', period_end: '24:00' }] },
    });
    expect(record?.input?.openingTimes.twentyFourSeven).toBe(true);
    expect(record?.warnings).toHaveLength(2);
  });

  it('IMP-10: a location without EVSEs is kept', async () => {
    expect(onlyInput(await read(PLACE)).stations).toEqual([]);
  });

  it('IMP-1: refuses what is no location and reads on', async () => {
    expect(outcomes(await read([null, 7, { id: 'X' }, PLACE]))).toEqual(['not_an_object', 'not_an_object', 'coordinates_missing', 'IN*PTM*L1']);
  });

  it('IMP-1: says so when it is an Open Charge Map file', async () => {
    await expect(read([{ ID: 1, AddressInfo: {} }])).rejects.toThrow(/"ocm"/);
    await expect(read('not json')).rejects.toBeInstanceOf(DomainError);
  });
});
