/** CSV of the United Kingdom's National Chargepoint Registry. */
import type { BusinessDetails, OpeningTimes } from '../location.ts';
import { type CellOf, cellReader, requireColumns } from './csv-cells.ts';
import { openTable } from './csv-rows.ts';
import type { Bounds, ImportDefaults, LocationDraft, PlugDraft } from './draft.ts';
import { alwaysOpen, openingTimesOf, parseClock } from './opening-hours.ts';
import { finishReadings, type Reading } from './reader.ts';
import { type ImportRecord, warn } from './record.ts';
import { asBoolean, asNumber, asUrl, lookUp } from './values.ts';

/** With the Channel Islands and Shetland. Hundreds of entries of the registry have latitude and longitude exchanged. */
const UNITED_KINGDOM: Bounds = { south: 49, west: -8.7, north: 61.1, east: 2.1 };
const CONNECTORS_MAX = 8;
const ADDRESS_COLUMNS = ['subBuildingName', 'buildingName', 'buildingNumber', 'thoroughfare', 'street', 'dependantLocality'];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** How the registry's names of connectors begin or what they contain, more special ones first. */
const STANDARDS: readonly [RegExp, string][] = [
  [/combo|ccs/i, 'IEC_62196_T2_COMBO'], [/chademo|jevs/i, 'CHADEMO'], [/tesla/i, 'TESLA_S'], [/type 1|j1772/i, 'IEC_62196_T1'],
  [/type 2|mennekes/i, 'IEC_62196_T2'], [/type 3|scame/i, 'IEC_62196_T3C'], [/type g|bs ?1363|3-pin/i, 'DOMESTIC_G'],
  [/commando 2p|blue commando/i, 'IEC_60309_2_single_16'], [/commando 3p|red commando/i, 'IEC_60309_2_three_32'],
];
const POWER_TYPES: Record<string, string> = { 'single phase ac': 'AC_1_PHASE', 'three phase ac': 'AC_3_PHASE', dc: 'DC' };
/** "In service" tells that it works, not that it is free. */
const STATUSES: Record<string, string> = { 'in service': 'UNKNOWN', 'out of service': 'OUTOFORDER', planned: 'PLANNED', decommissioned: 'REMOVED' };
const LOCATION_TYPES: Record<string, { parkingType?: string; facility?: string }> = {
  'on-street': { parkingType: 'ON_STREET' }, 'public car park': { parkingType: 'PARKING_LOT' },
  'retail car park': { parkingType: 'PARKING_LOT', facility: 'MALL' },
  'park & ride site': { parkingType: 'PARKING_LOT' }, 'service station': { facility: 'FUEL_STATION' }, 'hotel / accommodation': { facility: 'HOTEL' },
  'leisure centre': { facility: 'SPORT' }, 'workplace car park': { parkingType: 'PARKING_LOT' },
};

/**
 * Reads the registry with whatever columns an excerpt has; at least chargeDeviceID, name, latitude and longitude. A charge device
 * becomes a location with one station. Without the columns of connectors it has no EVSEs: it is found, but can't be booked.
 * @throws DomainError invalid_request where those columns are missing.
 */
export async function* readNcr(source: AsyncIterable<Uint8Array>, defaults: ImportDefaults = {}): AsyncGenerator<ImportRecord> {
  const { columns, rows } = await openTable(source, ',');
  requireColumns(columns, ['chargeDeviceID', 'name', 'latitude', 'longitude'], 'NCR');
  const cell = cellReader(columns);
  async function* readings(): AsyncGenerator<Reading> {
    for await (const { cells, line, refused } of rows) {
      if (refused === undefined) yield { ...readDevice(cell, cells), line };
      else yield { refused, line, ref: cell(cells, 'chargeDeviceID') };
    }
  }
  yield* finishReadings(readings(), { country: 'GBR', ...defaults }, UNITED_KINGDOM);
}

