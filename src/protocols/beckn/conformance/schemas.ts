/** The published schemas of A (core 1.1) and C (2.0 rc), read from where they lie: what goes out is held against them. The draft (B) has none. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { isFields, pathOfAction, type Fields, type Generation } from '../wire/index.ts';

/** Where each document lies below the folder, and the names by which others refer to it. */
const DOCUMENTS: Record<string, { path: string; names: string[] }> = {
  core: { path: 'v1.1/protocol-server/core_1.1.0.yaml', names: ['https://beckn.example/core_1.1.0.yaml'] },
  transaction: {
    path: 'v1.1/protocol-specifications/transaction.yaml',
    names: ['https://raw.githubusercontent.com/beckn/protocol-specifications/refs/heads/master/api/transaction/build/transaction.yaml'],
  },
  attributes: {
    path: 'v2-rc/protocol-specifications-v2-core-v2.0.0-rc/schema/core/v2/attributes.yaml',
    names: ['https://raw.githubusercontent.com/beckn/protocol-specifications-v2/refs/tags/core-2.0.0-rc-eos-release/schema/core/v2/attributes.yaml'],
  },
  candidate: { path: 'v2-rc/protocol-specifications-v2-core-v2.0.0-rc/api/beckn.yaml', names: ['https://beckn.example/2.0-rc.yaml'] },
};

export interface PublishedSchemas {
  /** What is wrong with a message by the schema of its action, one line each; undefined where there is no schema. */
  message(generation: Generation, action: string, body: unknown): string[] | undefined;
  /** The same of what is answered to one at once. */
  acknowledgement(generation: Generation, body: unknown): string[] | undefined;
}

/** @param folder that holds `v1.1/` and `v2-rc/` */
export async function openSchemas(folder: string): Promise<PublishedSchemas> {
  const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false, validateSchema: false, logger: false }));
  const documents: Record<string, Fields> = {};
  for (const [name, { path, names }] of Object.entries(DOCUMENTS)) {
    documents[name] = parse(await readFile(join(folder, path), 'utf8')) as Fields;
    for (const id of names) ajv.addSchema(documents[name], id);
  }
  const check = (document: string, pointer: string, body: unknown): string[] | undefined => {
    if (valueAt(documents[document]!, pointer) === undefined) return undefined;
    const validate = ajv.getSchema(`${DOCUMENTS[document]!.names[0]!}#${pointer}`)!;
    return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? 'is not valid'}`);
  };
  const content = 'content/application~1json/schema';
  return {
    message: (generation, action, body) => {
      if (generation === 'A') return check('core', `/paths/~1${action}/post/requestBody/${content}`, body);
      if (generation !== 'C') return undefined;
      const path = `/paths/~1beckn~1${pathOfAction(action).replaceAll('/', '~1')}`;
      return check('candidate', `${path}/post/requestBody/${content}`, body) ?? check('candidate', `${path}/get/requestBody/${content}`, body);
    },
    acknowledgement: (generation, body) => {
      if (generation === 'A') return check('core', `/paths/~1init/post/responses/default/${content}`, body);
      return generation === 'C' ? check('attributes', '/components/schemas/AckResponse', body) : undefined;
    },
  };
}

function valueAt(document: Fields, pointer: string): unknown {
  return pointer.split('/').slice(1).reduce<unknown>((value, name) => (isFields(value) ? value[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined), document);
}
