/** Has us listed by the registry that is configured. */
import { ConfigError, type Config } from '../../platform/config/index.ts';
import { createOutbound } from '../../platform/outbound/index.ts';
import { subscribe } from './registry/index.ts';
import { privateKey, publicHalf } from './signing/index.ts';

const NEEDED = [
  'PLUGTIME_BECKN_SUBSCRIBER_ID', 'PLUGTIME_BECKN_KEY_ID', 'PLUGTIME_BECKN_SIGNING_KEY', 'PLUGTIME_BECKN_ENCRYPTION_KEY', 'PLUGTIME_BECKN_REGISTRY_URL', 'PLUGTIME_BECKN_URL',
] as const;

/** Gives the status that the registry answers; its challenge comes to the running server. Throws a ConfigError, and `registry_unavailable`. */
export async function askForListing(config: Config, type: 'BAP' | 'BPP', domain: string): Promise<string> {
  const missing = NEEDED.filter((name) => config[name] === undefined);
  if (missing.length > 0) throw new ConfigError(missing.map((name) => `${name}: is needed to be listed`));
  const [subscriberId, keyId, signing, encryption, registry, url] = NEEDED.map((name) => config[name]!) as [string, string, string, string, string, string];
  const key = privateKey('ed25519', signing);
  const outbound = createOutbound({ allowPrivate: true, timeoutMs: 15_000, maxResponseBytes: 100_000 });
  try {
    return await subscribe(registry, outbound, { subscriberId, keyId, key }, {
      subscriberId, keyId, url: url.replace(/\/+$/, ''), type, domain, signingPublicKey: publicHalf(key), encryptionPublicKey: publicHalf(privateKey('x25519', encryption)),
    });
  } finally {
    await outbound.close();
  }
}
