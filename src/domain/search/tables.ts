/**
 * Columns of locations, EVSEs and connectors, row by row. The EVSEs of a location lie side by side, and so do the
 * connectors of an EVSE. A location keeps its row until the tables are written anew; EVSEs and connectors also move when
 * their number changes.
 */
export interface LocationTable {
  /** rows in use or free to be used again */
  length: number;
  /** rows that the typed columns have room for */
  capacity: number;
  freeRows: number[];
  ids: string[];
  /** searchable text, see `searchableText` */
  texts: string[];
  flags: Uint8Array;
  /** which network, as its number */
  network: Uint32Array;
  operator: Uint32Array;
  schedule: Uint32Array;
  facilities: Uint32Array;
  /** what any connector of the location has: bits of standards up to and from the 32nd, and the most power */
  lowStandards: Uint32Array;
  highStandards: Uint32Array;
  strongestW: Uint32Array;
  longitude: Float64Array;
  latitude: Float64Array;
  /** position on the unit sphere */
  x: Float64Array;
  y: Float64Array;
  z: Float64Array;
  firstEvse: Uint32Array;
  evseCount: Uint16Array;
  /** the number of the search that has met this row, where a row may be met twice */
  seenBy: Uint32Array;
}

export interface EvseTable {
  length: number;
  capacity: number;
  ids: string[];
  stationIds: string[];
  /** where in the store of busy times those of this EVSE begin, and how many numbers they are */
  busyFirst: Uint32Array;
  busyCount: Uint32Array;
  status: Uint8Array;
  capabilities: Uint16Array;
  firstConnector: Uint32Array;
  connectorCount: Uint16Array;
}

export interface ConnectorTable {
  length: number;
  capacity: number;
  ids: string[];
  standard: Uint8Array;
  powerType: Uint8Array;
  format: Uint8Array;
  maxPowerW: Uint32Array;
}

export const FLAG = {
  /** the row holds a location */
  alive: 1,
  /** it may be found */
  published: 2,
  green: 4,
  /** its position is the one that its network's tree knows */
  inTree: 8,
} as const;

export function createLocationTable(): LocationTable {
  return {
    length: 0, capacity: 0, freeRows: [], ids: [], texts: [], flags: new Uint8Array(), network: new Uint32Array(),
    operator: new Uint32Array(), schedule: new Uint32Array(), facilities: new Uint32Array(),
    lowStandards: new Uint32Array(), highStandards: new Uint32Array(), strongestW: new Uint32Array(), longitude: new Float64Array(),
    latitude: new Float64Array(), x: new Float64Array(), y: new Float64Array(), z: new Float64Array(), firstEvse: new Uint32Array(),
    evseCount: new Uint16Array(),
    seenBy: new Uint32Array(),
  };
}

export function createEvseTable(): EvseTable {
  return {
    length: 0, capacity: 0, ids: [], stationIds: [], busyFirst: new Uint32Array(), busyCount: new Uint32Array(), status: new Uint8Array(),
    capabilities: new Uint16Array(), firstConnector: new Uint32Array(), connectorCount: new Uint16Array(),
  };
}

export function createConnectorTable(): ConnectorTable {
  return {
    length: 0, capacity: 0, ids: [], standard: new Uint8Array(), powerType: new Uint8Array(), format: new Uint8Array(), maxPowerW: new Uint32Array(),
  };
}

/** Adds `count` rows at the end and tells the first; the typed columns grow by half when they are full. */
export function addRows(table: { length: number; capacity: number }, count: number): number {
  const first = table.length;
  table.length += count;
  if (table.length <= table.capacity) return first;
  table.capacity = Math.max(16, table.length, Math.ceil(table.capacity * 1.5));
  const columns = table as unknown as Record<string, unknown>;
  for (const [name, column] of Object.entries(columns)) if (isTyped(column)) columns[name] = grown(column, table.capacity);
  return first;
}

/** A table of the given rows alone, in the given order. */
export function pickRows(table: LocationTable, rows: readonly number[]): LocationTable {
  const picked: LocationTable = { ...table, length: rows.length, capacity: rows.length, freeRows: [] };
  const columns = picked as unknown as Record<string, unknown>;
  for (const [name, column] of Object.entries(table)) {
    if (isTyped(column)) columns[name] = (column.constructor as typeof Uint32Array).from(rows, (row) => column[row]!);
  }
  return { ...picked, ids: rows.map((row) => table.ids[row]!), texts: rows.map((row) => table.texts[row]!) };
}

type TypedColumn = Uint8Array | Uint16Array | Uint32Array | Float64Array;

function isTyped(column: unknown): column is TypedColumn {
  return ArrayBuffer.isView(column);
}

function grown(column: TypedColumn, length: number): TypedColumn {
  const Column = column.constructor as new (length: number) => TypedColumn;
  const larger = new Column(length);
  larger.set(column);
  return larger;
}
