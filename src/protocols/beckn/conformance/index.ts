/**
 * Holds the wire against what others made: vectors, examples and schemas, read from where they lie. Examples must be told apart
 * and taken; what we send must pass its generation's schema.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { bodyOf } from '../exchange/index.ts';
import { generationOf, hasAction, parseBody, parseContext, plainAction, writeAcknowledgement, writeContext, type Fields, type Generation } from '../wire/index.ts';
import type { Check } from './check.ts';
import { openSchemas, type PublishedSchemas } from './schemas.ts';
import { checkVectors } from './vectors.ts';

export { openSchemas, type PublishedSchemas } from './schemas.ts';

/** Sets of examples, and the generation that theirs must be told to be. */
const EXAMPLES: { path: string; generation: Generation; name: RegExp }[] = [
  { path: 'seed-repaired', generation: 'A', name: /^seed_v1_/ },
  { path: 'seed-repaired', generation: 'B', name: /^seed_v2_/ },
  { path: 'v1.1/beckn-missions-uei/DEG2.0-examples-ev-charging', generation: 'A', name: /\.json$/ },
  { path: 'v2-rc/beckn-DEG/examples-ev-charging-v2', generation: 'C', name: /\.json$/ },
  { path: 'v2-rc/bhim-ubc-tsd/Example-schemas', generation: 'C', name: /\.json$/ },
];
/** What the seeds show of a message: no context, or one of an action alone. */
const FRAGMENTS = ['seed_v1_03_select.json', 'seed_v2_00_x.json', 'seed_v2_01_on_select.json', 'seed_v2_15_x.json'];

/** @param folder `beckn` */
export async function checkBeckn(folder: string): Promise<Check[]> {
  const schemas = await openSchemas(folder);
  const checks = existsSync(join(folder, 'signing/vectors.json')) ? await checkVectors(join(folder, 'signing/vectors.json')) : [];
  for (const set of EXAMPLES) checks.push(...await checkExamples(folder, set, schemas));
  return [...checks, ...outgoing(schemas)];
}

async function checkExamples(folder: string, { path, generation, name }: typeof EXAMPLES[number], schemas: PublishedSchemas): Promise<Check[]> {
  const entries = await readdir(join(folder, path), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && name.test(entry.name)).map((entry) => join(entry.parentPath, entry.name)).sort();
  return Promise.all(files.map(async (file): Promise<Check> => {
    const label = `beckn/${relative(folder, file)}`;
    try {
      const body = parseBody(await readFile(file));
      if (FRAGMENTS.some((fragment) => file.endsWith(fragment))) return { name: label, passed: true, detail: 'a fragment, read' };
      const context = parseContext(body);
      const isKnown = context.generation === generation && hasAction(generation, context.action);
      const wrong = schemas.message(generation, context.action, body);
      const verdict = wrong === undefined ? 'no schema' : wrong.length === 0 ? 'passes its schema' : `by its schema ${wrong[0]!}`;
      return { name: label, passed: isKnown, detail: `${context.generation} ${context.action}; ${verdict}` };
    } catch (error) {
      return { name: label, passed: false, detail: (error as Error).message };
    }
  }));
}

const ID = '6743e9e2-4fb5-487c-92b7-13ba8018f176';

/** What the wire itself writes: acknowledgements, and contexts and errors of callbacks. */
function outgoing(schemas: PublishedSchemas): Check[] {
  const error = { code: '30004', message: 'No such item.', path: '/message/order/items/0/id' };
  const of = { transactionId: ID, messageId: ID, now: 1_790_000_000_000 };
  const acknowledgements = (['A', 'C'] as const).flatMap((generation) => ([['ACK', undefined], ['NACK', error]] as const).map(([word, wrong]) => (
    judged(`${word} of ${generation}`, schemas.acknowledgement(generation, writeAcknowledgement({ ...of, generation }, wrong))))));
  const callbacks = ['on_search', 'on_select', 'on_init', 'on_confirm', 'on_status', 'on_track', 'on_update', 'on_cancel', 'on_rating', 'on_support'];
  return [
    ...acknowledgements,
    ...callbacks.map((action) => judged(`error in ${action} of A`, schemas.message('A', action, bodyOf('A', action, contextOf('A', action), { body: {}, error })))),
    ...['on_discover', 'on_catalog_publish'].map((action) => judged(`error in ${action} of C`, schemas.message('C', action, bodyOf('C', action, contextOf('C', action),
      { body: {}, error })))),
    ...['B', 'C'].map((generation) => {
      const context = contextOf(generation as Generation, 'on_select');
      const told = generationOf({ context, message: {} });
      return { name: `beckn: context of ${generation}`, passed: told === generation && plainAction('on_select') === parseContext({ context }).action,
        detail: `told to be ${told ?? 'nothing'}` };
    }),
  ];
}

function contextOf(generation: Generation, action: string): Fields {
  const [version, domain] = generation === 'A' ? ['1.1.0', 'deg:ev-charging'] : ['2.0.0', generation === 'B' ? 'deg:ev-charging' : 'beckn.one:deg:ev-charging'];
  return writeContext({
    generation, action, version, domain, bapId: 'bap.example', bapUri: 'https://bap.example/beckn', bppId: 'bpp.example', bppUri: 'https://bpp.example/beckn',
    transactionId: ID, messageId: ID, now: 1_790_000_000_000,
  });
}

function judged(name: string, wrong: string[] | undefined): Check {
  return { name: `beckn: ${name}`, passed: wrong?.length === 0, detail: wrong === undefined ? 'there is no schema' : wrong.length === 0 ? 'passes its schema' : wrong.join('; ') };
}
