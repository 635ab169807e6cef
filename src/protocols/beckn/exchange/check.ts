/** Holds messages against the schemas of their handlers. */
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { TSchema } from 'typebox';
import { Refused } from '../refusal.ts';
import type { Fields } from '../wire/index.ts';

const ajv = formats.default(new Ajv({ strict: false, allowUnionTypes: true }));
const compiled = new WeakMap<TSchema, ValidateFunction>();

/** Throws `message_invalid` with the place of what is wrong. */
export function requireFits(schema: TSchema, body: Fields): void {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  if (validate(body)) return;
  const [error] = validate.errors!;
  const path = error!.instancePath || '/';
  throw new Refused('message_invalid', `${path} ${error!.message ?? 'is not valid'}.`, path);
}
