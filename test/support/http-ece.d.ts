declare module 'http_ece' {
  import type { ECDH } from 'node:crypto';

  /** Decrypts a message by RFC 8188, or, with `authSecret`, by RFC 8291. */
  export function decrypt(buffer: Buffer, params: { version: 'aes128gcm'; privateKey: ECDH; authSecret: string; dh?: string }): Buffer;
}
