/** What we call outside: payment providers, and providers of messages. Each implements a port that the domain declares. */
import { randomBytes } from 'node:crypto';
import type { PaymentProvider } from '../domain/payments/index.ts';
import type { Config } from '../platform/config/index.ts';
import type { Database } from '../platform/database/index.ts';
import { configuredProviders } from './configured.ts';
import { sandboxProvider } from './sandbox/provider.ts';

export { noticeChannelsOf, openNoticeSenders } from './notice-senders.ts';
export { addSandboxPages } from './sandbox/page.ts';
export { SANDBOX_NOTICE, startSandboxNotices } from './sandbox/notices.ts';

/** Signs notices of the sandbox provider: of this process, which sends and takes them. */
export const newNoticeSecret = (): string => randomBytes(32).toString('base64url');

export interface ProviderSettings {
  config: Config;
  database: Database;
  /** how drivers reach this server, once it listens */
  publicUrl(): string;
  noticeSecret: string;
}

/** The built-in payment provider of sandbox networks, and those that are configured. Throws a ConfigError. */
export function openProviders({ config, database, publicUrl, noticeSecret }: ProviderSettings): Map<string, PaymentProvider> {
  const all = [sandboxProvider({ database, publicUrl, secret: noticeSecret }), ...configuredProviders(config, publicUrl)];
  return new Map(all.map((provider) => [provider.id, provider]));
}
