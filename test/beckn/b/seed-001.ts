/**
 * The messages of seed 001: the form of each of its requests (with words and ids of ours), and the names of the fields of its answers. With `SEED_001` (the file of
 * the document) they are read from the document itself, so that its very messages are sent, and its very answers asked for.
 */
import { readFileSync } from 'node:fs';
import type { Json } from '../../support/api.ts';
import { missingPaths, pathsOf } from '../paths.ts';

interface Shown {
  [name: string]: 1 | Shown;
}

/** The paths of what is shown; a list's name ends with `[]`. */
function pathsShown(shown: Shown, path = ''): string[] {
  return Object.entries(shown).flatMap(([name, inner]) => (inner === 1 ? [`${path}/${name}`] : pathsShown(inner, `${path}/${name}`)));
}

const { context, answers } = JSON.parse(readFileSync(new URL('seed-fields.json', import.meta.url), 'utf8')) as { context: Shown; answers: Record<string, Shown> };

/** Blocks of JSON in the document, in its order; two of them have a comma too many. */
const documentBlocks: Json[] | undefined = process.env.SEED_001 === undefined ? undefined
  : [...readFileSync(process.env.SEED_001, 'utf8').matchAll(/```json\n(.*?)```/gs)].map(([, text]) => JSON.parse(text!.replaceAll(/,(\s*[}\]])/g, '$1')));

const REQUESTS = { discover: 2, select: 4, 'select by measure': 5, init: 7, confirm: 10, update: 12, track: 14 } as const;
const FILES: Record<keyof typeof REQUESTS, string> = {
  discover: '00-discover', select: '01-select', 'select by measure': '02-select', init: '03-init', confirm: '04-confirm', update: '05-update', track: '06-track',
};
const ANSWERS: Record<string, number> = {
  'on_discover': 3, 'on_select': 6, 'on_init': 8, 'on_status paid': 9, 'on_confirm': 11, 'on_update started': 13, 'telemetry': 15, 'on_track': 16,
  'on_status interrupted': 17, 'on_update ended': 18,
};

/** A request as the seed has it. */
export function seedRequest(name: keyof typeof REQUESTS): Json {
  return structuredClone(documentBlocks?.[REQUESTS[name]] ?? JSON.parse(readFileSync(new URL(`seed-001/${FILES[name]}.json`, import.meta.url), 'utf8')));
}

function answerPaths(name: string): string[] {
  if (!documentBlocks) return pathsShown(answers[name]!);
  const { context: _, ...body } = documentBlocks[ANSWERS[name]!];
  return pathsOf(body);
}

/** What the seed shows and we do not, each with its reason in docs/beckn-seeds.md. */
const LEFT_OUT: Record<string, readonly string[]> = {
  'on_discover': ['/catalogs[]/beckn:items[]/beckn:rating/@type', '/catalogs[]/beckn:items[]/beckn:rating/beckn:ratingValue',
    '/catalogs[]/beckn:items[]/beckn:rating/beckn:ratingCount'],
  'on_track': ['/message/order/beckn:orderAttributes/fulfillment-details/real-time-data/connector-temperature'],
  'telemetry': ['/beckn:totalCost/beckn:excludingTax/schema:price', '/beckn:totalCost/beckn:excludingTax/schema:priceCurrency'],
  'on_status interrupted': ['/message/order/beckn:orderAttributes/provider-details/schema:image[]'],
};

/** What of the fields that the seed shows in this answer (or of its context) ours does not have; of `on_select`, `on_status paid`, …, or the telemetry. */
export function missingFields(name: string, answer: Json): string[] {
  const ofContext = name === 'telemetry' ? [] : pathsShown(context, '/context').filter((path) => path !== '/context/schema_context[]');
  return missingPaths([...answerPaths(name), ...ofContext], answer).filter((path) => !LEFT_OUT[name]?.includes(path));
}

/** The blocks of the document that are no whole message: what a NACK and an error look like. */
export const NACK_FIELDS = ['/message/ack/status', '/error/code', '/error/message'];
export const ERROR_FIELDS = ['/context/action', '/context/version', '/error/code', '/error/message'];
