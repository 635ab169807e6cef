/** Plain CSV, whose columns a mapping explains, with optional further files for points (EVSEs) and connectors. */
import { DomainError } from '../../../platform/errors/index.ts';
import { type ChildTable, readChildren } from './csv-children.ts';
import { compileEvses, type CsvFiles } from './csv-evses.ts';
import { connectorMappings, type CsvMapping } from './csv-mapping.ts';
import { openTable, type CsvRow } from './csv-rows.ts';
import { type SourceCompiler, sourceCompiler } from './csv-source.ts';
import type { ImportDefaults, LocationDraft } from './draft.ts';
import { EVSES_MAX } from './finish-location.ts';
import { alwaysOpen, parseOpeningHours } from './opening-hours.ts';
import { finishReadings, type Reading } from './reader.ts';
import { type ImportRecord, warn } from './record.ts';
import { asBoolean, asUrl, shorten } from './values.ts';

export interface CsvSources {
  locations: AsyncIterable<Uint8Array>;
  points?: AsyncIterable<Uint8Array>;
  connectors?: AsyncIterable<Uint8Array>;
}

/**
 * Reads locations row by row. The files of points and connectors are read first and kept in memory; rows in them that belong to
 * no location are refused at the end.
 * @throws DomainError invalid_request where a file is no CSV, lacks a mapped column, or is missing or given in vain.
 */
export async function* readCsv(sources: CsvSources, mapping: CsvMapping, defaults: ImportDefaults = {}): AsyncGenerator<ImportRecord> {
  requireFiles(sources, mapping);
  yield* finishReadings(readLocations(sources, mapping), defaults, mapping.bounds);
}

function requireFiles(sources: CsvSources, mapping: CsvMapping): void {
  const needsConnectors = connectorMappings(mapping).some((connector) => connector.parent !== undefined);
  const needs = { points: mapping.points !== undefined, connectors: needsConnectors };
  for (const file of ['points', 'connectors'] as const) {
    const given = sources[file] !== undefined;
    if (needs[file] && !given) throw new DomainError('invalid_request', `The mapping needs a file of ${file}, and none was given.`);
    if (!needs[file] && given) {
      throw new DomainError('invalid_request', `A file of ${file} was given, but the mapping does not say where its rows belong.`);
    }
  }
}

async function* readLocations(sources: CsvSources, mapping: CsvMapping): AsyncGenerator<Reading> {
  const { points: pointMapping, delimiter = ',' } = mapping;
  const connectorParent = connectorMappings(mapping).find((connector) => connector.parent !== undefined)?.parent;
  const points = await childrenOf(sources.points, delimiter, pointMapping?.parent.column, 'points');
  const connectors = await childrenOf(sources.connectors, delimiter, connectorParent?.column, 'connectors');
  const { columns, rows } = await openTable(sources.locations, delimiter);
  const readRow = compileLocation(mapping, { columns, points, connectors });
  yield* mapping.sameRef === 'merge' ? mergeNeighbours(readEach(rows, readRow)) : readEach(rows, readRow);
  if (points !== undefined) yield* points.leftovers();
  if (connectors !== undefined) yield* connectors.leftovers();
}

async function childrenOf(
  source: AsyncIterable<Uint8Array> | undefined, delimiter: string, keyColumn: string | undefined, file: 'points' | 'connectors',
): Promise<ChildTable | undefined> {
  return source === undefined || keyColumn === undefined ? undefined : readChildren(source, delimiter, keyColumn, file);
}

type ReadRow = (cells: readonly string[]) => { draft: LocationDraft; warnings: string[] };

async function* readEach(rows: AsyncIterable<CsvRow>, readRow: ReadRow): AsyncGenerator<Reading> {
  for await (const { cells, line, refused } of rows) {
    // A row of the wrong length still shows where its children would belong: ask for them, and they are refused with it.
    const reading = readRow(cells);
    if (refused === undefined) yield { ...reading, line };
    else yield { refused, line, ref: reading.draft.ref };
  }
}

/** Rows that follow each other with the same ref tell one location; the first tells where it is, each tells plugs. */
async function* mergeNeighbours(readings: AsyncIterable<Reading>): AsyncGenerator<Reading> {
  let open: Reading | undefined;
  for await (const reading of readings) {
    if (open?.draft !== undefined && reading.draft?.ref !== undefined && open.draft.ref === reading.draft.ref) {
      mergeInto(open.draft, reading.draft);
      open.warnings?.push(...(reading.warnings ?? []));
    } else {
      if (open !== undefined) yield open;
      open = reading;
    }
  }
  if (open !== undefined) yield open;
}

