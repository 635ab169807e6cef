/** The mapping file that says what the columns of a plain CSV mean: its shape, and checking it. */
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { DomainError, type FieldError } from '../../../platform/errors/index.ts';

const strict = { additionalProperties: false } as const;

/** Where a value comes from: a column's name, or an object that says more. */
const Source = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({
    /** one column, or several of which the first that is not empty counts (all of them with `join`) */
    column: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })])),
    /** the columns' values with this between them */
    join: Type.Optional(Type.String()),
    /** only what stands behind the last occurrence of this text; nothing if it does not occur */
    after: Type.Optional(Type.String({ minLength: 1 })),
    /** the source's words to ours; words that are not listed stay as they are */
    values: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** what an empty cell becomes and, with `values`, a word that is not listed */
    otherwise: Type.Optional(Type.String()),
    /** the same for every row; beside `column`, what counts where that is empty */
    constant: Type.Optional(Type.String()),
    /** for lists: what stands between members */
    separator: Type.Optional(Type.String({ minLength: 1 })),
    /** for power; no default, because a factor of 1000 is easily missed */
    unit: Type.Optional(Type.Union([Type.Literal('kW'), Type.Literal('W')])),
  }, strict),
]);

/** Which column of a further file holds the key of the row it belongs to, and which column that key is there. */
const Parent = Type.Object({ column: Type.String({ minLength: 1 }), equals: Type.String({ minLength: 1 }) }, strict);

const optional = Type.Optional(Source);

const LocationColumns = Type.Object({
  ref: Source, latitude: Source, longitude: Source,
  name: optional, address: optional, city: optional, postalCode: optional, state: optional, country: optional, timeZone: optional,
  operator: optional, operatorWebsite: optional, suboperator: optional, owner: optional, parkingType: optional, facilities: optional,
  openingTimes: optional, chargingWhenClosed: optional, publish: optional, directions: optional, status: optional, capabilities: optional,
  stationName: optional, vendor: optional, model: optional,
}, strict);

const PointColumns = Type.Object({
  parent: Parent, uid: Source,
  emi3Id: optional, status: optional, capabilities: optional, floorLevel: optional, latitude: optional, longitude: optional,
  physicalReference: optional, directions: optional, parkingRestrictions: optional,
}, strict);

const ConnectorColumns = Type.Object({
  /** without it the columns stand in the rows of the points, or of the locations where no points are mapped */
  parent: Type.Optional(Parent),
  /** names the EVSE: connectors with the same name share it; only where no points are mapped */
  evseUid: optional,
  /** without evseUid: "own" makes an EVSE for every plug, "shared" puts different plugs on as few as possible */
  evses: Type.Optional(Type.Union([Type.Literal('own'), Type.Literal('shared')])),
  standard: Source,
  ref: optional, format: optional, powerType: optional, voltage: optional, amperage: optional, power: optional, quantity: optional,
  tariffIds: optional, status: optional,
}, strict);

const Mapping = Type.Object({
  /** what the mapping is for; for people */
  description: Type.Optional(Type.String()),
  delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 4 })),
  decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
  /** ISO 639-1, the language of directions */
  language: Type.Optional(Type.String({ pattern: '^[a-z]{2}$' })),
  bounds: Type.Optional(Type.Object({ south: Type.Number(), west: Type.Number(), north: Type.Number(), east: Type.Number() }, strict)),
  /** rows that follow each other with the same ref: "merge" them to one location, or refuse the later ones */
  sameRef: Type.Optional(Type.Union([Type.Literal('merge'), Type.Literal('refuse')])),
  location: LocationColumns,
  points: Type.Optional(PointColumns),
  connectors: Type.Optional(Type.Union([ConnectorColumns, Type.Array(ConnectorColumns)])),
}, strict);

export type CsvMapping = Static<typeof Mapping>;
export type SourceMapping = Static<typeof Source>;
export type ConnectorMapping = Static<typeof ConnectorColumns>;

/**
 * Checks what was read from a mapping file.
 * @throws DomainError invalid_request with one entry per wrong place.
 */
