import { createPublicKey, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refused } from '../refusal.ts';
import {
  decryptChallenge, digestOf, encryptChallenge, FOUR_LINES, formatSignatureHeader, isSignedBy, newKeyPair, parseSignatureHeader, privateKey, publicHalf, publicKey,
  requireInForce, signBody, signingString, THREE_LINES, type SigningIdentity,
} from './index.ts';

const reasonOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
};

const pair = newKeyPair('ed25519');
const identity: SigningIdentity = { subscriberId: 'bap.example', keyId: 'k1', key: privateKey('ed25519', pair.privateKey) };
const verifier: KeyObject = publicKey('ed25519', pair.publicKey);
const NOW = 1_790_000_000_000;
const BODY = Buffer.from('{ "context":{"action":"select"},\n\t"message":{"note":"₹100 😀"} }');

describe('keys', () => {
  it('BKN-1: are read bare, with their public half, and in DER', () => {
    const key = privateKey('ed25519', pair.privateKey);
    expect(publicHalf(key)).toBe(pair.publicKey);
    const long = Buffer.concat([Buffer.from(pair.privateKey, 'base64'), Buffer.from(pair.publicKey, 'base64')]).toString('base64');
    expect(publicHalf(privateKey('ed25519', long))).toBe(pair.publicKey);
    expect(publicHalf(privateKey('ed25519', key.export({ format: 'der', type: 'pkcs8' }).toString('base64')))).toBe(pair.publicKey);
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
    expect(isSignedBy(BODY, parseSignatureHeader(signBody(BODY, identity, { now: NOW })), publicKey('ed25519', spki))).toBe(true);
  });

  it.each(['', 'AAAA', '!!', pair.privateKey.slice(0, 20)])('are refused without a word of them: %j', (text) => {
    expect(() => privateKey('ed25519', text)).toThrow(TypeError);
    expect(() => publicKey('x25519', text)).toThrow(TypeError);
  });
});

describe('a signature', () => {
  it('BKN-1: the digest is BLAKE2b-512 of the bytes', () => {
    expect(digestOf(Buffer.from('The quick brown fox jumps over the lazy dog'))).toBe('qK3Uvd39k+SHfSdG5igXsRY2Sh+nvBSNlQkLxzM7NnP4JAHPeqLkyx7NkCluPxTLVBP47Xe+cwRbE5FM3NapGA==');
  });

  it('BKN-1: the signing string has LF between its lines and nothing behind', () => {
    const three = signingString({ digest: 'D', created: 1, expires: 2, lines: THREE_LINES });
    expect(three).toBe('(created): 1\n(expires): 2\ndigest: BLAKE-512=D');
    expect(signingString({ digest: 'D', created: 1, expires: 2, lines: FOUR_LINES, requestSignature: 'S' })).toBe(`${three}\nrequest-signature: S`);
  });

  it('BKN-1, check 3: is verified over the raw bytes, whatever their order, blanks and characters', () => {
    const header = parseSignatureHeader(signBody(BODY, identity, { now: NOW }));
    expect(isSignedBy(BODY, header, verifier)).toBe(true);
    expect(isSignedBy(Buffer.from(JSON.stringify(JSON.parse(BODY.toString()))), header, verifier)).toBe(false);
    fc.assert(fc.property(fc.uint8Array(), (body) => isSignedBy(body, parseSignatureHeader(signBody(body, identity, { now: NOW })), verifier)), { numRuns: 50 });
  });

  it('BKN-1, check 2: of one changed byte is none', () => {
    const header = parseSignatureHeader(signBody(BODY, identity, { now: NOW }));
    fc.assert(fc.property(fc.nat(BODY.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const other = Buffer.from(BODY);
      other[at] = other[at]! ^ change;
      return !isSignedBy(other, header, verifier);
    }), { numRuns: 50 });
  });

  it('BKN-2, check 12: of a solicited callback covers the signature of its request', () => {
    const request = parseSignatureHeader(signBody(Buffer.from('{}'), identity, { now: NOW })).signature;
    const header = parseSignatureHeader(signBody(BODY, identity, { now: NOW, requestSignature: request }));
    expect(header.lines).toEqual(FOUR_LINES);
    expect(isSignedBy(BODY, header, verifier, request)).toBe(true);
    for (const wrong of [undefined, `"${request}"`, `signature=${request}`]) expect(isSignedBy(BODY, header, verifier, wrong)).toBe(false);
  });
});

