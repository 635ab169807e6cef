import type {
  CertificateRequest, CommandInput, FrameLog, LocalList, StationCommand, StationFrame, StationVariable,
} from '../../../domain/chargers/index.ts';
import { parseInstant } from '../times.ts';
import type { Encoding } from './encoding.ts';

/** Parameters that are instants, wherever they stand. */
const TIMES = new Set(['expires', 'retrieve', 'install', 'start', 'end', 'valid_from', 'valid_to']);

/** The parameters of a command as callers write them, to the domain's names and instants. */
export function decodeParameters(body: Record<string, unknown>): CommandInput {
  return decoded(body, '') as CommandInput;
}

function decoded(value: unknown, pointer: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown, i) => decoded(item, `${pointer}/${i}`));
  return Object.fromEntries(Object.entries(value).map(([name, inner]: [string, unknown]) => (
    [camel(name), TIMES.has(name) ? parseInstant(inner as string | number, `${pointer}/${name}`) : decoded(inner, `${pointer}/${name}`)])));
}

export function encodeParameters({ target: _, certificateRequestId: __, ...parameters }: StationCommand['parameters'], encoding: Encoding): Record<string, unknown> {
  return encoded(parameters, encoding) as Record<string, unknown>;
}

function encoded(value: unknown, encoding: Encoding): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => encoded(item, encoding));
  return Object.fromEntries(Object.entries(value).map(([key, inner]: [string, unknown]) => {
    const name = snake(key);
    return [name, TIMES.has(name) ? encoding.time(inner as number) : encoded(inner, encoding)];
  }));
}

const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export function encodeLocalList(l: LocalList, encoding: Encoding) {
  return {
    object: 'station_local_list', charging_station: l.stationId, list_version: l.version, is_known: l.isKnown, tokens: encoded(l.tokens, encoding),
    updated: encoding.timeOrNull(l.updatedAt),
  };
}

export function encodeVariable(v: StationVariable, { time }: Encoding) {
  return {
    id: v.id, object: 'station_variable', charging_station: v.stationId, component: v.component, variable: v.variable, attributes: v.variableAttribute,
    characteristics: v.variableCharacteristics ?? null, reported: time(v.reportedAt),
  };
}

export function encodeCertificateRequest(r: CertificateRequest, { time, timeOrNull }: Encoding) {
  return {
    id: r.id, object: 'certificate_request', charging_station: r.stationId, csr: r.csr, use: r.use, status: r.status, received: time(r.receivedAt),
    finished: timeOrNull(r.finishedAt),
  };
}

export function encodeFrameLog(l: FrameLog, { timeOrNull }: Encoding) {
  return { object: 'station_frame_log', charging_station: l.stationId, enabled: l.enabled, until: timeOrNull(l.until), updated: timeOrNull(l.updatedAt) };
}

export function encodeFrame(f: StationFrame, { time }: Encoding) {
  return { id: f.id, object: 'station_frame', charging_station: f.stationId, direction: f.direction, frame: f.frame, at: time(f.at) };
}
