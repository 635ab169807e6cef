/** CSV of the Alternative Fuels Data Center (NREL): the United States and Canada. */
import { type CellOf, cellReader, requireColumns } from './csv-cells.ts';
import { openTable } from './csv-rows.ts';
import type { ConnectorDraft, EvseDraft, ImportDefaults, LocationDraft } from './draft.ts';
import { EVSES_MAX } from './finish-location.ts';
import { openingHoursFromAmerican } from './opening-hours.ts';
import { finishReadings, type Reading } from './reader.ts';
import { type ImportRecord, warn } from './record.ts';
import { asNumber, asPositive, lookUp } from './values.ts';

const CANADIAN = new Set(['AB', 'BC', 'MB', 'NB', 'NL', 'NS', 'NT', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT']);
const CANADIAN_POSTCODE = /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i;

/** Status Code; "available" (E) means that it is open to drivers, not that it is free. */
const STATUSES: Record<string, string> = { E: 'UNKNOWN', P: 'PLANNED', T: 'INOPERATIVE' };

const FACILITY_TYPES: Record<string, string> = {
  AIRPORT: 'AIRPORT', HOTEL: 'HOTEL', INN: 'HOTEL', B_AND_B: 'HOTEL', RESTAURANT: 'RESTAURANT', SHOPPING_CENTER: 'MALL', SHOPPING_MALL: 'MALL',
  GROCERY: 'SUPERMARKET',
  GAS_STATION: 'FUEL_STATION', CONVENIENCE_STORE: 'FUEL_STATION', TRUCK_STOP: 'FUEL_STATION', MUSEUM: 'MUSEUM', PARK: 'NATURE', NATL_PARK: 'NATURE',
  REC_SPORTS_FACILITY: 'SPORT', PARKING_LOT: 'PARKING_LOT', PARKING_GARAGE: 'PARKING_LOT', PAY_LOT: 'PARKING_LOT', PAY_GARAGE: 'PARKING_LOT',
};

/** EV Connector Types, in the order in which they are given to EVSEs of a level. */
const LEVEL_1 = { NEMA515: 'DOMESTIC_B', NEMA520: 'NEMA_5_20', J1772: 'IEC_62196_T1' };
const LEVEL_2 = { J1772: 'IEC_62196_T1', TESLA: 'TESLA_S', NEMA1450: 'NEMA_14_50' };
const FAST = { J1772COMBO: 'IEC_62196_T1_COMBO', CHADEMO: 'CHADEMO', TESLA: 'TESLA_S' };
const AC = { powerType: 'AC_1_PHASE' };
const KNOWN_TYPES = new Set([...Object.keys(LEVEL_1), ...Object.keys(LEVEL_2), ...Object.keys(FAST)]);

/**
 * Reads the station list with whatever columns an excerpt has; at least Station Name, Latitude, Longitude and ID. Without the
 * columns of connectors a location has no EVSEs: it is found, but can't be booked.
 * @throws DomainError invalid_request where those columns are missing.
 */
export async function* readAfdc(source: AsyncIterable<Uint8Array>, defaults: ImportDefaults = {}): AsyncGenerator<ImportRecord> {
  const { columns, rows } = await openTable(source, ',');
  requireColumns(columns, ['Station Name', 'Latitude', 'Longitude', 'ID'], 'AFDC');
  const cell = cellReader(columns);
  async function* readings(): AsyncGenerator<Reading> {
    for await (const { cells, line, refused } of rows) {
      const ref = cell(cells, 'ID');
      const fuel = cell(cells, 'Fuel Type Code') ?? 'ELEC';
      if (refused !== undefined) yield { refused, line, ref };
      else if (fuel.toUpperCase() !== 'ELEC') yield { refused: { reason: 'not_electric', field: 'Fuel Type Code', detail: fuel }, line, ref };
      else yield { ...readStation(cell, cells), line };
    }
  }
  yield* finishReadings(readings(), defaults);
}

function readStation(cell: CellOf, cells: readonly string[]): Reading {
  const warnings: string[] = [];
  const hours = cell(cells, 'Access Days Time');
  const openingTimes = openingHoursFromAmerican(hours);
  if (hours !== undefined && openingTimes === undefined) warn(warnings, 'opening_hours_unknown', `"${hours.slice(0, 200)}"; taken as always open`);
  const status = lookUp(STATUSES, cell(cells, 'Status Code')?.toUpperCase());
  const levels = readLevels(cell, cells, warnings);
  const evseCount = levels.reduce((sum, level) => sum + level.evses, 0);
  if (evseCount > EVSES_MAX) return { refused: { reason: 'too_many_evses', detail: String(evseCount) }, ref: cell(cells, 'ID'), warnings };
  const network = cell(cells, 'EV Network');
  const directions = cell(cells, 'Intersection Directions');
  const facility = lookUp(FACILITY_TYPES, cell(cells, 'Facility Type')?.toUpperCase());
  const draft: LocationDraft = {
    ...readPlace(cell, cells),
    publish: cell(cells, 'Access Code')?.toLowerCase() !== 'private',
    operator: network === undefined || network === 'Non-Networked' ? undefined : { name: network },
    directions: directions === undefined ? [] : [{ language: 'en', text: directions }],
    facilities: facility === undefined ? [] : [facility],
    openingTimes,
    evses: evsesOf(levels, cell(cells, 'ID') ?? '', status),
  };
  return { draft, warnings };
}

function readPlace(cell: CellOf, cells: readonly string[]): LocationDraft {
  const state = cell(cells, 'State')?.toUpperCase();
  const postalCode = cell(cells, 'ZIP');
  const canadian = (state !== undefined && CANADIAN.has(state)) || CANADIAN_POSTCODE.test(postalCode ?? '');
  return {
    ref: cell(cells, 'ID'),
    name: cell(cells, 'Station Name'),
    address: cell(cells, 'Street Address'),
    city: cell(cells, 'City'),
    postalCode,
    state,
    country: cell(cells, 'Country') ?? (canadian ? 'CAN' : 'USA'),
    latitude: asNumber(cell(cells, 'Latitude')),
    longitude: asNumber(cell(cells, 'Longitude')),
  };
}

interface Level {
  evses: number;
  connectors: ConnectorDraft[];
}

/**
 * The file counts EVSEs by level and lists the plugs of the whole station. A fast EVSE is taken to have every fast plug of the
 * list, as most do; one of level 1 or 2 has one plug, the first of the list that fits its level.
 */
function readLevels(cell: CellOf, cells: readonly string[], warnings: string[]): Level[] {
  const listed = (cell(cells, 'EV Connector Types') ?? '').toUpperCase().split(/[\s,;]+/).filter((type) => type !== '');
  for (const type of listed.filter((name) => !KNOWN_TYPES.has(name))) warn(warnings, 'connector_standard_unknown', `"${type.slice(0, 60)}"`);
  const count = (column: string): number => Math.floor(asPositive(cell(cells, column)) ?? 0);
  return [
    { evses: count('EV Level1 EVSE Num'), connectors: plugsOf(LEVEL_1, listed, { ...AC, maxVoltageV: 120, maxAmperageA: 12 }).slice(0, 1) },
    { evses: count('EV Level2 EVSE Num'), connectors: plugsOf(LEVEL_2, listed, { ...AC, maxVoltageV: 240, maxAmperageA: 30 }).slice(0, 1) },
    // "Count" in the file, "Num" in the documentation of the service.
    { evses: count('EV DC Fast Count') || count('EV DC Fast Num'), connectors: plugsOf(FAST, listed, { powerType: 'DC' }) },
  ].filter((level) => level.connectors.length > 0);
}

function plugsOf(level: Record<string, string>, listed: readonly string[], electrics: ConnectorDraft): ConnectorDraft[] {
  return Object.entries(level).flatMap(([type, standard]) => (listed.includes(type) ? [{ ...electrics, standard }] : []));
}

function evsesOf(levels: readonly Level[], ref: string, status: string | undefined): EvseDraft[] {
  let number = 0;
  return levels.flatMap(({ evses, connectors }) => Array.from({ length: evses }, () => ({ uid: `${ref}-${++number}`, status, connectors })));
}
