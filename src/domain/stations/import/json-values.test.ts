import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.ts';
import { jsonValues } from './json-values.ts';
import { bytesOf, collect } from './samples.ts';

const read = (text: string, chunkBytes = 7) => collect(jsonValues(bytesOf(text, chunkBytes)));
const values = async (text: string) => (await read(text)).map((item) => item.value ?? item.refused?.reason);

describe('JSON values', () => {
  it.each([
    ['an array', '[{"id":1},{"id":2,"data":[1,2]},3]', [{ id: 1 }, { id: 2, data: [1, 2] }, 3]],
    ['an envelope', '{"status_code":1000,"data":[{"id":1},{"id":2,"evses":[{"a":[]}]}],"timestamp":"x"}', [{ id: 1 }, { id: 2, evses: [{ a: [] }] }]],
    ['an envelope with other lists', '{"links":[1],"meta":{"data":[9]},"data":[{"id":1}]}', [{ id: 1 }]],
    ['one object', '{"id":1,"evses":[{"uid":"a"}],"x":{"data":[1]}}', [{ id: 1, evses: [{ uid: 'a' }], x: { data: [1] } }]],
    ['a pretty object', '{\n  "id": 1,\n  "name": "x"\n}\n', [{ id: 1, name: 'x' }]],
    ['objects one after another', '{\n"id":1\n}\n{\n"id":2}', [{ id: 1 }, { id: 2 }]],
    ['JSON lines', '{"id":1}\n\n{"id":2}\r\n{"id":3}', [{ id: 1 }, { id: 2 }, { id: 3 }]],
    ['an empty array', ' [ ] ', []],
    ['an empty envelope', '{"data":[]}', []],
    ['a byte-order mark', '\ufeff[{"id":"ü"}]', [{ id: 'ü' }]],
    ['a dangerous key', '[{"__proto__":{"id":1}}]', [JSON.parse('{"__proto__":{"id":1}}')]],
  ])('reads %s', async (_, text, expected) => {
    expect(await values(text)).toEqual(expected);
  });

  it('IMP-1: a broken line of JSON lines is refused, its neighbours are read', async () => {
    expect(await read('{"id":1}\n{"id":\n{"id":3}\n')).toEqual([
      { value: { id: 1 }, line: 1 },
      { refused: { reason: 'malformed_json', detail: expect.any(String) }, line: 2 },
      { value: { id: 3 }, line: 3 },
    ]);
    expect(await values('{"id":oops}\n{"id":2}\n')).toEqual(['malformed_json', { id: 2 }]);
  });

  it('an array that breaks off ends with one refusal that says so', async () => {
    const items = Array.from({ length: 2_000 }, (_, id) => JSON.stringify({ id }));
    const found = await values(`[${items.join(',')},{"id":`);
    expect(found.slice(0, 2_000)).toEqual(items.map((item) => JSON.parse(item)));
    expect(found.slice(2_000)).toEqual(['malformed_json']);
    expect((await values(`[${items.join(',')},oops]`)).at(-1)).toBe('malformed_json');
  });

  it('a record that never ends is given up before it fills the memory', async () => {
    async function* endless() {
      yield Buffer.from('[{"id":1},{"name":"');
      for (let at = 0; at < 400; at++) yield Buffer.alloc(64 * 1024, 'x');
    }
    expect((await collect(jsonValues(endless()))).map((item) => item.value ?? item.refused?.reason)).toEqual([{ id: 1 }, 'record_too_large']);
  });

  it('IMP-1: what is no JSON is an error', async () => {
    for (const text of ['', '   ', 'id,name\n1,2\n', '<html></html>', '{"id":', '\u0000\u0001', 'nul']) {
      await expect(read(text), text).rejects.toBeInstanceOf(DomainError);
    }
  });
});
