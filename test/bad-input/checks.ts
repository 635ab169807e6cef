/** What every refusal, and every answer, has to be. Returns what is wrong with it, so that a test can show all that is at once. */
import { ERRORS, type ErrorCode } from '../../src/platform/errors/index.ts';
import type { Json } from '../support/api.ts';
import type { Got } from './http.ts';
import { closed, compiler, operationsOf, type Operation, type Schema } from './openapi.ts';

export interface Checker {
  operations: Operation[];
  operation(id: string): Operation;
  /** Why it is no proper refusal; undefined when it is one. */
  refusal(got: Got, expected?: { status?: number; code?: ErrorCode }): string | undefined;
  /** Why it is not what the document promises of an operation that went well; undefined when it is. */
  success(operationId: string, got: Got): string | undefined;
  /** Neither a failure of ours nor an undocumented answer. */
  answer(operationId: string, got: Got): string | undefined;
  /** How many answers were held against the document so far. */
  counts: { refusals: number; successes: number };
}

const MEMBERS = ['type', 'title', 'status', 'detail', 'instance', 'code', 'doc_url', 'request_id'];

export function createChecker(document: Json): Checker {
  const operations = operationsOf(document);
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const compile = compiler(document);
  const closedSchemas = new Map<Schema, Schema>();
  const counts = { refusals: 0, successes: 0 };
  const operation = (id: string): Operation => {
    const found = byId.get(id);
    if (!found) throw new Error(`the document has no operation "${id}"`);
    return found;
  };
  const success = (id: string, got: Got): string | undefined => {
    const documented = operation(id).replies[String(got.status)];
    const reply = documented?.others.find(({ contentType }) => String(got.headers['content-type']).startsWith(contentType)) ?? documented;
    if (got.status >= 300 || !reply) return told(got, `is not a documented success of ${id}`);
    counts.successes += 1;
    if (!String(got.headers['content-type']).startsWith(reply.contentType)) return told(got, `has the type ${String(got.headers['content-type'])}`);
    const schema = closedSchemas.get(reply.schema) ?? closed(reply.schema);
    closedSchemas.set(reply.schema, schema);
    const validate = compile(schema);
    const content: unknown = reply.contentType === 'application/json' ? got.body : got.text;
    return validate(content) ? undefined : told(got, `is not as ${id} documents it: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
  };
  const refusal: Checker['refusal'] = (got, expected = {}) => {
    counts.refusals += 1;
    const { body } = got;
    if (got.status < 400 || got.status > 499) return told(got, 'is no refusal');
    if (expected.status !== undefined && got.status !== expected.status) return told(got, `should have the status ${expected.status}`);
    if (!/^application\/problem\+json(; charset=utf-8)?$/.test(String(got.headers['content-type']))) return told(got, `has the type ${String(got.headers['content-type'])}`);
    const missing = MEMBERS.filter((name) => body?.[name] === undefined || body[name] === '');
    if (missing.length > 0) return told(got, `lacks ${missing.join(', ')}`);
    const error = ERRORS[body.code as ErrorCode];
    if (!error) return told(got, `has the code "${body.code}", which is not in the catalogue`);
    if (expected.code !== undefined && body.code !== expected.code) return told(got, `should have the code ${expected.code}`);
    if (body.status !== got.status || body.title !== error.title) return told(got, 'has another status or title than its code');
    if (body.doc_url !== `/docs/errors#${body.code}` || body.type !== body.doc_url) return told(got, 'does not point to its documentation');
    if (body.request_id !== got.headers['x-request-id']) return told(got, 'has another request id than its header');
    if (!got.sent.path.startsWith(body.instance)) return told(got, `is about ${body.instance}`);
    if (got.status === 401 && got.headers['www-authenticate'] === undefined) return told(got, 'does not say how to authenticate');
    return undefined;
  };
  const answer: Checker['answer'] = (id, got) => {
    if (got.status < 400) return success(id, got);
    const broken = refusal(got);
    if (broken !== undefined) return broken;
    const validate = compile(operation(id).replies['4XX']!.schema);
    return validate(got.body) ? undefined : told(got, `is no problem as ${id} documents it: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
  };
  return { operations, operation, refusal, success, answer, counts };
}

function told(got: Got, what: string): string {
  const { method, path, body } = got.sent;
  const sentBody = body === undefined ? '' : ` with ${short(body.toString())}`;
  return `${got.status} to ${method} ${short(path)}${sentBody} ${what}; it reads ${short(got.text)}`;
}

function short(text: string): string {
  return JSON.stringify(text.length > 400 ? `${text.slice(0, 400)}…` : text);
}

/** What is wrong, of many. */
export function wrongs(found: readonly (string | undefined)[]): string[] {
  return found.filter((wrong) => wrong !== undefined);
}
