/**
 * The generations of the wire, and how a message tells which is its own:
 *
 * | A | 1.1 | `search`, lists of tags | seed 000, core 1.1 |
 * | B | 2.0 draft | `beckn:state`, kebab-case attributes, discovery beside `context` | seed 001 |
 * | C | 2.0 rc | `message.order`, `beckn:orderStatus`, `beckn.one:` | the published rc, UBC |
 * | D | 2.0 LTS | camelCase context, `message.contract` | told apart, not spoken yet |
 *
 * B, C and D all say version 2.0.0, so the shape decides.
 */
export const GENERATIONS = ['A', 'B', 'C', 'D'] as const;
export type Generation = typeof GENERATIONS[number];

/** What is answered; D has its place in every table and no handlers. */
export const SPOKEN: readonly Generation[] = ['A', 'B', 'C'];

export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const CAMEL_CASE = ['bapId', 'bppId', 'transactionId', 'messageId', 'networkId'];
/** What the draft has beside its context, and the published versions in the message. */
const BESIDE_CONTEXT = ['text_search', 'filters', 'catalogs', 'pagination', 'spatial'];

/** The generation of a message, as far as it can be told; undefined where neither version nor shape is known. */
export function generationOf(body: Fields): Generation | undefined {
  const context = isFields(body.context) ? body.context : {};
  if (CAMEL_CASE.some((name) => name in context)) return 'D';
  const { version } = context;
  if (typeof version !== 'string') return undefined;
  if (/^1\.1(\.\d+)?$/.test(version)) return 'A';
  return /^2\.0(\.\d+)?$/.test(version) ? draftOrCandidate(body, context) : undefined;
}

function draftOrCandidate(body: Fields, context: Fields): Generation {
  const message = isFields(body.message) ? body.message : {};
  const order = isFields(message.order) ? message.order : {};
  if (BESIDE_CONTEXT.some((name) => name in body) || 'beckn:state' in order) return 'B';
  if ('beckn:orderStatus' in order) return 'C';
  const domain = typeof context.domain === 'string' ? context.domain : '';
  return domain.startsWith('deg:') ? 'B' : 'C';
}

/** The same from the beginning of a message that is too long to be read: enough to be refused in a form that its sender reads. */
export function generationOfText(start: string): Generation {
  if (/"(bapId|transactionId|messageId)"\s*:/.test(start)) return 'D';
  if (!/"version"\s*:\s*"2\./.test(start)) return 'A';
  return /"beckn:state"|"domain"\s*:\s*"deg:/.test(start) ? 'B' : 'C';
}
