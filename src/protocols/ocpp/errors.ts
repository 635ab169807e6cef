/** OCPP-J's error codes, and which of them says what is wrong with a payload (OCPP-6). */
import type { OcppVersion } from './version.ts';

export type OcppErrorCode =
  | 'NotImplemented' | 'NotSupported' | 'InternalError' | 'ProtocolError' | 'SecurityError' | 'FormatViolation' | 'FormationViolation' | 'PropertyConstraintViolation'
  | 'OccurrenceConstraintViolation' | 'TypeConstraintViolation' | 'GenericError' | 'RpcFrameworkError' | 'MessageTypeNotSupported';

/** What a handler throws to have a station answered with an error. */
export class OcppError extends Error {
  override readonly name = 'OcppError';
  readonly code: OcppErrorCode;
  constructor(code: OcppErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a JSON schema found wrong. */
export interface SchemaError {
  keyword: string;
  /** where, as a JSON pointer */
  instancePath: string;
  message?: string;
}

const BY_KEYWORD: Record<string, OcppErrorCode> = {
  type: 'TypeConstraintViolation', required: 'OccurrenceConstraintViolation', minItems: 'OccurrenceConstraintViolation', maxItems: 'OccurrenceConstraintViolation',
  minProperties: 'OccurrenceConstraintViolation', maxProperties: 'OccurrenceConstraintViolation', additionalProperties: 'FormatViolation',
};

/** The code for a payload that breaks its schema: what is no object, or has fields that the message has not, is malformed; all else is a value that can't be. */
export function codeOfSchemaError({ keyword, instancePath }: SchemaError): OcppErrorCode {
  if (keyword === 'type' && instancePath === '') return 'FormatViolation';
  return BY_KEYWORD[keyword] ?? 'PropertyConstraintViolation';
}

/** 1.6 calls a malformed payload by another name, and has no codes for what is wrong with a frame. */
const IN_1_6: Partial<Record<OcppErrorCode, OcppErrorCode>> = {
  FormatViolation: 'FormationViolation', RpcFrameworkError: 'FormationViolation', MessageTypeNotSupported: 'NotSupported',
};

export function codeIn(version: OcppVersion, code: OcppErrorCode): OcppErrorCode {
  return version === 'ocpp1.6' ? IN_1_6[code] ?? code : code;
}
