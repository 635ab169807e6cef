/** Random bodies to everything that takes one: whatever comes, it is never our fault. */
import fc, { type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEmbedded } from '../support/databases.ts';
import { requestOf } from './cases.ts';
import { EXAMPLES } from './examples.ts';
import type { Got } from './http.ts';
import { isStream, type Schema } from './openapi.ts';
import { openWorld, type World } from './world.ts';

/** Set it to try others; the one of a run is in the title of its test. */
const SEED = Number(process.env.TEST_SEED ?? 20_270_330);
/** Some operations wait for a payment provider. */
const PATIENCE_MS = 120_000;
const RUNS_PER_OPERATION = Number(process.env.TEST_RUNS ?? 40);

let opened: World;
const world = () => opened;

describe('random input', () => {
  beforeAll(async () => {
    opened = await openWorld(await openTestEmbedded());
  });
  afterAll(() => opened.close());

  it(`never fails at random words in a query (TEST_SEED=${SEED})`, async () => {
    const { checker, send, keys } = world();
    for (const operation of checker.operations.filter((one) => one.method === 'GET' && !isStream(one))) {
      const [example] = await EXAMPLES[operation.id]!(world());
      const sent = requestOf(operation, { ...example, query: {} }, keys.ours);
      const names = operation.parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name);
      if (names.length === 0) continue;
      const known = Object.entries(example!.query ?? {});
      const word = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 20 }), fc.integer().map(String), fc.double().map(String),
        fc.constantFrom(...known.map(([, value]) => value!), ''),
      );
      const query = fc.array(fc.tuple(fc.constantFrom(...names), word), { maxLength: 6 });
      await fc.assert(fc.asyncProperty(query, async (words) => {
        const text = words.filter(([, value]) => value.isWellFormed()).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
        const got = await send({ ...sent, path: `${sent.path}?${text}` });
        expect(isFault(got) ? `${operation.id}?${text}: ${got.text}` : checker.answer(operation.id, got)).toBeUndefined();
      }), { seed: SEED, numRuns: Math.ceil(RUNS_PER_OPERATION / 4), endOnFailure: true });
    }
  });

  it(`never fails at random bodies (TEST_SEED=${SEED})`, async () => {
    const { checker, send, keys } = world();
    const operations = checker.operations.filter(({ method, body }) => body && ['POST', 'PATCH', 'PUT'].includes(method));
    expect(operations.length).toBeGreaterThanOrEqual(36);
    const statuses = new Map<number, number>();
    const prepared = []; // before anything is done to the objects that examples are made of
    for (const operation of operations) prepared.push({ operation, examples: await EXAMPLES[operation.id]!(world()) });
    for (const { operation, examples } of prepared) {
      const sent = requestOf(operation, examples[0]!, keys.ours);
      const bodies = fc.oneof(
        { arbitrary: valueOf(operation.body!.schema, world()), weight: 4 }, { arbitrary: changed(examples.map(({ body }) => body)), weight: 4 },
        { arbitrary: fc.jsonValue(), weight: 1 },
      );
      await fc.assert(fc.asyncProperty(bodies, async (body) => {
        const got = await send({ ...sent, headers: {}, body: JSON.stringify(body) });
        statuses.set(got.status, (statuses.get(got.status) ?? 0) + 1);
        expect(isFault(got) ? `${operation.id}: ${got.text} to ${JSON.stringify(body)}` : checker.answer(operation.id, got)).toBeUndefined();
      }), { seed: SEED, numRuns: RUNS_PER_OPERATION, endOnFailure: true });
    }
    // or else the bodies would be of one sort only
    expect([200, 201, 400].every((status) => (statuses.get(status) ?? 0) > 20), JSON.stringify([...statuses])).toBe(true);
  }, PATIENCE_MS);
});

function isFault({ status }: Got): boolean {
  return status >= 500;
}

/** A valid body in which something, somewhere, is something else, or missing. */
function changed(examples: readonly unknown[]): Arbitrary<unknown> {
  const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.integer(), fc.double(), fc.string({ unit: 'binary' }), fc.constant(undefined));
  return fc.tuple(fc.constantFrom(...examples), fc.array(fc.tuple(fc.nat(), anything), { minLength: 1, maxLength: 3 })).map(([example, changes]) => {
    const copy: unknown = structuredClone(example);
    for (const [at, value] of changes) changeSomewhere(copy, at, value);
    return copy ?? null;
  });
}

function changeSomewhere(value: unknown, at: number, replacement: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const names = Object.keys(value);
  if (names.length === 0) return;
  const fields = value as Record<string, unknown>;
  const name = names[at % names.length]!;
  const inner = fields[name];
  if (typeof inner === 'object' && inner !== null && at % 3 > 0) changeSomewhere(inner, Math.floor(at / names.length), replacement);
  else fields[name] = replacement;
}

/** What a schema lets pass, more or less: bounds are mostly kept, patterns are ids that are there. */
function valueOf(schema: Schema, known: World): Arbitrary<unknown> {
  const { anyOf, oneOf, type } = schema;
  const members: Schema[] | undefined = anyOf ?? oneOf;
  if (members) return fc.oneof(...members.map((member) => valueOf(member, known)));
  if (schema.enum) return fc.constantFrom(...schema.enum as unknown[]);
  if ('const' in schema) return fc.constant(schema.const);
  if (type === 'object') return objectOf(schema, known);
  if (type === 'array') return fc.array(valueOf(schema.items ?? {}, known), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 4, 4) });
  if (type === 'integer') return fc.oneof(
    fc.integer({ min: schema.minimum ?? -1000, max: Math.max(schema.minimum ?? -1000, schema.maximum ?? 1000) }), fc.constantFrom(0, 15, 30, 60),
  );
  if (type === 'number') return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'string') return textOf(schema, known);
  return fc.jsonValue({ maxDepth: 2 });
}

function objectOf(schema: Schema, known: World): Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema as { properties?: Record<string, Schema>; required?: string[]; additionalProperties?: Schema | boolean };
  if (typeof additionalProperties === 'object') return fc.dictionary(fc.string({ minLength: 1, maxLength: 40 }), valueOf(additionalProperties, known), { maxKeys: 5 });
  return fc.record(Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, valueOf(inner, known)])), { requiredKeys: required });
}

function textOf({ pattern, minLength = 0, maxLength = 50 }: Schema, { ours, make, receiverUrl }: World): Arbitrary<string> {
  const kind = /^\^([a-z]+)_\[/.exec(String(pattern))?.[1] as keyof typeof ours | undefined;
  if (kind !== undefined) return fc.constant(ours[kind]);
  if (maxLength === 40) return fc.oneof(fc.constant('CCS2'), fc.integer({ min: 0, max: 600 }).map((minutes) => make.slot().at(minutes))); // an instant, or a plug
  if (maxLength === 2000) return fc.constant(receiverUrl);
  if (pattern !== undefined) return fc.oneof(fc.stringMatching(new RegExp(String(pattern)), { size: 'xsmall' }), fc.string());
  return fc.oneof(fc.constantFrom('Europe/Berlin', 'reservation.*'), fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 100) }));
}
