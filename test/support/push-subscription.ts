/** What a browser gives that wants to be told something. */
import { createECDH, randomBytes, type ECDH } from 'node:crypto';

export interface Browser {
  ecdh: ECDH;
  auth: string;
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } };
}

let count = 0;

export function openBrowser(endpoint = `https://push.example.org/${++count}`): Browser {
  const ecdh = createECDH('prime256v1');
  const p256dh = ecdh.generateKeys().toString('base64url');
  const auth = randomBytes(16).toString('base64url');
  return { ecdh, auth, subscription: { endpoint, keys: { p256dh, auth } } };
}

export const pushSubscription = () => openBrowser().subscription;
