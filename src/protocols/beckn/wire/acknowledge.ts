/** ACK and NACK: written in the form of each generation, read in every form that is about. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import { isFields, type Fields, type Generation } from './generation.ts';
import { formatMoment } from './times.ts';

/** An error as it stands in messages. */
export interface WireError {
  code: string;
  message: string;
  /** JSON Pointer to what is wrong */
  path?: string;
}

/** An error in the fields of its generation; the draft writes codes as numbers. */
export function writeError(generation: Generation, { code, message, path }: WireError): Fields {
  if (generation === 'A') return { code, message, ...(path === undefined ? {} : { paths: path }) };
  if (generation === 'B') return { code: /^\d+$/.test(code) ? Number(code) : code, message, ...(path === undefined ? {} : { paths: path }) };
  return { code, message, ...(path === undefined ? {} : { details: { path } }) };
}

/** `flat` is the published form of the candidate (C); `message` is what networks in production (UBC, behind ONIX) answer. */
export type CandidateForm = 'flat' | 'message';

export interface Acknowledged {
  generation: Generation;
  transactionId?: string;
  messageId?: string;
  now: EpochMs;
  candidateForm?: CandidateForm;
}

/** The body that answers a message; with an error it is a NACK. */
export function writeAcknowledgement(of: Acknowledged, error?: WireError): Fields {
  const { generation, now, transactionId = '', messageId, candidateForm = 'flat' } = of;
  const status = error ? 'NACK' : 'ACK';
  const told = error ? { error: writeError(generation, error) } : {};
  if (generation === 'C' && candidateForm === 'flat') return { transaction_id: transactionId, timestamp: formatMoment(now), ack_status: status, ...told };
  if (generation === 'D') return { message: { status, ...(messageId === undefined ? {} : { messageId }), ...told } };
  return { message: { ack: { status } }, ...told };
}

export interface ReadAcknowledgement {
  isAck: boolean;
  error?: WireError;
}

/** What an answer says, in whichever form: 2xx is an ACK unless the body says NACK; everything else is none. */
export function readAcknowledgement(httpStatus: number, text: string): ReadAcknowledgement {
  const body = objectOf(text);
  const message = isFields(body.message) ? body.message : {};
  const ack = isFields(message.ack) ? message.ack : {};
  const said = [body.ack_status, ack.status, message.status, body.status].find((value) => value === 'ACK' || value === 'NACK');
  const error = [body.error, message.error].find((value) => isFields(value) && Object.keys(value).length > 0) as Fields | undefined;
  const isAck = httpStatus >= 200 && httpStatus < 300 && said !== 'NACK' && (said === 'ACK' || error === undefined);
  if (isAck) return { isAck };
  return { isAck, error: { code: asText(error?.code ?? error?.errorCode, String(httpStatus)), message: asText(error?.message ?? error?.errorMessage,
    'Refused without a reason.') } };
}

function objectOf(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

const asText = (value: unknown, fallback: string): string => (typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 500) : fallback);
