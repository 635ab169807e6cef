/** The two validators of requests: bodies must have the very types that are documented; words in a path or a query are read as the type that is asked for. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/errors/index.ts';

const addFormats = formats.default;

export function useStrictValidation(app: FastifyInstance): void {
  const options = { allErrors: true, strict: false, removeAdditional: false, useDefaults: false, allowUnionTypes: true } as const;
  const exact = addFormats(new Ajv({ ...options, coerceTypes: false }));
  const fromText = addFormats(new Ajv({ ...options, coerceTypes: true }));
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const validate = (httpPart === 'body' ? exact : fromText).compile(schema as object);
    return (data: unknown) => (validate(data) ? { value: data } : { error: significant(validate) as never });
  });
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.addHook('preValidation', (request, _reply, done) => {
    requireStorableText(request);
    done();
  });
}

/** Of a value that fits none of several forms, every form complains; the summary of it says nothing new. */
function significant(validate: ValidateFunction): ErrorObject[] {
  const errors = validate.errors ?? [];
  const specific = errors.filter((error) => error.keyword !== 'anyOf' && error.keyword !== 'oneOf');
  return specific.length > 0 ? specific : errors;
}

/** Text that the database can't keep (NUL, halves of surrogate pairs) is refused before anything is done with it. */
function requireStorableText(request: FastifyRequest): void {
  const pointer = findUnstorable(request.body, '') ?? findUnstorable(request.query, '?') ?? findUnstorable(request.params, '{}')
    ?? findUnstorable(request.headers['idempotency-key'], 'header idempotency-key');
  if (pointer !== undefined) throw new DomainError(
    'invalid_request', 'Text must be Unicode without NUL.', { errors: [{ pointer, message: 'has a character that can not be kept' }] },
  );
}

function findUnstorable(value: unknown, pointer: string): string | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? pointer || '/' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = findUnstorable(name, `${pointer}/`) ?? findUnstorable(inner, `${pointer}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