describe('its header', () => {
  const SIGNATURE = `${'A'.repeat(86)}==`;
  const header = formatSignatureHeader({ subscriberId: 'bap.example', keyId: 'k1', created: 1, expires: 2, lines: THREE_LINES, signature: SIGNATURE });

  it('BKN-3: is read as it is written', () => {
    expect(header).toBe('Signature keyId="bap.example|k1|ed25519",algorithm="ed25519",created="1",expires="2",headers="(created) (expires) digest",'
      + `signature="${SIGNATURE}"`);
    expect(parseSignatureHeader(header)).toEqual({ subscriberId: 'bap.example', keyId: 'k1', created: 1, expires: 2, lines: THREE_LINES, signature: SIGNATURE });
  });

  it.each([
    ['blanks around commas and equals', header.replaceAll(',', ' , ').replaceAll(/(\w)="/g, '$1 = "')],
    ['numbers without quotes', header.replace('"1"', '1').replace('"2"', '2')],
    ['another order', `Signature signature="${SIGNATURE}",expires="2",created="1",headers="(created) (expires) digest",keyId="bap.example|k1|ed25519"`],
    ['the scheme in small letters', header.replace('Signature', 'signature')],
    ['no list of headers', header.replace('headers="(created) (expires) digest",', '')],
    ['commas within quotes that nobody reads', header.replace(',created', ',realm="a,b=c",created')],
    ['a bare signature', header.replace(`"${SIGNATURE}"`, SIGNATURE)],
  ])('BKN-3: is read with %s', (_what, text) => {
    expect(parseSignatureHeader(text)).toMatchObject({ subscriberId: 'bap.example', keyId: 'k1', created: 1, expires: 2, signature: SIGNATURE });
  });

  it.each([
    ['BKN-3, check 4', undefined, 'signature_missing'],
    ['nothing in it', ' ', 'signature_missing'],
    ['no signature in it', header.replace(SIGNATURE, ''), 'signature_missing'],
    ['another scheme', header.replace('Signature', 'Bearer'), 'signature_malformed'],
    ['BKN-3, check 5: two parts', header.replace('|ed25519', ''), 'signature_malformed'],
    ['BKN-3, check 5: four parts', header.replace('|ed25519', '|x|ed25519'), 'signature_malformed'],
    ['BKN-3, check 5: a foreign algorithm', header.replaceAll('ed25519', 'rsa'), 'signature_malformed'],
    ['a foreign algorithm beside the key', header.replace('algorithm="ed25519"', 'algorithm="hs2019"'), 'signature_malformed'],
    ['a parameter twice', `${header},created="7"`, 'signature_malformed'],
    ['a quote that does not end', header.slice(0, -1), 'signature_malformed'],
    ['a line that is not known', header.replace(' digest', ' digest host'), 'signature_malformed'],
    ['a digest that is not signed', header.replace('(created) (expires) digest', '(created) (expires)'), 'signature_malformed'],
    ['a time that is none', header.replace('created="1"', 'created="now"'), 'signature_malformed'],
    ['a signature that is too short', header.replace(SIGNATURE, 'AAAA'), 'signature_malformed'],
  ])('BKN-3: is refused: %s', (_what, text, reason) => {
    expect(reasonOf(() => parseSignatureHeader(text))).toBe(reason);
  });

  it('BKN-3: whatever stands in it, it is read or refused', () => {
    fc.assert(fc.property(fc.string(), (text) => void reasonOf(() => parseSignatureHeader(`Signature ${text}`))));
  });
});

describe('the clock', () => {
  const at = (created: number, expires: number) => ({ ...parseSignatureHeader(signBody(BODY, identity, { now: NOW })), created: NOW / 1000 + created,
    expires: NOW / 1000 + expires });
  it.each([
    [0, 300, undefined], [60, 300, undefined], [-300, 1, undefined],
    [61, 300, 'signature_early'], // BKN-4, check 9
    [-300, 0, 'signature_expired'], [-300, -1, 'signature_expired'], // check 8
    [0, 86_401, 'signature_malformed'], [50, 40, 'signature_malformed'],
  ])('BKN-4: created %i s from now, expiring %i s from now: %s', (created, expires, reason) => {
    expect(reasonOf(() => requireInForce(at(created, expires), NOW, 60))).toBe(reason);
  });
});

describe('a challenge', () => {
  it('BKN-8: is read by whom it was written for alone', () => {
    const [us, registry, other] = [newKeyPair('x25519'), newKeyPair('x25519'), newKeyPair('x25519')];
    const challenge = encryptChallenge('a word ₹', { own: privateKey('x25519', registry.privateKey), other: publicKey('x25519', us.publicKey) });
    const read = (own: string, from: string) => decryptChallenge(challenge, { own: privateKey('x25519', own), other: publicKey('x25519', from) });
    expect(read(us.privateKey, registry.publicKey)).toBe('a word ₹');
    const wrong = reasonOf(() => read(other.privateKey, registry.publicKey) === 'a word ₹' || undefined);
    expect([undefined, 'message_invalid']).toContain(wrong);
    expect(reasonOf(() => decryptChallenge('AAAA', { own: privateKey('x25519', us.privateKey), other: publicKey('x25519', registry.publicKey) }))).toBe('message_invalid');
  });
});
