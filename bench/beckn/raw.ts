/** In a process of its own: the limit. Of each round trip, the request's digest and signature are verified and its callback's are made, one after another, and nothing else. */
import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { privateKey, publicKey } from '../../src/protocols/beckn/signing/index.ts';
import { serveJobs } from '../http/worker.ts';
import type { Pair } from './app.ts';

export interface RawJob {
  /** of pairs */
  file: string;
  count: number;
  app: { privateKey: string; publicKey: string };
  provider: { privateKey: string };
}

const HEAD = '(created): 1700000000\n(expires): 1700000300\ndigest: BLAKE-512=';
const linesOf = (body: Buffer): Buffer => Buffer.from(HEAD + createHash('blake2b512').update(body).digest('base64'));
const signed = (body: Buffer, key: KeyObject): Buffer => sign(null, linesOf(body), key);

serveJobs(async ({ file, count, app, provider }: RawJob) => {
  const [appKey, ownKey] = [publicKey('ed25519', app.publicKey), privateKey('ed25519', provider.privateKey)];
  const signing = privateKey('ed25519', app.privateKey);
  const pairs = (JSON.parse(readFileSync(file, 'utf8')) as Pair[]).map(({ request, callback }) => {
    const bytes = Buffer.from(request);
    return { request: bytes, signature: signed(bytes, signing), callback: Buffer.from(callback) };
  });
  return {
    clients: 1, items: Array.from({ length: count }, (_, i) => pairs[i % pairs.length]!),
    one: async ({ request, signature, callback }) => {
      const isTrue = verify(null, linesOf(request), appKey, signature);
      return isTrue && signed(callback, ownKey).length === 64 ? 'verified, signed' : 'wrong';
    },
  };
});