export function parseCsvMapping(value: unknown): CsvMapping {
  if (!Value.Check(Mapping, value)) throw invalidMapping(shapeErrors(value));
  const errors = meaningErrors(value);
  if (errors.length > 0) throw invalidMapping(errors);
  return value;
}

/** The groups of connector columns, however many were mapped. */
export function connectorMappings(mapping: CsvMapping): ConnectorMapping[] {
  return mapping.connectors === undefined ? [] : Array.isArray(mapping.connectors) ? mapping.connectors : [mapping.connectors];
}

function invalidMapping(errors: FieldError[]): DomainError {
  const lines = errors.slice(0, 10).map(({ pointer, message }) => `${pointer === '' ? 'the mapping' : pointer} ${message}`);
  return new DomainError('invalid_request', `The mapping is not valid: ${lines.join('; ')}.`, { errors });
}

/** One message per place; where a value may have several forms, those of the form that was meant. */
function shapeErrors(value: unknown): FieldError[] {
  const errors = new Map<string, string>();
  for (const error of Value.Errors(Mapping, value)) {
    const here = Value.Pointer.Get(value, error.instancePath);
    const message = messageOf(error, here);
    if (message !== undefined && !errors.has(error.instancePath)) errors.set(error.instancePath, message);
  }
  if (errors.size === 0) errors.set('', 'has not the right shape');
  return [...errors].map(([pointer, message]) => ({ pointer, message }));
}

function messageOf(error: { keyword: string; schemaPath: string; message: string; params: object }, here: unknown): string | undefined {
  if (error.keyword === 'boolean') return 'is not a known key';
  if (error.keyword === 'additionalProperties') return undefined;
  if (error.keyword === 'required' && 'requiredProperties' in error.params) return `lacks ${[error.params.requiredProperties].flat().join(', ')}`;
  if (error.keyword === 'const') return `must be one of ${/unit/.test(error.schemaPath) ? 'kW, W' : 'the listed words'}, not ${JSON.stringify(here)}`;
  const isObject = typeof here === 'object' && here !== null;
  if (error.keyword === 'anyOf') return isObject ? undefined : 'must be the name of a column or an object with "column" or "constant"';
  // Of a union, the messages for forms that were not meant would only confuse.
  if (/anyOf/.test(error.schemaPath) && error.keyword === 'type' && isObject) return undefined;
  return error.message;
}

/** What the shape can't say. */
function meaningErrors(mapping: CsvMapping): FieldError[] {
  const errors: FieldError[] = [];
  walkSources(mapping, '', (source, pointer) => {
    if (source.column === undefined && source.constant === undefined) errors.push({ pointer, message: 'needs "column" or "constant"' });
  });
  connectorMappings(mapping).forEach((connector, at) => {
    const pointer = Array.isArray(mapping.connectors) ? `/connectors/${at}` : '/connectors';
    const power = connector.power;
    if (power !== undefined && (typeof power === 'string' || power.unit === undefined)) {
      errors.push({ pointer: `${pointer}/power`, message: 'needs a unit: {"column": "...", "unit": "kW"} or "W"' });
    }
    if (mapping.points !== undefined && (connector.evseUid !== undefined || connector.evses !== undefined)) {
      errors.push({ pointer, message: 'has evseUid or evses, but with points every connector belongs to its point' });
    }
    if (at > 0 && connector.parent !== undefined) {
      errors.push({ pointer, message: 'has a parent; only one group of columns can stand in a file of connectors' });
    }
  });
  return errors;
}

type SourceObject = Exclude<SourceMapping, string>;

/** Visits every source that is written as an object. */
function walkSources(value: unknown, pointer: string, visit: (source: SourceObject, pointer: string) => void): void {
  const isPlace = /^(\/location|\/points|\/connectors(\/\d+)?)?$/.test(pointer);
  if (typeof value !== 'object' || value === null || /\/(parent|bounds)$/.test(pointer)) return;
  if (isPlace) for (const [key, item] of Object.entries(value)) walkSources(item, `${pointer}/${key}`, visit);
  else visit(value, pointer);
}
