/** The served OpenAPI document, as the tests read it: its operations, and validators made from its schemas. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Json } from '../support/api.ts';

export type Schema = Record<string, Json>;

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: Schema;
}

export interface Operation {
  id: string;
  method: string;
  /** with its parameters in braces */
  path: string;
  parameters: Parameter[];
  body?: { schema: Schema; required: boolean };
  /** the first of each status, and, where it is answered in several types, the others */
  replies: Record<string, Media & { others: Media[] }>;
}

interface Media {
  contentType: string;
  schema: Schema;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Whether it answers a stream, which may have no end. */
export function isStream({ replies }: Operation): boolean {
  return replies['200']?.contentType === 'text/event-stream';
}

export async function readDocument(url: string): Promise<Json> {
  const response = await fetch(`${url}/v1/openapi.json`);
  return response.json();
}

export function operationsOf(document: Json): Operation[] {
  return Object.entries<Json>(document.paths).flatMap(([path, item]) => METHODS.filter((method) => method in item).map((method): Operation => {
    const { operationId, parameters = [], requestBody, responses } = item[method];
    return {
      id: operationId, method: method.toUpperCase(), path, parameters,
      ...(requestBody ? { body: { schema: requestBody.content['application/json'].schema, required: requestBody.required === true } } : {}),
      replies: Object.fromEntries(Object.entries<Json>(responses).map(([status, reply]) => {
        const response = reply.$ref === undefined ? reply : pointedTo(document, reply.$ref);
        const [first, ...others] = Object.entries<Json>(response.content).map(([contentType, media]): Media => ({ contentType, schema: media.schema }));
        return [status, { ...first!, others }];
      })),
    };
  }));
}

function pointedTo(document: Json, ref: string): Json {
  return ref.replace('#/', '').split('/').reduce((inner, name) => inner[name], document);
}

/** The members that together stand for a schema: itself, and those of its unions. */
export function branches(schema: Schema): Schema[] {
  return [schema, ...['anyOf', 'oneOf', 'allOf'].flatMap((union) => ((schema[union] ?? []) as Schema[]).flatMap(branches))];
}

/** The schemas that a value below a schema has to do with. */
export function schemasAt(schema: Schema, path: readonly (string | number)[]): Schema[] {
  return path.reduce<Schema[]>((level, step) => level.flatMap(branches).flatMap((node): Schema[] => {
    if (typeof step === 'number') return node.items ? [node.items] : [];
    const known = node.properties?.[step];
    if (known) return [known];
    return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
  }), [schema]);
}

/** Every property that a schema names, as `a.b[].c`. */
export function propertyPaths(schema: Schema, at = ''): Set<string> {
  const found = new Set<string>();
  for (const node of branches(schema)) {
    for (const [name, inner] of Object.entries<Schema>(node.properties ?? {})) {
      const path = at === '' ? name : `${at}.${name}`;
      found.add(path);
      propertyPaths(inner, path).forEach((deeper) => found.add(deeper));
    }
    if (node.items) propertyPaths(node.items, `${at}[]`).forEach((deeper) => found.add(deeper));
  }
  return found;
}

/** Every property that a value has, in the form of `propertyPaths`. */
export function valuePaths(value: unknown, at = ''): Set<string> {
  const found = new Set<string>();
  const add = (inner: unknown, path: string) => valuePaths(inner, path).forEach((deeper) => found.add(deeper));
  if (Array.isArray(value)) value.forEach((item) => add(item, `${at}[]`));
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const path = at === '' ? name : `${at}.${name}`;
      found.add(path);
      add(inner, path);
    }
  }
  return found;
}

/** Compiles schemas of the document; `fromText` reads words as the type that is asked for, as in a query. */
export function compiler(document: Json, fromText = false): (schema: Schema) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, coerceTypes: fromText });
  formats.default(ajv);
  const known = new WeakMap<Schema, ValidateFunction>();
  return (schema) => {
    const validate = known.get(schema) ?? ajv.compile({ ...schema, components: document.components });
    known.set(schema, validate);
    return validate;
  };
}

/** The same schema, in which an object has no other fields than those that are documented. */
export function closed(schema: Schema): Schema {
  const inside = (value: Json): Json => (Array.isArray(value) ? value.map(inside) : typeof value === 'object' && value !== null ? closed(value) : value);
  const copy = Object.fromEntries(Object.entries(schema).map(([name, inner]) => [name, inside(inner)]));
  return copy.properties && copy.additionalProperties === undefined && !copy.allOf ? { ...copy, additionalProperties: false } : copy;
}
