/** What we call outside: payment providers. Each implements a port that the domain declares. */
import { randomBytes } from 'node:crypto';
import type { PaymentProvider } from '../domain/payments/index.ts';
import type { Database } from '../platform/database/index.ts';
import { sandboxProvider } from './sandbox/provider.ts';

export { addSandboxPages } from './sandbox/page.ts';
export { SANDBOX_NOTICE, startSandboxNotices } from './sandbox/notices.ts';

/** Signs notices of the sandbox provider: of this process, which sends and takes them. */
export const newNoticeSecret = (): string => randomBytes(32).toString('base64url');

export interface ProviderSettings {
  database: Database;
  /** how drivers reach this server, once it listens */
  publicUrl(): string;
  noticeSecret: string;
}

/** The payment providers that are configured, and the built-in one of sandbox networks. */
export function openProviders({ database, publicUrl, noticeSecret }: ProviderSettings): Map<string, PaymentProvider> {
  const all = [sandboxProvider({ database, publicUrl, secret: noticeSecret })];
  return new Map(all.map((provider) => [provider.id, provider]));
}
