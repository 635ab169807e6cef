/** Bytes of whatever encoding to bytes of UTF-8, as a stream. */
import { isUtf8 } from 'node:buffer';

type Recode = (chunk: Buffer, last: boolean) => Buffer;

/**
 * Yields the same text as UTF-8, every chunk ending at a whole character and without byte-order mark. UTF-16 is known by
 * its mark. What is not UTF-8 is taken as Windows-1252 (a superset of Latin-1), from the first such byte on; in a file that
 * has shown multi-byte UTF-8 before, single broken bytes become U+FFFD instead.
 */
export async function* utf8Chunks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let recode: Recode | undefined;
  let head = Buffer.alloc(0);
  for await (const chunk of source) {
    if (recode === undefined) {
      head = Buffer.concat([head, chunk]);
      if (head.length < 3) continue;
      recode = recoderFor(head);
      yield* nonEmpty(recode(head, false));
    } else {
      yield* nonEmpty(recode(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength), false));
    }
  }
  yield* nonEmpty(recode === undefined ? recoderFor(head)(head, true) : recode(Buffer.alloc(0), true));
}

function* nonEmpty(chunk: Buffer): Generator<Buffer> {
  if (chunk.length > 0) yield chunk;
}

function recoderFor(head: Buffer): Recode {
  if (head[0] === 0xff && head[1] === 0xfe) return decoding('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return decoding('utf-16be');
  return withoutMark(utf8OrLatin());
}

function decoding(encoding: string): Recode {
  const decoder = new TextDecoder(encoding);
  return (chunk, last) => Buffer.from(decoder.decode(chunk, { stream: !last }));
}

function withoutMark(recode: Recode): Recode {
  let first = true;
  return (chunk, last) => {
    const text = recode(chunk, last);
    if (!first || text.length === 0) return text;
    first = false;
    return text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? text.subarray(3) : text;
  };
}

function utf8OrLatin(): Recode {
  let carry = Buffer.alloc(0);
  let multiByteSeen = false;
  let fallback: Recode | undefined;
  return (chunk, last) => {
    if (fallback !== undefined) return fallback(chunk, last);
    const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    const whole = last ? bytes.length : bytes.length - incompleteTail(bytes);
    const text = bytes.subarray(0, whole);
    if (isUtf8(text)) {
      multiByteSeen ||= text.some((byte) => byte > 0x7f);
      // Copied: the reader of the file may use its buffer again.
      carry = Buffer.from(bytes.subarray(whole));
      return text;
    }
    fallback = decoding(multiByteSeen ? 'utf-8' : 'windows-1252');
    return fallback(bytes, last);
  };
}

/** How many bytes at the end begin a character that the next chunk finishes: 0 to 3. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
