/** The two validators of requests: bodies must have the very types that are documented; words in a path or a query are read as the type that is asked for. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { DomainError, type FieldError } from '../../platform/errors/index.ts';
import { toFieldError } from './problem.ts';

const addFormats = formats.default;

const OPTIONS = { allErrors: true, strict: false, discriminator: true, removeAdditional: false, useDefaults: false, allowUnionTypes: true } as const;
const exactly = () => addFormats(new Ajv({ ...OPTIONS, coerceTypes: false }));

/** Checks what comes otherwise than over HTTP as a body is checked: tells everything that is wrong with it, nothing when it fits. */
export function checkerOf(schema: TSchema): (written: unknown) => FieldError[] {
  const validate = exactly().compile(schema);
  return (written) => (validate(written) ? [] : significant(validate).map((error) => toFieldError(error, undefined)));
}

export function useStrictValidation(app: FastifyInstance): void {
  const exact = exactly();
  const fromText = addFormats(new Ajv({ ...OPTIONS, coerceTypes: true }));
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const validate = (httpPart === 'body' ? exact : fromText).compile(schema as object);
    return (data: unknown) => (validate(data) ? { value: data } : { error: significant(validate).slice(0, MOST_ERRORS) as never });
  });
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.addHook('preValidation', (request, _reply, done) => {
    requireStorableText(request);
    done();
  });
}

/** A list of many wrong items has an error for each; nobody reads them all. */
const MOST_ERRORS = 50;

/**
 * Of a value that fits none of several forms, every form complains; the summary of it says nothing new. Nor does a form of another
 * type ("must be array", "must be null") beside one of the right type that says what is wrong with it or within it.
 */
function significant(validate: ValidateFunction): ErrorObject[] {
  const errors = validate.errors ?? [];
  const specific = errors.filter((error) => error.keyword !== 'anyOf' && error.keyword !== 'oneOf');
  const told = specific.length > 0 ? specific : errors;
  const ofRightType = new Set(told.flatMap((error) => (error.keyword === 'type' ? parentsOf(error.instancePath) : [error.instancePath, ...parentsOf(error.instancePath)])));
  return told.filter((error) => error.keyword !== 'type' || !ofRightType.has(error.instancePath));
}

/** The paths above a path. */
function parentsOf(path: string): string[] {
  const names = path.split('/');
  return names.slice(1).map((_name, i) => names.slice(0, i + 1).join('/'));
}

/** Nothing that is documented lies deeper; what does would exhaust the stack of whoever walks through it. */
const MOST_LEVELS = 32;

interface Unstorable {
  pointer: string;
  message: string;
}

/** What the database can't keep (NUL, halves of surrogate pairs, endless nesting) is refused before anything is done with it. */
function requireStorableText(request: FastifyRequest): void {
  const { body, query, params, headers } = request;
  const found = findUnstorable(body, '') ?? findUnstorable(query, '?') ?? findUnstorable(params, '{}')
    ?? findUnstorable(headers['idempotency-key'], 'header idempotency-key');
  if (found !== undefined) throw new DomainError('invalid_request', 'Text must be Unicode without NUL, and nothing nested without end.', { errors: [found] });
}

function findUnstorable(value: unknown, pointer: string, levels = MOST_LEVELS): Unstorable | undefined {
  if (typeof value === 'string') {
    const isStorable = !value.includes('\0') && value.isWellFormed();
    return isStorable ? undefined : { pointer: pointer || '/', message: 'has a character that can not be kept' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return { pointer, message: 'is nested too deeply' };
  for (const [name, inner] of Object.entries(value)) {
    const found = findUnstorable(name, `${pointer}/`) ?? findUnstorable(inner, `${pointer}/${name}`, levels - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
