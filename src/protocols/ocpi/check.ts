import { Ajv } from 'ajv';
import type { Static, TSchema } from 'typebox';
import { DomainError, type FieldError } from '../../platform/errors/index.ts';

/**
 * Makes a check of what partners send: gives it back typed, or throws `invalid_request` with all that is wrong, where it lies
 * within `pointer`. Unknown fields are let pass, as OCPI asks.
 */
export function checked<S extends TSchema>(schema: S, what: string): (value: unknown, pointer: string) => Static<S> {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  return (value, pointer) => {
    if (validate(value)) return value as Static<S>;
    const errors = (validate.errors ?? []).map(({ instancePath, message, params }): FieldError => ({
      pointer: pointer + instancePath, message: 'allowedValues' in params ? `must be one of ${(params.allowedValues as string[]).join(', ')}` : (message ?? 'is not valid'),
    }));
    throw new DomainError('invalid_request', `That is no ${what} of OCPI 2.2.1.`, { errors });
  };
}
