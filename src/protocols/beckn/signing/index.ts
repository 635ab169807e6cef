export { decryptChallenge, encryptChallenge } from './challenge.ts';
export { FOUR_LINES, formatSignatureHeader, parseSignatureHeader, THREE_LINES, type SignatureHeader } from './header.ts';
export { newKeyPair, privateKey, publicHalf, publicKey } from './keys.ts';
export {
  digestOf, isSignedBy, requireInForce, signBody, signingString, type SigningIdentity, type SignOptions,
} from './signature.ts';