function mergeInto(draft: LocationDraft, more: LocationDraft): void {
  // One too many is enough to refuse it; a file of one ref only must not fill the memory.
  if ((draft.plugs ?? draft.evses ?? []).length > EVSES_MAX) return;
  draft.plugs?.push(...(more.plugs ?? []));
  for (const evse of more.evses ?? []) {
    const known = draft.evses?.find((other) => other.uid === evse.uid);
    if (known === undefined) draft.evses?.push(evse);
    else known.connectors.push(...evse.connectors);
  }
}

function compileLocation(mapping: CsvMapping, files: CsvFiles): ReadRow {
  const compiler = sourceCompiler(files.columns, 'locations', mapping.decimal === ',');
  const readPlace = compilePlace(mapping, compiler);
  const readDetails = compileDetails(mapping, compiler);
  const readEvses = compileEvses(mapping, files, compiler);
  compiler.requireAll();
  return (cells) => {
    const warnings: string[] = [];
    return { draft: { ...readPlace(cells), ...readDetails(cells, warnings), ...readEvses(cells) }, warnings };
  };
}

function compilePlace({ location }: CsvMapping, compiler: SourceCompiler): (cells: readonly string[]) => LocationDraft {
  const text = (key: 'ref' | 'name' | 'address' | 'city' | 'postalCode' | 'state' | 'country' | 'timeZone' | 'parkingType') =>
    compiler.text(location[key]);
  const [ref, name, address, city, postalCode] = [text('ref'), text('name'), text('address'), text('city'), text('postalCode')];
  const [state, country, timeZone, parkingType] = [text('state'), text('country'), text('timeZone'), text('parkingType')];
  const [latitude, longitude] = [compiler.number(location.latitude), compiler.number(location.longitude)];
  return (cells) => ({
    ref: ref(cells),
    name: name(cells),
    address: address(cells),
    city: city(cells),
    postalCode: postalCode(cells),
    state: state(cells),
    country: country(cells),
    timeZone: timeZone(cells),
    parkingType: parkingType(cells),
    latitude: latitude(cells),
    longitude: longitude(cells),
  });
}

type ReadDetails = (cells: readonly string[], warnings: string[]) => LocationDraft;

function compileDetails({ location, language = 'en' }: CsvMapping, compiler: SourceCompiler): ReadDetails {
  const business = (key: 'operator' | 'suboperator' | 'owner') => {
    const read = compiler.text(location[key]);
    return (cells: readonly string[]) => {
      const name = read(cells);
      return name === undefined ? undefined : { name };
    };
  };
  const [operator, suboperator, owner] = [business('operator'), business('suboperator'), business('owner')];
  const [website, status, directions] = [compiler.text(location.operatorWebsite), compiler.text(location.status), compiler.text(location.directions)];
  const [hours, whenClosed] = [compiler.text(location.openingTimes), compiler.text(location.chargingWhenClosed)];
  const publish = compiler.text(location.publish);
  const [stationName, vendor, model] = [compiler.text(location.stationName), compiler.text(location.vendor), compiler.text(location.model)];
  const [facilities, capabilities] = [compiler.list(location.facilities), compiler.list(location.capabilities)];
  return (cells, warnings) => {
    const brand = operator(cells);
    const way = directions(cells);
    return {
      operator: brand === undefined ? undefined : { ...brand, website: asUrl(website(cells)) },
      suboperator: suboperator(cells),
      owner: owner(cells),
      station: { name: stationName(cells), vendor: vendor(cells), model: model(cells) },
      directions: way === undefined ? [] : [{ language, text: way }],
      facilities: facilities(cells),
      openingTimes: readHours(hours(cells), warnings),
      chargingWhenClosed: asBoolean(whenClosed(cells)),
      publish: asBoolean(publish(cells)),
      evse: { status: status(cells), capabilities: capabilities(cells) },
    };
  };
}

/** Hours that are not understood close nothing: the location counts as always open, and the report says so. */
function readHours(text: string | undefined, warnings: string[]): LocationDraft['openingTimes'] {
  if (text === undefined) return undefined;
  const hours = parseOpeningHours(text);
  if (hours === undefined) warn(warnings, 'opening_hours_unknown', `"${shorten(text, 100)}"; taken as always open`);
  return hours ?? alwaysOpen();
}
