/** API keys: 160 random bits, stored as their SHA-256 only (they are not guessable, so a slow hash would gain nothing). */
import { createHash, randomBytes } from 'node:crypto';
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Network } from './context.ts';
import type { Scope } from './scopes.ts';

export type KeyKind = 'secret' | 'restricted' | 'driver';

export interface ApiKey {
  id: string;
  organisationId: string;
  name: string;
  kind: KeyKind;
  /** the last four characters, to recognise it by */
  hint: string;
  scopes: Scope[];
  driverId: string | null;
  createdAt: EpochMs;
  lastUsedAt: EpochMs | null;
  revokedAt: EpochMs | null;
}

const KIND_MARKS: Record<KeyKind, string> = { secret: 'sk', restricted: 'rk', driver: 'dk' };

/** A fresh secret, `pt_sk_test_…` in a sandbox and `pt_sk_live_…` in a live network. It is shown once and never stored. */
export function newSecret(kind: KeyKind, mode: Network['mode']): string {
  return `pt_${KIND_MARKS[kind]}_${mode === 'live' ? 'live' : 'test'}_${randomBytes(20).toString('hex')}`;
}

const SECRET_FORM = /^pt_(sk|rk|dk)_(test|live)_[0-9A-Za-z]{16,128}$/;

/** Whether a text has the form of a key at all, so that garbage never reaches the database. */
export function isSecretForm(text: string): boolean {
  return SECRET_FORM.test(text);
}

export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
