/** The EVSEs and connectors of one location in a mapped CSV. */
import type { ChildRow, ChildTable } from './csv-children.ts';
import type { ConnectorMapping, CsvMapping } from './csv-mapping.ts';
import { connectorMappings } from './csv-mapping.ts';
import { sourceCompiler, type SourceCompiler } from './csv-source.ts';
import type { ConnectorDraft, EvseDraft, LocationDraft, PlugDraft } from './draft.ts';
import { asText, shorten } from './values.ts';

type Cells = readonly string[];
type ReadDraft<T> = (cells: Cells) => T;
type EvseParts = Pick<LocationDraft, 'evses' | 'plugs' | 'bays'>;

export interface CsvFiles {
  columns: readonly string[];
  points?: ChildTable;
  connectors?: ChildTable;
}

/** Reads what stands at a location from its row and the rows that belong to it. */
export function compileEvses(mapping: CsvMapping, files: CsvFiles, location: SourceCompiler): ReadDraft<EvseParts> {
  if (mapping.points === undefined || files.points === undefined) return compilePlugs(mapping, files, location);
  const keyOf = compileKey(files.columns, mapping.points.parent.equals, location);
  return compilePoints(mapping, mapping.points, files, files.points, keyOf);
}

/** A source that is a plain column compiles to its text; used for keys. */
function compileKey(columns: readonly string[], column: string, compiler: SourceCompiler): ReadDraft<string | undefined> {
  compiler.text(column);
  const at = columns.indexOf(column);
  return (cells) => asText(cells[at]);
}

type PointMapping = NonNullable<CsvMapping['points']>;

function compilePoints(
  mapping: CsvMapping, point: PointMapping, files: CsvFiles, points: ChildTable, keyOf: ReadDraft<string | undefined>,
): ReadDraft<EvseParts> {
  const compiler = sourceCompiler(points.columns, 'points', mapping.decimal === ',');
  const readPoint = compilePoint(point, compiler, mapping.language ?? 'en');
  const readConnectors = connectorMappings(mapping).map((connector) => compilePointConnectors(connector, mapping, files, points, compiler));
  compiler.requireAll();
  return (cells) => ({
    evses: points.of(keyOf(cells)).map((row) => ({ ...readPoint(row.cells), connectors: readConnectors.flatMap((read) => read(row.cells)) })),
  });
}

function compilePoint(point: PointMapping, compiler: SourceCompiler, language: string): ReadDraft<Omit<EvseDraft, 'connectors'>> {
  const texts = { uid: compiler.text(point.uid), emi3Id: compiler.text(point.emi3Id), status: compiler.text(point.status) };
  const places = {
    floorLevel: compiler.text(point.floorLevel),
    physicalReference: compiler.text(point.physicalReference),
    directions: compiler.text(point.directions),
  };
  const [latitude, longitude] = [compiler.number(point.latitude), compiler.number(point.longitude)];
  const [capabilities, parkingRestrictions] = [compiler.list(point.capabilities), compiler.list(point.parkingRestrictions)];
  return (cells) => {
    const directions = places.directions(cells);
    return {
      uid: texts.uid(cells),
      emi3Id: texts.emi3Id(cells),
      status: texts.status(cells),
      floorLevel: places.floorLevel(cells),
      physicalReference: places.physicalReference(cells),
      directions: directions === undefined ? [] : [{ language, text: directions }],
      coordinates: { latitude: latitude(cells), longitude: longitude(cells) },
      capabilities: capabilities(cells),
      parkingRestrictions: parkingRestrictions(cells),
    };
  };
}

function compilePointConnectors(
  connector: ConnectorMapping, mapping: CsvMapping, files: CsvFiles, points: ChildTable, compiler: SourceCompiler,
): ReadDraft<ConnectorDraft[]> {
  const table = files.connectors;
  if (connector.parent === undefined || table === undefined) {
    const read = compileConnector(connector, compiler);
    return (cells) => [read(cells).connector].filter((draft) => draft.standard !== undefined);
  }
  const keyOf = compileKey(points.columns, connector.parent.equals, compiler);
  const own = sourceCompiler(table.columns, 'connectors', mapping.decimal === ',');
  const read = compileConnector(connector, own);
  own.requireAll();
  return (cells) => table.of(keyOf(cells)).map((row) => read(row.cells).connector);
}

/** Without points: every row of connectors, or the location's own row, tells plugs. */
function compilePlugs(mapping: CsvMapping, files: CsvFiles, location: SourceCompiler): ReadDraft<EvseParts> {
  const mappings = connectorMappings(mapping);
  const groups = mappings.map((connector) => compilePlugGroup(connector, mapping, files, location));
  const named = mappings.some((connector) => connector.evseUid !== undefined);
  const shared = mappings.some((connector) => connector.evses === 'shared');
  return (cells) => {
    const plugs = groups.flatMap((read) => read(cells));
    return named ? { evses: evsesByName(plugs) } : { plugs, bays: shared ? undefined : Number.POSITIVE_INFINITY };
  };
}

interface NamedPlug extends PlugDraft {
  evseUid?: string;
}

function compilePlugGroup(connector: ConnectorMapping, mapping: CsvMapping, files: CsvFiles, location: SourceCompiler): ReadDraft<NamedPlug[]> {
  const table = connector.parent === undefined ? undefined : files.connectors;
  const compiler = table === undefined ? location : sourceCompiler(table.columns, 'connectors', mapping.decimal === ',');
  const read = compileConnector(connector, compiler);
  const evseUid = compiler.text(connector.evseUid);
  if (table === undefined || connector.parent === undefined) {
    // A row that names no plug has none.
    return (cells) => [{ ...read(cells), evseUid: evseUid(cells) }].filter((plug) => plug.connector.standard !== undefined);
  }
  compiler.requireAll();
  const keyOf = compileKey(files.columns, connector.parent.equals, location);
  return (cells) => table.of(keyOf(cells)).map((row: ChildRow) => ({ ...read(row.cells), evseUid: evseUid(row.cells) }));
}

function evsesByName(plugs: readonly NamedPlug[]): EvseDraft[] {
  const evses = new Map<string, EvseDraft>();
  plugs.forEach((plug, at) => {
    const uid = plug.evseUid ?? String(at + 1);
    const evse = evses.get(uid) ?? { uid, status: plug.status, physicalReference: plug.evseUid, connectors: [] };
    evse.connectors.push(plug.connector);
    evses.set(uid, evse);
  });
  return [...evses.values()];
}

function compileConnector(connector: ConnectorMapping, compiler: SourceCompiler): ReadDraft<PlugDraft> {
  const { power } = connector;
  const factor = typeof power === 'object' && power.unit === 'kW' ? 1_000 : 1;
  const texts = [connector.ref, connector.standard, connector.format, connector.powerType, connector.status].map((source) => compiler.text(source));
  const numbers = [connector.voltage, connector.amperage, power, connector.quantity].map((source) => compiler.number(source));
  const tariffIds = compiler.list(connector.tariffIds);
  return (cells) => {
    const [ref, standard, format, powerType, status] = texts.map((read) => read(cells));
    const [maxVoltageV, maxAmperageA, powerTold, quantity = 1] = numbers.map((read) => read(cells));
    return {
      connector: {
        ref, standard: standard === undefined ? undefined : shorten(standard, 255), format, powerType, maxVoltageV, maxAmperageA,
        maxPowerW: powerTold === undefined ? undefined : powerTold * factor,
        tariffIds: tariffIds(cells),
      },
      status,
      quantity: quantity >= 1 ? Math.floor(quantity) : 1,
    };
  };
}
