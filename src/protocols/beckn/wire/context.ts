/** The context of a message: read as it comes, written as it should be. */
import { Ajv, type ValidateFunction } from 'ajv';
import Type from 'typebox';
import type { EpochMs } from '../../../platform/clock/index.ts';
import { Refused } from '../refusal.ts';
import { plainAction } from './actions.ts';
import { generationOf, isFields, type Fields, type Generation } from './generation.ts';
import { formatDuration, formatMoment, isAbsolute, parseDuration, parseMoment } from './times.ts';

/** What of a context is used; everything else of it is kept in `raw`. */
export interface MessageContext {
  generation: Generation;
  /** in our spelling (`catalog_publish`) */
  action: string;
  version: string;
  domain?: string;
  bapId?: string;
  bapUri?: string;
  bppId?: string;
  bppUri?: string;
  transactionId: string;
  messageId: string;
  /** undefined where none was sent, or one without an offset: that is no instant */
  sentAt?: EpochMs;
  /** when the sender stops waiting; undefined where that can't be told */
  expiresAt?: EpochMs;
  raw: Fields;
}

const Id = Type.String({ minLength: 1, maxLength: 255 });
const Text = Type.Optional(Type.String({ maxLength: 2_048 }));
/** Of what is not there, only what no answer could do without is missed. */
const SnakeCase = Type.Object({
  action: Type.String({ minLength: 1, maxLength: 60 }), version: Text, domain: Text, bap_id: Text, bap_uri: Text, bpp_id: Text, bpp_uri: Text,
  transaction_id: Id, message_id: Id, timestamp: Text, ttl: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Null()])),
});
const CamelCase = Type.Object({
  action: Type.String({ minLength: 1, maxLength: 60 }), version: Text, bapId: Text, bapUri: Text, bppId: Text, bppUri: Text,
  transactionId: Id, messageId: Id, timestamp: Text, ttl: Text,
});

const ajv = new Ajv({ strict: false });
const isSnakeCase = ajv.compile(SnakeCase);
const isCamelCase = ajv.compile(CamelCase);

const NAMES = {
  bapId: 'bap_id', bapUri: 'bap_uri', bppId: 'bpp_id', bppUri: 'bpp_uri', transactionId: 'transaction_id', messageId: 'message_id',
} as const;
type Name = keyof typeof NAMES;

const nameIn = (generation: Generation, name: Name): string => (generation === 'D' ? name : NAMES[name]);

/** Throws `context_missing`, `version_unsupported` or `context_invalid`. */
export function parseContext(body: Fields): MessageContext {
  const raw = body.context;
  if (!isFields(raw)) throw new Refused('context_missing', 'The message has no context.', '/context');
  const generation = generationOf(body);
  if (generation === undefined) throw new Refused('version_unsupported', 'The version of the message is not one of 1.1.x and 2.0.x.', '/context/version');
  requireShape(raw, generation === 'D' ? isCamelCase : isSnakeCase);
  const of = (name: Name): string | undefined => textOf(raw[nameIn(generation, name)]);
  const required = (name: Name): string => {
    const path = `/context/${nameIn(generation, name)}`;
    const text = of(name);
    if (text === undefined) throw new Refused('context_missing', `${path} is missing.`, path);
    return text;
  };
  const timestamp = textOf(raw.timestamp);
  const sentAt = timestamp === undefined ? undefined : parseMoment(timestamp);
  if (timestamp !== undefined && sentAt === undefined) throw invalid('timestamp', 'is no time');
  const ttl = textOf(raw.ttl);
  const ttlMs = ttl === undefined ? undefined : parseDuration(ttl, sentAt);
  if (ttl !== undefined && ttlMs === undefined) throw invalid('ttl', 'is no duration of ISO 8601');
  const instant = timestamp !== undefined && isAbsolute(timestamp) ? sentAt : undefined;
  return {
    generation, raw, action: plainAction(raw.action as string), version: textOf(raw.version) ?? '2.0.0', domain: textOf(raw.domain),
    bapId: of('bapId'), bapUri: of('bapUri'), bppId: of('bppId'), bppUri: of('bppUri'), transactionId: required('transactionId'), messageId: required('messageId'),
    sentAt: instant, expiresAt: instant === undefined || ttlMs === undefined ? undefined : instant + ttlMs,
  };
}

function requireShape(raw: Fields, isValid: ValidateFunction): void {
  if (isValid(raw)) return;
  const [error] = isValid.errors!;
  const missing = error!.keyword === 'required' ? `/${(error!.params as { missingProperty: string }).missingProperty}` : '';
  const path = `/context${error!.instancePath}${missing}`;
  throw new Refused(missing === '' ? 'context_invalid' : 'context_missing', missing === '' ? `${path} ${error!.message ?? 'is not valid'}.` : `${path} is missing.`, path);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);
const invalid = (field: string, why: string): Refused => new Refused('context_invalid', `/context/${field} ${why}.`, `/context/${field}`);

/** How long what we send holds. */
const OUR_TTL_MS = 30_000;

export interface NewContext {
  generation: Generation;
  action: string;
  version: string;
  domain?: string;
  bapId?: string;
  bapUri?: string;
  bppId?: string;
  bppUri?: string;
  transactionId: string;
  messageId: string;
  now: EpochMs;
  ttlMs?: number;
  /** fields beside (location, network_id, schema_context) */
  more?: Fields;
}

/** A context as its generation publishes it. */
export function writeContext(context: NewContext): Fields {
  const { generation, now, ttlMs = OUR_TTL_MS, more = {} } = context;
  const written: Fields = { ...more, action: context.action, version: context.version, ...(context.domain === undefined ? {} : { domain: context.domain }) };
  for (const name of Object.keys(NAMES) as Name[]) if (context[name] !== undefined) written[nameIn(generation, name)] = context[name];
  return { ...written, timestamp: formatMoment(now), ttl: formatDuration(ttlMs) };
}

/** Fields of a request's context that its answer repeats, where they are what they should be. */
export function repeatedFields({ generation, raw }: MessageContext): Fields {
  const isText = (value: unknown): value is string => typeof value === 'string';
  const lists = (generation === 'D' ? [] : ['network_id', 'schema_context']).filter((name) => Array.isArray(raw[name]) && raw[name].every(isText));
  const location = isFields(raw.location) ? { location: raw.location } : {};
  return { ...location, ...Object.fromEntries(lists.map((name) => [name, raw[name]])), ...(generation === 'D' && isText(raw.networkId) ? { networkId: raw.networkId } : {}) };
}
