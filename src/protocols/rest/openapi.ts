/** What the OpenAPI document says differently than the routes' schemas alone would. */
import { ProblemSchema } from './schemas/common.ts';

interface Schema {
  type?: unknown;
  anyOf?: Schema[];
  [keyword: string]: unknown;
}
type Content = Record<string, { schema: Schema }>;
interface Operation {
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content; $ref?: string }>;
}
interface Document {
  components?: { schemas?: object; responses?: object };
  paths?: Record<string, Record<string, Operation>>;
}

const isNull = (schema: Schema): boolean => schema.type === 'null';

/**
 * Makes a body optional where null would do, and says once what a problem is, with its own media type.
 *
 * @param document as it was generated; it is changed in place
 */
export function finishDocument<T extends object>(document: T): T {
  const { components = {}, paths = {} } = document as Document;
  const problem = { description: 'a refusal', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  components.schemas = { ...components.schemas, Problem: ProblemSchema };
  components.responses = { ...components.responses, Problem: problem };
  for (const { requestBody, responses } of Object.values(paths).flatMap((item) => Object.values(item))) {
    if (responses['4XX']) responses['4XX'] = { $ref: '#/components/responses/Problem' } as Operation['responses'][string];
    const media = requestBody?.content['application/json'];
    if (requestBody && media?.schema.anyOf?.some(isNull)) requestBody.required = false;
  }
  return document;
}