function readDevice(cell: CellOf, cells: readonly string[]): Reading {
  const warnings: string[] = [];
  const type = lookUp(LOCATION_TYPES, cell(cells, 'locationType')?.toLowerCase());
  const directions = cell(cells, 'locationLongDescription') ?? cell(cells, 'locationShortDescription');
  const draft: LocationDraft = {
    ...readPlace(cell, cells),
    publish: (cell(cells, 'publishStatus') ?? 'Published').toLowerCase() === 'published',
    operator: readBusiness(cell, cells, 'deviceController'),
    owner: readBusiness(cell, cells, 'deviceOwner'),
    station: { vendor: cell(cells, 'deviceManufacturer'), model: cell(cells, 'deviceModel') },
    parkingType: type?.parkingType ?? (asBoolean(cell(cells, 'onStreetFlag')) === true ? 'ON_STREET' : undefined),
    facilities: type?.facility === undefined ? [] : [type.facility],
    directions: directions === undefined ? [] : [{ language: 'en', text: directions }],
    openingTimes: readHours(cell, cells, warnings),
    evse: { status: statusOf(cell(cells, 'chargeDeviceStatus')) },
    plugs: readPlugs(cell, cells),
  };
  return { draft, warnings };
}

function readPlace(cell: CellOf, cells: readonly string[]): LocationDraft {
  // The registry has devices whose id is a single dot.
  const id = cell(cells, 'chargeDeviceID');
  const street = ADDRESS_COLUMNS.flatMap((column) => cell(cells, column) ?? []);
  return {
    ref: id === '.' ? undefined : id,
    name: cell(cells, 'name') ?? cell(cells, 'locationShortDescription'),
    address: street.length === 0 ? undefined : street.join(', '),
    city: cell(cells, 'town'),
    state: cell(cells, 'county'),
    postalCode: cell(cells, 'postcode'),
    country: cell(cells, 'countryCode'),
    latitude: asNumber(cell(cells, 'latitude')),
    longitude: asNumber(cell(cells, 'longitude')),
  };
}

function readBusiness(cell: CellOf, cells: readonly string[], who: string): BusinessDetails | undefined {
  const name = cell(cells, `${who}Name`);
  return name === undefined ? undefined : { name, website: asUrl(cell(cells, `${who}Website`)) };
}

function statusOf(text: string | undefined): string | undefined {
  return lookUp(STATUSES, text?.toLowerCase());
}

function readHours(cell: CellOf, cells: readonly string[], warnings: string[]): OpeningTimes | undefined {
  const always = asBoolean(cell(cells, 'access24Hours') ?? cell(cells, 'accessible24Hours'));
  if (always === true) return alwaysOpen();
  const week = WEEKDAYS.map((day) => {
    const [from, to] = [parseClock(cell(cells, `access${day}From`)), parseClock(cell(cells, `access${day}To`))];
    return from === undefined || to === undefined || from === to ? [] : [[from, to] as const];
  });
  const hours = openingTimesOf(week);
  if (hours === undefined && always === false) warn(warnings, 'opening_hours_unknown', 'not always open; taken as always open');
  return hours;
}

/** Up to eight connectors stand side by side in a row: connector1Type, connector1RatedOutputKW and so on. */
function readPlugs(cell: CellOf, cells: readonly string[]): PlugDraft[] {
  const plugs: PlugDraft[] = [];
  const worksAsWhole = (statusOf(cell(cells, 'chargeDeviceStatus')) ?? 'UNKNOWN') === 'UNKNOWN';
  for (let number = 1; number <= CONNECTORS_MAX; number++) {
    const column = (name: string): string | undefined => cell(cells, `connector${number}${name}`);
    const type = column('Type');
    if (type === undefined) continue;
    const powerKw = asNumber(column('RatedOutputKW'));
    plugs.push({
      quantity: 1,
      status: worksAsWhole ? statusOf(column('Status')) : undefined,
      connector: {
        ref: column('ID') ?? String(number),
        standard: STANDARDS.find(([pattern]) => pattern.test(type))?.[1] ?? type,
        format: asBoolean(column('TetheredCable')) === true ? 'CABLE' : undefined,
        powerType: lookUp(POWER_TYPES, column('ChargeMethod')?.toLowerCase()),
        maxVoltageV: asNumber(column('RatedVoltage')),
        maxAmperageA: asNumber(column('OutputCurrent')),
        maxPowerW: powerKw === undefined ? undefined : powerKw * 1_000,
      },
    });
  }
  return plugs;
}
