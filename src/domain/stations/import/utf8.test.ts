import { describe, expect, it } from 'vitest';
import { bytesOf, collect } from './samples.ts';
import { utf8Chunks } from './utf8.ts';

async function decode(bytes: Uint8Array, chunkBytes: number): Promise<string> {
  return Buffer.concat(await collect(utf8Chunks(bytesOf(bytes, chunkBytes)))).toString('utf8');
}

describe('text of any encoding', () => {
  const text = 'Şehir, Köln – €\n😀';
  const encodings: [string, Buffer][] = [
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ];
  it.each(encodings)('IMP-3: reads %s, wherever chunks end', async (_, bytes) => {
    for (const chunkBytes of [1, 2, 3, 5, 1_000]) expect(await decode(bytes, chunkBytes)).toBe(text);
  });

  it('IMP-3: takes what is not UTF-8 as Windows-1252', async () => {
    const bytes = Buffer.from([...Buffer.from('name\nK'), 0xf6, ...Buffer.from('ln '), 0x80]);
    for (const chunkBytes of [1, 4, 1_000]) expect(await decode(bytes, chunkBytes)).toBe('name\nKöln €');
  });

  it('a broken byte in a UTF-8 file does not turn the rest into Latin', async () => {
    const bytes = Buffer.concat([Buffer.from('Köln '), Buffer.from([0xff]), Buffer.from(' Köln')]);
    expect(await decode(bytes, 6)).toBe('Köln \ufffd Köln');
  });

  it('reads empty and tiny files', async () => {
    expect(await decode(Buffer.alloc(0), 1)).toBe('');
    expect(await decode(Buffer.from('a'), 1)).toBe('a');
    expect(await decode(Buffer.from([0xc3]), 1)).toBe('Ã');
  });
});
