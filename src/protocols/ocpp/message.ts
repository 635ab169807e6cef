/** How a message of a station is handled: a function of the context, the connection and the payload that gives the answer. */
import type { Link } from '../../domain/chargers/index.ts';
import type { Context } from '../../domain/organisations/index.ts';
import type { IncomingReading } from '../../domain/sessions/index.ts';
import type { EpochMs } from '../../platform/clock/index.ts';
import { OcppError } from './errors.ts';
import type { OcppVersion } from './version.ts';

export interface Sender {
  link: Link;
  version: OcppVersion;
  heartbeatSeconds: number;
}

export type Payload = Record<string, unknown>;

/** Runs in one transaction, which only the newest connection of the station gets; what is thrown undoes all of it. */
export type Handler = (ctx: Context, sender: Sender, payload: Payload) => Promise<object> | object;

/** What a message is that tells readings alone: they go the short way, in batches. Undefined where it tells more, or may: then it is handled like others. */
export type ReadingsOf = (sender: Sender, payload: Payload) => IncomingReading[] | undefined;

/** Nothing in OCPP lies deeper. */
const MOST_LEVELS = 24;

/** The payload as the database can keep it: without NUL and halves of surrogate pairs. Throws FormatViolation for what is nested without end. */
export function storable<T>(value: T, levels = MOST_LEVELS): T {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed() as T;
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) throw new OcppError('FormatViolation', 'The payload is nested too deeply');
  if (Array.isArray(value)) return value.map((item: unknown) => storable(item, levels - 1)) as T;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [storable(name), storable(inner, levels - 1)])) as T;
}

/** When the station says that it happened, by its own clock, which may be in 1970; undefined where it does not say, or nothing that is a time. */
export function timeOf({ timestamp, generatedAt }: Payload): EpochMs | undefined {
  const said = timestamp ?? generatedAt;
  const at = typeof said === 'string' ? Date.parse(said) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
