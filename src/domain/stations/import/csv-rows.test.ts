import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.ts';
import { openTable } from './csv-rows.ts';
import { bytesOf, collect } from './samples.ts';

async function read(text: string, chunkBytes = 7, delimiter = ',') {
  const { columns, rows } = await openTable(bytesOf(text, chunkBytes), delimiter);
  return { columns, rows: await collect(rows) };
}

async function summary(text: string, chunkBytes = 7): Promise<string[]> {
  return (await read(text, chunkBytes)).rows.map((row) => `${row.line}:${row.refused?.reason ?? row.cells.join('|')}`);
}

describe('CSV rows', () => {
  it('IMP-3: reads LF, CR LF and CR, blank lines and line breaks within quotes, and knows the line', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['a,b', '1,x', '', '2,"y', 'z"', '3,"he said ""no"""', ''].join(end);
      expect(await summary(text), JSON.stringify(end)).toEqual(['2:1|x', `4:2|y${end}z`, '6:3|he said "no"']);
      expect(await summary(text, 1)).toEqual(await summary(text, 1_000));
    }
  });

  it('reads the last line without a line end, and other delimiters', async () => {
    expect(await read(' a ;b\n1;2', 7, ';')).toEqual({ columns: ['a', 'b'], rows: [{ line: 2, cells: ['1', '2'] }] });
  });

  it('IMP-2: a quote that is never closed costs one line only', async () => {
    const text = 'a,b\n1,x\n2,"broken\n3,y\n4,"fine, really"\n5,z\n';
    for (const chunkBytes of [1, 7, 1_000]) {
      expect(await summary(text, chunkBytes)).toEqual(['2:1|x', '3:malformed_row', '4:3|y', '5:4|fine, really', '6:5|z']);
    }
    expect(await summary('a,b\n1,"x\n2,y\n3,z')).toEqual(['2:malformed_row', '3:2|y', '4:3|z']);
  });

  it('IMP-2: a quote that is closed by the next line does not take that line with it', async () => {
    expect(await summary('a,b\n1,"x\n2",y\n3,z\n')).toEqual(['2:malformed_row', '3:malformed_row', '4:3|z']);
    expect(await summary('a,b\n1,x"y\n2,z\n')).toEqual(['2:malformed_row', '3:2|z']);
  });

  it('refuses lines with too few or too many cells, but not empty cells too many', async () => {
    expect(await summary('a,b\n1\n2,x,y\n3,z,,\n,\n4,w\n')).toEqual(['2:wrong_column_count', '3:wrong_column_count', '4:3|z||', '6:4|w']);
  });

  it('refuses a line that never ends and goes on behind it', async () => {
    const text = `a,b\n1,x\n2,${'y'.repeat(300_000)}\n3,z\n`;
    expect(await summary(text, 65_536)).toEqual(['2:1|x', '3:record_too_large', '4:3|z']);
  });

  it('an open quote reaches no further than a record can be long', async () => {
    const lines = Array.from({ length: 60_000 }, (_, at) => `${at},value`);
    const rows = await summary(`a,b\nfirst,"open\n${lines.join('\n')}`, 65_536);
    expect(rows.slice(0, 2)).toEqual(['2:malformed_row', '3:0|value']);
    expect(rows).toHaveLength(60_001);
  });

  it('IMP-1: a file without a header is an error', async () => {
    await expect(read('')).rejects.toBeInstanceOf(DomainError);
    await expect(read('a,"b\n1,2\n')).rejects.toBeInstanceOf(DomainError);
  });
});
