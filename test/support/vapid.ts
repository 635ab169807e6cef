import { generateKeyPairSync } from 'node:crypto';

/** A key pair for web push, as the settings have it. */
export function newVapid(): { PLUGTIME_VAPID_PUBLIC_KEY: string; PLUGTIME_VAPID_PRIVATE_KEY: string; PLUGTIME_VAPID_SUBJECT: string } {
  const { x, y, d } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
  return { PLUGTIME_VAPID_PUBLIC_KEY: point.toString('base64url'), PLUGTIME_VAPID_PRIVATE_KEY: d!, PLUGTIME_VAPID_SUBJECT: 'mailto:ops@example.org' };
}
